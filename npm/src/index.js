// Loopscope from JavaScript: send events, follow sessions, take and give commands.
import { json, LoopscopeError, must } from "./error.js";
import { Link } from "./link.js";
import { Outbox } from "./outbox.js";
import { part, Rest } from "./rest.js";
import { Session } from "./session.js";
import { Subscription } from "./subscription.js";
import { uuidv7 } from "./uuid.js";

export { LoopscopeError } from "./error.js";
export { Session } from "./session.js";
export { uuidv7 } from "./uuid.js";

/** A server at this address. Nothing is dialled before something is asked. */
export const connect = (url, options) => new Loopscope(url, options);

/** A server: see `connect`. */
export class Loopscope {
  #link;
  #outbox;
  #rest;
  #streams = 0;

  constructor(url = "http://localhost:8766", { token, project, WebSocket, fetch, maxBytes, onDropped, onRejected, onRefused } = {}) {
    const base = address(url);
    this.#rest = new Rest({ url: base, token, project, fetch });
    this.#link = new Link({ url: base, token, project, WebSocket, why: () => this.#why("unauthorized") });
    this.#link.on("refused", onRefused ?? ((error) => console.warn(`loopscope: ${error.message}`)));
    this.#outbox = new Outbox({ link: this.#link, maxBytes, onDropped, onRejected });
  }

  /** `offline`, `connecting`, `live` or `closed`. */
  get state() {
    return this.#link.state;
  }

  /** What became of the events: queued, sent, acknowledged, duplicates, rejected, dropped, and those pending. */
  get counters() {
    return { ...this.#outbox.counters, pending: this.#outbox.pending };
  }

  /** Calls `handler` whenever the state changes; gives the function that ends it. */
  onState(handler) {
    return this.#link.on("state", handler);
  }

  /** Waits for the connection; fails where the server is not there, refuses the token, or is another version. */
  async ready({ timeoutMs = 10_000 } = {}) {
    const link = this.#link;
    if (this.state === "live") return link.hello;
    if (this.state === "closed") throw link.refusal ?? new LoopscopeError("closed", "this connection was closed: connect anew");
    if (link.isHopeless) throw link.refusal;
    link.open();
    link.hurry();
    let timer;
    const ends = [];
    const live = new Promise((done) => ends.push(link.on("open", done)));
    const refused = new Promise((done) => ends.push(link.on("refused", done)));
    const late = new Promise((done) => (timer = setTimeout(done, timeoutMs)));
    try {
      const why = this.#why("unauthorized", "unexpected", "unreachable").then((error) => error ?? Promise.race([live, late]));
      const hello = await Promise.race([live, refused, why]);
      if (hello instanceof Error) throw hello;
      if (!hello) throw link.refusal ?? new LoopscopeError("unreachable", `no connection to ${link.address.host} within ${timeoutMs} ms. Is Loopscope running there?`);
      return hello;
    } finally {
      clearTimeout(timer);
      for (const end of ends) end();
    }
  }

  /** A new session, or with `id` one to go on with: `{ id, name, target, config, tags, dialect }`. */
  session(options = {}) {
    return new Session({ outbox: this.#outbox, link: this.#link, ...options });
  }

  /** An event as it is, of whatever session and dialect. False where it was dropped. */
  send(event) {
    must(event !== null && typeof event === "object" && !Array.isArray(event), "event", "an object");
    return this.#outbox.push(event, "event");
  }

  /** Waits until the server has every event on disk; false where that took longer. */
  flush(timeoutMs) {
    return this.#outbox.flush(timeoutMs);
  }

  /**
   * Events as they come, or from the cursor `since` on: `{ session, names, kinds, dialects, severity, project, since }`.
   * With `onEvents`, it is called with some at a time; without, `for await` gives them one by one.
   */
  subscribe(filter = {}, onEvents, { onReset, onError } = {}) {
    must(filter !== null && typeof filter === "object", "filter", "an object");
    this.#streams += 1;
    const subscription = new Subscription({ link: this.#link, id: `s${this.#streams}`, filter, onEvents, onReset });
    subscription.onError = onError ?? ((error) => console.warn(`loopscope: ${error.message}`));
    return subscription;
  }

  /** Numbers, running and recent sessions, newest events. */
  overview() {
    return this.#rest.get("overview");
  }

  /** A page of sessions: `{ q, status, kind, sort, order, limit, after, … }`. */
  sessions(parameters) {
    return this.#rest.get("sessions", parameters);
  }

  /** A session's summary and board. */
  getSession(id) {
    return this.#rest.get(`sessions/${part(id)}`);
  }

  /** A page of a session's events: `{ after, before, at, kind, severity, step, iteration, q, limit }`. */
  events(id, parameters) {
    return this.#rest.get(`sessions/${part(id)}/events`, parameters);
  }

  /** Every metric of a session. */
  metricNames(id) {
    return this.#rest.get(`sessions/${part(id)}/metrics`);
  }

  /** A stretch of some metrics: `{ name, axis, from, to, columns }`. */
  series(id, parameters) {
    return this.#rest.get(`sessions/${part(id)}/series`, parameters);
  }

  /** Asks a running program for something: `command("nightly-7", { type: "HALT", reason })`. */
  async command(id, command) {
    // Whichever way it goes, and also where it goes both: it is one command.
    const asked = { ...command, idempotency_key: command?.idempotency_key ?? uuidv7() };
    json(asked, "command");
    // By the socket where it is open: a page of another origin that may use that still may not POST.
    if (this.state === "live") {
      try {
        const answer = await this.#link.ask({ type: "command", session_id: id, project: this.#rest.project, command: asked });
        return answer.command;
      } catch (refusal) {
        if (refusal.code !== "unreachable") throw refusal;
      }
    }
    return this.#rest.post(`sessions/${part(id)}/commands`, asked);
  }

  /** How a command stands. */
  getCommand(id, commandId) {
    return this.#rest.get(`sessions/${part(id)}/commands/${part(commandId)}`);
  }

  /** Answers a question. */
  decide(id, decisionId, choice, reason) {
    return this.#rest.post(`sessions/${part(id)}/decisions/${part(decisionId)}`, { choice, reason });
  }

  /** Questions that wait. */
  decisions(parameters = { state: "pending" }) {
    return this.#rest.get("decisions", parameters);
  }

  /** Sends what is pending, as far as that is possible in time, and closes. False where something was left. */
  async close({ timeoutMs = 5_000 } = {}) {
    const done = await this.#outbox.flush(timeoutMs);
    this.#link.close();
    return done;
  }

  /** Where a socket is refused, only a request can say why: the error, where it is one of `codes`. */
  #why(...codes) {
    return this.#rest.get("sessions", { limit: 1 }).then(
      () => undefined,
      (error) => (codes.includes(error.code) ? error : undefined),
    );
  }
}

function address(url) {
  let base;
  try {
    base = new URL(url);
  } catch (cause) {
    throw new LoopscopeError("invalid_argument", `"${url}" is no address: give one such as http://localhost:8766`, { field: "url", cause });
  }
  base.protocol = { "ws:": "http:", "wss:": "https:" }[base.protocol] ?? base.protocol;
  must(base.protocol === "http:" || base.protocol === "https:", "url", "an address that begins with http:// or https://");
  if (!base.pathname.endsWith("/")) base.pathname += "/";
  base.search = "";
  base.hash = "";
  return base;
}
