// Requests to /api/v1. In: a path and parameters. Out: the answer's JSON, or a LoopscopeError.
import { json, LoopscopeError } from "./error.js";

/** Reads and asks by HTTP. */
export class Rest {
  constructor({ url, token, project, fetch = globalThis.fetch, timeoutMs = 30_000 }) {
    this.base = url;
    this.token = token;
    this.project = project;
    this.fetch = fetch;
    this.timeoutMs = timeoutMs;
  }

  /** `GET`, with `parameters` in the query; arrays repeat their name, nothing is left out as nothing. */
  get(path, parameters = {}) {
    return this.#ask("GET", this.#address(path, parameters));
  }

  /** `POST` of a JSON body. */
  post(path, body, parameters = {}) {
    return this.#ask("POST", this.#address(path, parameters), body);
  }

  #address(path, parameters) {
    const address = new URL(`api/v1/${path}`, this.base);
    const all = { project: this.project, ...parameters };
    for (const [name, value] of Object.entries(all)) {
      if (value === undefined || value === null) continue;
      for (const one of Array.isArray(value) ? value : [value]) address.searchParams.append(name, String(one));
    }
    return address;
  }

  async #ask(method, address, body) {
    const headers = { accept: "application/json" };
    if (this.token) headers.authorization = `Bearer ${this.token}`;
    if (body !== undefined) headers["content-type"] = "application/json";
    const sent = body === undefined ? undefined : json(body, "body");
    let response;
    let text;
    try {
      response = await this.fetch.call(undefined, address, {
        method,
        headers,
        body: sent,
        signal: AbortSignal.timeout(this.timeoutMs),
      });
      text = await response.text();
    } catch (cause) {
      throw new LoopscopeError("unreachable", `no answer from ${address.origin}. Is Loopscope running there? (${cause.message})`, { cause });
    }
    let answer;
    try {
      answer = JSON.parse(text);
    } catch (cause) {
      throw new LoopscopeError("unexpected", `${address.origin} does not answer as Loopscope does (status ${response.status}, no JSON). Check the address.`, { status: response.status, cause });
    }
    if (!response.ok && !answer.receipts) throw LoopscopeError.ofAnswer(answer, response.status);
    return answer;
  }
}

/** A session's id, or anything else, as a part of a path. */
export const part = (text) => encodeURIComponent(text);
