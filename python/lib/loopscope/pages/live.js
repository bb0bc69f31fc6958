// What the bundled pages share: one socket, the newest events, words. Nothing that came is ever read as markup.

const SHOWN = 50;

export const by = (id) => document.getElementById(id);

export const put = (id, text) => {
  const place = by(id);
  if (place && place.textContent !== String(text)) place.textContent = text;
};

export const element = (name, text = "", className = "") =>
  Object.assign(document.createElement(name), { textContent: text, className });

/** The time of an event, HH:MM:SS; one without a zone is UTC. */
function clock(stamp) {
  const text = String(stamp ?? "");
  const at = new Date(/(?:Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`);
  return Number.isNaN(at.getTime()) ? "" : at.toLocaleTimeString([], { hour12: false });
}

/** A row of the stream, newest on top: the type, the time, a sentence, then named fields. */
export function row(event, words, fields) {
  const item = element("li");
  item.dataset.severity = String(event.severity ?? "info").toLowerCase();
  const type = String(event.event_type).replaceAll("_", " ").toUpperCase();
  item.append(element("b", type), element("time", clock(event.timestamp)), element("p", words));
  if (fields.length) {
    const list = element("dl");
    for (const [label, value] of fields) {
      const pair = element("div");
      pair.append(element("dt", label), element("dd", value));
      list.append(pair);
    }
    item.append(list);
  }
  by("stream").prepend(item);
  while (by("stream").children.length > SHOWN) by("stream").lastChild.remove();
  by("none").hidden = true;
}

/** Follows the page's own server for ever: made again after longer and longer waits where it was lost. */
export function follow(words, onOpen, onFrame) {
  let attempts = 0;
  const say = (state, text) => {
    by("link").dataset.state = state;
    put("link", text);
  };
  const connect = () => {
    const address = new URL("ws", location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    address.hash = "";
    const socket = new WebSocket(address);
    socket.onopen = () => {
      attempts = 0;
      onOpen();
      by("stream").replaceChildren();
      by("none").hidden = false;
      say("on", words.on);
    };
    socket.onmessage = (message) => {
      let frame;
      try {
        frame = JSON.parse(message.data);
      } catch {
        return;
      }
      if (frame && typeof frame === "object" && frame.event_type) onFrame(frame);
    };
    socket.onclose = () => {
      say("off", words.off);
      setTimeout(connect, Math.min(30_000, 1000 * 2 ** attempts++) * (0.5 + Math.random() / 2));
    };
  };
  connect();
}
