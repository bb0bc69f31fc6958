// What can go wrong, as one class with a code to look at and a sentence that says what to do.

/** An error of this package or of the server. `code` is the server's, or one of our own: see `index.d.ts`. */
export class LoopscopeError extends Error {
  constructor(code, message, { field, limit, status, retryAfterMs, cause } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "LoopscopeError";
    this.code = code;
    this.field = field;
    this.limit = limit;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }

  /** The error that an answer of the server holds. */
  static ofAnswer(body, status) {
    const said = body?.error ?? {};
    const advice = { unauthorized: " Give a token: connect(url, { token })." }[said.code] ?? "";
    return new LoopscopeError(said.code ?? "unexpected", (said.message ?? `the server answered ${status ?? "something else"}`) + advice, {
      field: said.field,
      limit: said.limit,
      status,
      retryAfterMs: said.retry_after_ms,
    });
  }
}

/** A value as JSON; throws where that cannot say it, and names the argument. */
export function json(value, argument) {
  let text;
  let cause;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    cause = error;
  }
  if (text !== undefined) return text;
  throw new LoopscopeError("invalid_argument", `${argument} must be something that JSON can say${cause ? `: ${cause.message}` : ""}`, { field: argument, cause });
}

/** Throws unless `holds`; the message names the argument. */
export function must(holds, argument, needed) {
  if (!holds) throw new LoopscopeError("invalid_argument", `${argument} must be ${needed}`, { field: argument });
}
