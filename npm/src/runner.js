// A session's runner: takes commands, and begins each once. In: handlers by command type. Out: receipts.
import { LoopscopeError } from "./error.js";

/** The results of commands that are remembered, so that a command that comes again is not done again. */
const REMEMBERED = 1_000;

/** The most that the server takes of a result, in bytes; and of an error, cut so that it is within 4 KiB in any script. */
const RESULT_BYTES = 64 * 1024;
const ERROR_LENGTH = 1_300;
const encoder = new TextEncoder();

/** One `attach`; see `Session.commands`. */
export class Runner {
  #ends;
  /** By command id: the receipt that was sent last. */
  #ledger = new Map();
  #begun = new Map();
  #number = 0;
  #done = false;
  #wasAttached = false;

  constructor({ link, session, name, handlers, takeOver, onDetached }) {
    this.link = link;
    this.session = session;
    this.name = name;
    this.handlers = new Map(Object.entries(handlers).map(([type, handler]) => [type.toUpperCase(), handler]));
    this.takeOver = takeOver;
    this.onDetached = onDetached;
    this.attached = new Promise((done, fail) => Object.assign(this, { resolve: done, reject: fail }));
    // Whoever waits for it hears of it; nobody has to.
    this.attached.catch(() => {});
    this.#ends = [link.on("open", () => this.#attach()), link.on("message", (message) => this.#heard(message))];
    if (link.state === "live") this.#attach();
    link.open();
  }

  /** Adds a handler, or replaces one. */
  handle(type, handler) {
    this.handlers.set(type.toUpperCase(), handler);
  }

  /** Takes no more commands. */
  close() {
    if (this.#done) return;
    this.#done = true;
    for (const end of this.#ends) end();
    this.#send({ type: "detach" });
  }

  #attach() {
    const commands = [...this.handlers.keys()].filter((type) => type !== "*").map((type) => ({ type }));
    // After a lost link the server may hold the old one for a while: its place is this program's own.
    this.#send({ type: "attach", id: `attach-${this.session}`, name: this.name, commands, take_over: this.takeOver || this.#wasAttached });
  }

  #heard(message) {
    const own = message.session_id === this.session;
    if (message.type === "attached" && own) {
      this.#wasAttached = true;
      this.resolve(message.runner);
    } else if (message.type === "error" && message.id === `attach-${this.session}`) {
      this.reject(LoopscopeError.ofAnswer(message));
    } else if (message.type === "detached" && own) {
      this.#wasAttached = false;
      if (message.reason !== "requested") this.onDetached?.(message.reason);
    } else if (message.type === "command" && message.command?.session_id === this.session) this.#command(message.command);
    else if (message.type === "command_cancelled" && own) this.#begun.delete(message.command_id);
    else if (message.type === "receipt_taken") this.#taken(message.command);
  }

  #command(command) {
    const last = this.#ledger.get(command.command_id);
    if (last) {
      this.#receipt(command, last); // It is done, and only the receipt was lost.
      return;
    }
    if (this.#begun.get(command.command_id)?.running) return;
    this.#begun.set(command.command_id, { command, running: false });
    this.#receipt(command, { status: "acknowledged" });
  }

  /** Begins when the server has it on record that the command was acknowledged, and not cancelled meanwhile. */
  async #taken(command) {
    const begun = command && this.#begun.get(command.command_id);
    if (!begun || begun.running || command.state !== "acknowledged") return;
    begun.running = true;
    const receipt = await this.#carryOut(begun.command);
    this.#begun.delete(command.command_id);
    this.#ledger.set(command.command_id, receipt);
    if (this.#ledger.size > REMEMBERED) this.#ledger.delete(this.#ledger.keys().next().value);
    this.#receipt(begun.command, receipt);
  }

  async #carryOut(command) {
    const handler = this.handlers.get(command.type.toUpperCase()) ?? this.handlers.get("*");
    if (!handler) return { status: "failed", error: `this program does not take ${command.type}` };
    try {
      const result = await handler(command);
      // What JSON cannot say, or is too long, fails here, where the server is told of it.
      const text = JSON.stringify(result ?? undefined);
      if (text === undefined) return { status: "succeeded" };
      const bytes = encoder.encode(text).length;
      if (bytes > RESULT_BYTES) throw new Error(`the result has ${bytes} bytes, and ${RESULT_BYTES} is the most`);
      return { status: "succeeded", result: JSON.parse(text) };
    } catch (error) {
      return { status: "failed", error: String(error?.message ?? error).slice(0, ERROR_LENGTH) };
    }
  }

  #receipt(command, receipt) {
    this.#number += 1;
    this.#send({ type: "receipt", id: `receipt-${this.#number}`, command_id: command.command_id, ...receipt });
  }

  #send(frame) {
    this.link.send({ ...frame, session_id: this.session });
  }
}
