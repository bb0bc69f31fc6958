// Events on their way: kept until the server has them on disk, sent again with the same ids where that is not known.
//
// In: events, as fast as they come. Out: `publish` frames, what became of each event, counters. Nothing here waits, and
// memory has a bound: events beyond it are dropped, counted, and said.
import { json, LoopscopeError } from "./error.js";

/** The most in one frame, and the most frames without an answer. */
const FRAME_EVENTS = 500;
const FRAME_BYTES = 512 * 1024;
const UNDER_WAY = 8;
/** What a `publish` has beside its events, at most; and the most in a message of a server that does not say. */
const PUBLISH_BYTES = 64;
const MESSAGE_BYTES = 4 * 1024 * 1024;
/** Events wait this long for company. */
const TICK_MS = 5;
/** These say that the events are wrong, not the moment. */
const HOPELESS = new Set(["forbidden", "unauthorized", "malformed", "unknown_action"]);
const encoder = new TextEncoder();

/** See the top of the file. */
export class Outbox {
  /** Events that wait, as `{ number, text, bytes }`, oldest first, and frames that are under way by their id. */
  #waiting = [];
  #frames = new Map();
  #bytes = 0;
  #events = 0;
  #number = 0;
  #timer;
  #pausedUntil = 0;
  #idle = [];
  #told = false;
  #closed = false;
  #isComplete = true;

  constructor({ link, maxBytes = 32 * 1024 * 1024, onDropped, onRejected }) {
    this.link = link;
    this.maxBytes = maxBytes;
    this.onDropped = onDropped;
    this.onRejected = onRejected;
    this.counters = { queued: 0, sent: 0, acknowledged: 0, duplicates: 0, rejected: 0, dropped: 0 };
    link.on("open", () => this.#again());
    link.on("message", (message) => this.#heard(message));
    link.on("state", (state) => (state === "closed" ? this.#close() : state !== "live" && this.#recall()));
  }

  /** Takes an event. False where it was dropped, because too much waits or all is over; `argument` is the caller's name for it. */
  push(event, argument) {
    const text = json(event, argument);
    if (this.#closed) {
      this.#isComplete = false;
      this.#drop(1, "events are dropped, because the connection was closed");
      return false;
    }
    const bytes = encoder.encode(text).length;
    if (this.#bytes + bytes > this.maxBytes) {
      this.#drop(1, `events are dropped, because ${this.maxBytes} bytes of them wait for the server`);
      return false;
    }
    this.#bytes += bytes;
    this.counters.queued += 1;
    this.#events += 1;
    this.#waiting.push({ number: this.#events, text, bytes });
    this.link.open();
    this.#soon();
    return true;
  }

  /** Events that the server has not acknowledged. */
  get pending() {
    let count = this.#waiting.length;
    for (const frame of this.#frames.values()) count += frame.length;
    return count;
  }

  /** Waits until nothing is pending; false where that took too long. */
  flush(timeoutMs = 5_000) {
    this.#send();
    if (this.pending === 0) return Promise.resolve(this.#isComplete);
    return new Promise((done) => {
      const timer = setTimeout(() => done(false), timeoutMs);
      this.#idle.push((isComplete) => {
        clearTimeout(timer);
        done(isComplete);
      });
    });
  }

  /** No more is sent. */
  #close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    const count = this.pending;
    this.#isComplete = count === 0;
    if (count > 0) this.#drop(count, `closed before the server had everything: ${count} ${count === 1 ? "event is" : "events are"} dropped`);
    this.#waiting = [];
    this.#frames.clear();
    for (const done of this.#idle.splice(0)) done(this.#isComplete);
  }

  #soon(wait = TICK_MS) {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#send();
    }, wait);
  }

  #send() {
    const pause = this.#pausedUntil - Date.now();
    if (pause > 0) {
      this.#soon(pause);
      return;
    }
    while (this.#waiting.length > 0 && this.#frames.size < UNDER_WAY && this.link.state === "live") {
      const most = (this.link.hello?.limits?.frame_bytes ?? MESSAGE_BYTES) - PUBLISH_BYTES;
      // The server does not say which message it was that was too long: such an event would be sent for ever.
      if (this.#waiting[0].bytes > most) this.#refuse(this.#waiting.splice(0, 1), tooLong(most));
      else this.#publish(this.#frame(Math.min(FRAME_BYTES, most)));
    }
  }

  #frame(most) {
    let [count, bytes] = [0, 0];
    while (count < this.#waiting.length && count < FRAME_EVENTS) {
      bytes += this.#waiting[count].bytes + 1;
      if (count > 0 && bytes > most) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  #publish(events) {
    this.#number += 1;
    this.#frames.set(`p${this.#number}`, events);
    this.counters.sent += events.length;
    this.link.sendText(`{"type":"publish","id":"p${this.#number}","events":[${events.map((event) => event.text).join(",")}]}`);
  }

  #heard(message) {
    const frame = this.#frames.get(message.id);
    if (!frame) return;
    if (message.type === "ack") this.#acknowledged(message, frame);
    else if (message.type === "error") this.#refused(message, frame);
  }

  #acknowledged(message, frame) {
    this.#frames.delete(message.id);
    this.#over(frame);
    this.counters.acknowledged += message.accepted + message.duplicates;
    this.counters.duplicates += message.duplicates;
    this.counters.rejected += message.rejected;
    for (const receipt of message.receipts ?? []) {
      if (receipt.status === "rejected") this.#reject(LoopscopeError.ofAnswer(receipt), frame[receipt.index]);
    }
  }

  /** The frame as a whole was not taken: later, in parts, or not at all. */
  #refused(message, frame) {
    this.#frames.delete(message.id);
    const error = LoopscopeError.ofAnswer(message);
    if (error.code === "too_large" && frame.length > 1) {
      const half = Math.ceil(frame.length / 2);
      // Sent at once, so that the order stays and each half is tried by itself.
      for (const part of [frame.slice(0, half), frame.slice(half)]) this.#publish(part);
    } else if (error.code === "too_large" || HOPELESS.has(error.code)) {
      this.#refuse(frame, error);
    } else {
      this.#putBack(frame);
      this.#pausedUntil = Date.now() + (error.retryAfterMs ?? 1_000);
      this.#soon();
    }
  }

  /** They are not sent again. */
  #refuse(events, error) {
    this.#over(events);
    this.counters.rejected += events.length;
    for (const event of events) this.#reject(error, event);
  }

  #over(events) {
    for (const event of events) this.#bytes -= event.bytes;
    this.#soon();
    if (this.pending === 0) for (const done of this.#idle.splice(0)) done(true);
  }

  /** They go again, before what came after them. */
  #putBack(events) {
    this.#waiting = [...events, ...this.#waiting].sort((one, other) => one.number - other.number);
  }

  /** The line is gone: what was not acknowledged goes again, in its order. */
  #recall() {
    this.#putBack([...this.#frames.values()].flat());
    this.#frames.clear();
  }

  #again() {
    this.#pausedUntil = 0;
    this.#send();
  }

  #reject(error, event) {
    if (this.onRejected) this.onRejected(error, event && JSON.parse(event.text));
    else console.warn(`loopscope: the server refused an event: ${error.message}`);
  }

  #drop(count, why) {
    this.counters.dropped += count;
    if (this.onDropped) this.onDropped(this.counters.dropped);
    else if (!this.#told) console.warn(`loopscope: ${why}`);
    this.#told = true;
  }
}

function tooLong(most) {
  return new LoopscopeError("too_large", `an event has at most ${most} bytes on this server`, { limit: `${most} bytes` });
}
