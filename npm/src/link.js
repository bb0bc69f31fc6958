// One WebSocket to /ws/v1 that comes back. In: messages to send, listeners. Out: messages as they come, and the state.
import { LoopscopeError } from "./error.js";
import { openWebSocket } from "#web-socket";

/** The first and the longest wait before another attempt, in milliseconds. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 30_000;
/** After so much silence a ping asks whether anybody is there; after as much again the socket is given up. */
const SILENCE_MS = 30_000;
/** How long an answer is waited for. */
const ANSWER_MS = 30_000;
/** These do not get better by trying again. */
const FINAL = new Set([1008, 4401, 4403]);

/** See the top of the file. Emits `open`, `message`, `state`, `refused`, through `on`. */
export class Link {
  #socket;
  #attempt = 0;
  #retry;
  #silence;
  #closed = false;
  #isGreeted = false;
  #handlers = new Map();
  #questions = 0;

  /** `why` asks the server otherwise why it lets no socket in, and gives the error. */
  constructor({ url, token, project, WebSocket, why }) {
    const address = new URL("ws/v1", url);
    address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
    if (token) address.searchParams.set("token", token);
    if (project) address.searchParams.set("project", project);
    this.address = address;
    this.WebSocket = WebSocket;
    this.why = why;
    this.state = "offline";
    /** Why there is no connection, where that is known. */
    this.refusal = undefined;
    /** No socket can be opened here, and no attempt changes that. */
    this.isHopeless = false;
  }

  /**
   * Calls `handler` on every `event`: `message` (an object), `open` (the hello), `state` (a word), `refused` (an error,
   * once until the next hello). Gives its end.
   */
  on(event, handler) {
    const all = this.#handlers.get(event) ?? new Set();
    this.#handlers.set(event, all.add(handler));
    return () => all.delete(handler);
  }

  /** Dials, unless it is under way. */
  open() {
    if (this.state === "offline" && !this.#retry && !this.isHopeless) this.#dial();
  }

  /** Sends an object; false where there is no open socket. */
  send(message) {
    return this.sendText(JSON.stringify(message));
  }

  /** Sends what is JSON already. */
  sendText(text) {
    if (this.state !== "live") return false;
    this.#socket.send(text);
    return true;
  }

  /** Sends a question and gives its answer. Fails as that says, or as `unreachable` where none comes. */
  ask(question) {
    this.#questions += 1;
    const id = `q${this.#questions}`;
    return new Promise((done, fail) => {
      const over = (act, value) => {
        clearTimeout(timer);
        for (const end of ends) end();
        act(value);
      };
      const lost = () => over(fail, new LoopscopeError("unreachable", `no answer from ${this.address.host}`));
      const timer = setTimeout(lost, ANSWER_MS);
      const ends = [
        this.on("state", lost),
        this.on("message", (message) => {
          if (message.id !== id) return;
          if (message.type === "error") over(fail, LoopscopeError.ofAnswer(message));
          else over(done, message);
        }),
      ];
      if (!this.send({ ...question, id })) lost();
    });
  }

  /** Bytes that wait in the socket. */
  get buffered() {
    return this.#socket?.bufferedAmount ?? 0;
  }

  /** Closes for good. */
  close() {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#drop();
    this.#become("closed");
  }

  /** Tries again now. */
  hurry() {
    if (!this.#retry) return;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#dial();
  }

  async #dial() {
    this.#become("connecting");
    let Socket;
    try {
      Socket = this.WebSocket ?? (await openWebSocket());
    } catch (cause) {
      this.#giveUp("there is no WebSocket here: Node has one from version 22 on; before that `npm install ws`, or give one, connect(url, { WebSocket })", cause);
      return;
    }
    if (this.#closed) return;
    let socket;
    try {
      socket = new Socket(this.address);
    } catch (cause) {
      this.#giveUp(`no WebSocket to ${this.address.host} can be opened here (${cause.message}). A page of https needs a server of https`, cause);
      return;
    }
    this.#socket = socket;
    this.#isGreeted = false;
    socket.onmessage = ({ data }) => {
      if (socket === this.#socket) this.#heard(data);
    };
    // An error is always followed by a close; `ws` throws where nobody listens.
    socket.onerror = () => {};
    socket.onclose = ({ code, reason }) => {
      if (socket === this.#socket) this.#lost(code, reason);
    };
    this.#watch();
  }

  #heard(text) {
    this.#watch();
    let message;
    try {
      message = JSON.parse(text);
    } catch {
      return; // Not ours: what does not parse says nothing.
    }
    if (message.type === "hello") {
      if (message.protocol !== 1) {
        this.#refuse(new LoopscopeError("wrong_version", `the server speaks protocol ${message.protocol}, this package 1: update the package`));
        this.close();
        return;
      }
      this.#attempt = 0;
      this.#isGreeted = true;
      this.refusal = undefined;
      this.hello = message;
      this.#become("live");
      this.#tell("open", message);
    }
    this.#tell("message", message);
  }

  #lost(code, reason) {
    this.#drop();
    if (this.#closed) return;
    this.#become("offline");
    if (FINAL.has(code)) {
      this.#refuse(new LoopscopeError("unauthorized", `the server ended the connection: ${reason || "not allowed"}. Is the token right?`));
    } else if (!this.#isGreeted) {
      this.#explain();
    }
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#attempt);
    this.#attempt += 1;
    // Half of it by chance, so that a thousand clients do not come back at once.
    const wait = longest / 2 + (Math.random() * longest) / 2;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#dial();
    }, wait);
  }

  /** A socket that is not let in does not say why. */
  async #explain() {
    const error = this.refusal ? undefined : await this.why();
    if (error && this.state !== "live" && this.state !== "closed") this.#refuse(error);
  }

  #giveUp(words, cause) {
    if (this.#closed) return;
    this.isHopeless = true;
    this.#become("offline");
    this.#refuse(new LoopscopeError("unreachable", words, { cause }));
  }

  #refuse(error) {
    if (this.refusal) return;
    this.refusal = error;
    this.#tell("refused", error);
  }

  /** Whatever is heard shows that somebody is there. */
  #watch() {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      this.send({ type: "ping", id: "silence" });
      this.#silence = setTimeout(() => this.#lost(1006, "silence"), SILENCE_MS);
      this.#silence.unref?.();
    }, SILENCE_MS);
    // A program that has nothing else to do may end.
    this.#silence.unref?.();
  }

  #drop() {
    clearTimeout(this.#silence);
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket && socket.readyState < 2) socket.close();
  }

  #become(state) {
    if (this.state === state) return;
    this.state = state;
    this.#tell("state", state);
  }

  #tell(event, value) {
    for (const handler of [...(this.#handlers.get(event) ?? [])]) handler(value);
  }
}
