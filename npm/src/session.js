// One run of a program, told as it goes. In: what happens. Out: events, sent in the background.
import { LoopscopeError, must } from "./error.js";
import { Runner } from "./runner.js";
import { uuidv7 } from "./uuid.js";

/** How much longer than its time a question waits for the server, which answers it then. */
const GRACE_SECONDS = 10;
/** A timer that is set for longer goes off at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** Why a question got no answer: a code and a sentence. */
const OVER = ["closed", "the session ended before an answer came: give a fallback"];
const CLOSED = ["closed", "the connection was closed before an answer came: give a fallback"];

/** A session; see `Loopscope.session`. Nothing of it waits but what is awaited. */
export class Session {
  #outbox;
  #link;
  #runner;
  #step = 0;
  #iteration = 0;
  #questions = new Map();
  #over = false;

  constructor({ outbox, link, id = uuidv7(), name, target, config, tags, dialect = "generic" }) {
    must(typeof id === "string" && id.length > 0, "id", "a text that is not empty");
    this.id = id;
    this.dialect = dialect;
    this.#outbox = outbox;
    this.#link = link;
    this.emit("SESSION_STARTED", { session_id: id, name, target, config, tags });
  }

  /** An event of any name. `data` is any object; `options` has `severity`, `state`, `timestamp`, `eventId`, `dialect`. False where it was dropped. */
  emit(name, data = {}, { severity, state, timestamp = new Date(), eventId = uuidv7(), dialect = this.#dialectOf(name) } = {}) {
    must(typeof name === "string" && name.length > 0, "name", "a text that is not empty");
    must(data !== null && typeof data === "object" && !Array.isArray(data), "data", "an object");
    const event = { event_id: eventId, timestamp: timestamp.toISOString(), session_id: this.id, iteration: this.#iteration, event_type: name, state, severity, dialect, data };
    return this.#outbox.push(event, "data");
  }

  /** A pass of the loop began. */
  iteration(number = this.#iteration + 1) {
    must(Number.isSafeInteger(number) && number >= 0, "number", "a whole number of zero or more");
    this.#iteration = number;
    this.emit("ITERATION_STARTED", { iteration: number });
  }

  /** The program is in another state: `DIAGNOSING`, or a word of its own. */
  state(word) {
    this.emit("STATE_CHANGED", { to: word });
  }

  /**
   * A timed unit of work. With a function: it runs, and the step fails when it throws. Without: call `complete(data)`
   * or `fail(error)` of what is given.
   */
  step(name, work, data = {}) {
    must(typeof name === "string" && name.length > 0, "name", "a text that is not empty");
    const started = performance.now();
    const duration_ms = () => Math.round((performance.now() - started) * 1000) / 1000;
    let over = false;
    const end = (event, more) => {
      if (over) return;
      over = true;
      this.emit(event, { step: name, duration_ms: duration_ms(), ...more });
    };
    const step = {
      progress: (done, total, message) => this.emit("STEP_PROGRESS", { step: name, done, total, message }),
      complete: (more = {}) => end("STEP_COMPLETE", { success: true, ...more }),
      fail: (error) => end("STEP_FAILED", { error: String(error?.message ?? error) }),
    };
    this.emit("STEP_STARTED", { step: name, ...data });
    if (!work) return step;
    const settle = (result) => {
      step.complete();
      return result;
    };
    const broke = (error) => {
      step.fail(error);
      throw error;
    };
    let result;
    try {
      result = work(step);
    } catch (error) {
      return broke(error);
    }
    return typeof result?.then === "function" ? result.then(settle, broke) : settle(result);
  }

  /** Something wrong was found: `{ severity, description, file, line, type }`. */
  finding(finding) {
    must(typeof finding?.description === "string", "description", "a text");
    this.emit("FINDING", finding, { severity: finding.severity });
  }

  /** Something was put right: `{ description, file, type }`. */
  fix(fix) {
    must(typeof fix?.description === "string", "description", "a text");
    this.emit("FIX", fix);
  }

  /** Named numbers: `metrics({ loss: 0.3 }, { step: 12 })`. NaN and the infinities are kept as what they are. */
  metrics(values, { step, epoch } = {}) {
    const metrics = {};
    for (const [name, value] of Object.entries(values ?? {})) {
      must(typeof value === "number", `metrics.${name}`, "a number");
      // JSON has no word for these; the server reads them as text.
      metrics[name] = Number.isFinite(value) ? value : String(value);
    }
    this.emit("METRICS", { metrics, step, epoch });
  }

  /** A line of output. */
  log(message, { severity = "info", ...data } = {}) {
    this.emit("LOG", { message: String(message), ...data }, { severity });
  }

  /** Something went wrong in the program itself. */
  error(error) {
    this.emit("ERROR", { error: String(error?.message ?? error) }, { severity: "high" });
  }

  /**
   * Asks people, and gives what they chose. `options` are texts or `{ label, description, … }`; `timeoutSeconds` with
   * `fallback` answers by itself. Without an answer when the session or the connection ends, it is `fallback` too, and
   * fails as `closed` where there is none.
   */
  decision(question, { options = [], fallback, timeoutSeconds, id = uuidv7(), ...more } = {}) {
    must(typeof question === "string" && question.length > 0, "question", "a text that is not empty");
    must(Array.isArray(options) && options.length > 0, "options", "a list with something in it");
    must(timeoutSeconds == null || timeoutSeconds >= 0, "timeoutSeconds", "a number of zero or more");
    const answer = new Promise((resolve, reject) => this.#questions.set(id, { resolve, reject, fallback }));
    // Whoever waits for it hears of it; nobody has to.
    answer.catch(() => {});
    if (this.#over || this.#link.state === "closed") {
      this.#giveUp(id, this.#over ? OVER : CLOSED);
      return answer;
    }
    this.#attach();
    const asked = this.#questions.get(id);
    asked.end = this.#link.on("state", (state) => state === "closed" && this.#giveUp(id, CLOSED));
    const patienceMs = ((timeoutSeconds ?? Infinity) + GRACE_SECONDS) * 1_000;
    if (patienceMs <= LONGEST_TIMER_MS) asked.timer = setTimeout(() => this.#late(id, timeoutSeconds), patienceMs);
    this.emit("decision:point", { decision_id: id, question, options, default: fallback, timeout_seconds: timeoutSeconds, ...more });
    return answer;
  }

  /** Takes commands: `{ HALT: async (command) => …, "*": … }`. What a handler gives is the result; what it throws, the error. */
  commands(handlers, { name = "javascript", takeOver = false, onDetached } = {}) {
    for (const [type, handler] of Object.entries(handlers)) must(typeof handler === "function", `handlers.${type}`, "a function");
    if (this.#runner) {
      for (const [type, handler] of Object.entries(handlers)) this.#runner.handle(type, handler);
    } else {
      this.#attach(handlers, { name, takeOver, onDetached });
    }
    return this.#runner;
  }

  /** The run is over: `converged`, `completed` or `failed`. Gives true when the server has everything on disk. */
  async finish(outcome = "completed", { timeoutMs = 5_000 } = {}) {
    must(["converged", "completed", "failed"].includes(outcome), "outcome", "converged, completed or failed");
    if (!this.#over) {
      this.#over = true;
      if (outcome === "converged") this.emit("CONVERGENCE_REACHED", { iterations: this.#iteration });
      this.emit("SESSION_ENDED", { session_id: this.id, outcome });
    }
    for (const id of [...this.#questions.keys()]) this.#giveUp(id, OVER);
    const done = await this.#outbox.flush(timeoutMs);
    this.#runner?.close();
    return done;
  }

  /** Words like `decision:point` tell their dialect themselves. */
  #dialectOf(name) {
    return String(name).includes(":") ? undefined : this.dialect;
  }

  #attach(handlers = {}, options = { name: "javascript", takeOver: false }) {
    this.#runner ??= new Runner({
      link: this.#link,
      session: this.id,
      handlers: { DECISION: (command) => this.#answer(command), ...handlers },
      ...options,
    });
  }

  #answer({ parameters, by }) {
    const asked = this.#taken(parameters?.decision_id);
    if (!asked) throw new Error(`nobody waits for ${parameters?.decision_id}`);
    this.emit("decision:made", { decision_id: parameters.decision_id, choice: parameters.choice, made_by: by });
    asked.resolve(parameters.choice);
  }

  /** The time is over, and the server, which would have answered, is away. */
  #late(id, seconds) {
    const { fallback } = this.#questions.get(id);
    if (fallback !== undefined) this.emit("decision:made", { decision_id: id, choice: fallback, made_by: "timeout" });
    this.#giveUp(id, ["unreachable", `no answer within ${seconds} s, and the server is away: give a fallback`]);
  }

  /** Answers with the fallback; where there is none, the question fails. */
  #giveUp(id, [code, why]) {
    const asked = this.#taken(id);
    if (asked?.fallback !== undefined) asked.resolve(asked.fallback);
    else asked?.reject(new LoopscopeError(code, why));
  }

  /** The question of that id, which is not waited for any longer. */
  #taken(id) {
    const asked = this.#questions.get(id);
    this.#questions.delete(id);
    clearTimeout(asked?.timer);
    asked?.end?.();
    return asked;
  }
}
