// A stream of events that goes on where it was. In: a filter. Out: events, in order and once each; resets with a reason.
import { LoopscopeError } from "./error.js";

/** One `subscribe`; see `Loopscope.subscribe`. */
export class Subscription {
  #ends = [];
  #done = false;
  #waiting = [];
  #takers = [];

  constructor({ link, id, filter, onEvents, onReset }) {
    this.link = link;
    this.id = id;
    this.filter = filter;
    this.cursor = filter.since;
    this.onEvents = onEvents;
    this.onReset = onReset;
    this.behind = 0;
    this.#ends = [
      link.on("open", () => this.#begin()),
      link.on("message", (message) => this.#heard(message)),
      link.on("state", (state) => state === "closed" && this.close()),
    ];
    if (link.state === "closed") this.close();
    if (link.state === "live") this.#begin();
    link.open();
  }

  /** Ends it. */
  close() {
    if (this.#done) return;
    this.#done = true;
    for (const end of this.#ends) end();
    this.link.send({ type: "unsubscribe", id: this.id });
    for (const take of this.#takers.splice(0)) take({ value: undefined, done: true });
  }

  /** `for await (const event of subscription)`; leaving the loop closes it. */
  [Symbol.asyncIterator]() {
    return {
      next: () => {
        if (this.#waiting.length > 0) return Promise.resolve({ value: this.#waiting.shift(), done: false });
        if (this.#done) return Promise.resolve({ value: undefined, done: true });
        return new Promise((take) => this.#takers.push(take));
      },
      return: () => {
        this.close();
        return Promise.resolve({ value: undefined, done: true });
      },
    };
  }

  #begin() {
    this.link.send({ ...this.filter, type: "subscribe", id: this.id, batch: true, since: this.cursor });
  }

  #heard(message) {
    if (message.id !== this.id || this.#done) return;
    if (message.type === "subscribed" || message.type === "cursor") this.cursor = message.cursor;
    if (message.type === "error") this.onError?.(LoopscopeError.ofAnswer(message));
    if (message.type === "reset") {
      this.cursor = message.cursor;
      this.onReset?.(message.reason);
    }
    if (message.type === "events") {
      // The cursor moves before anybody is called: a callback that throws loses its own batch, not the place.
      this.cursor = message.cursor;
      this.behind = message.behind ?? 0;
      if (this.onEvents) this.onEvents(message.events);
      else this.#hand(message.events);
    }
  }

  #hand(events) {
    for (const event of events) {
      const take = this.#takers.shift();
      if (take) take({ value: event, done: false });
      else this.#waiting.push(event);
    }
  }
}
