// A client of the orchestrator contract for the tests: npm's `socket.io-client`, unmodified, with a memory.
import { randomUUID } from "node:crypto";
import { Ajv2020 } from "ajv/dist/2020.js";
import { io } from "socket.io-client";

/** Clients of one server; `close` ends all of them. */
export function clientsOf(server) {
  const open = new Set();
  const everything = [];

  /** A client that keeps everything it hears, in order. */
  function client({ session, query, auth, transports = ["websocket"], upgrade, url = server.url } = {}) {
    const socket = io(url, {
      transports,
      ...(upgrade === undefined ? {} : { upgrade }),
      forceNew: true,
      reconnection: false,
      query: query ?? {},
      auth: auth ?? (session ? { session_id: session } : {}),
    });
    open.add(socket);
    const heard = [];
    const waiting = new Set();
    const tell = () => waiting.forEach((look) => look());
    socket.onAny((name, payload) => {
      heard.push([name, payload]);
      everything.push([name, payload]);
      tell();
    });
    /** The first thing not taken yet that matches. */
    const next = (name, matches = () => true) =>
      new Promise((done, fail) => {
        const timer = setTimeout(() => fail(new Error(`no ${name}; heard ${JSON.stringify(heard).slice(0, 2000)}`)), 20000);
        const look = () => {
          const at = heard.findIndex(([heardName, payload]) => heardName === name && matches(payload));
          if (at < 0) return;
          waiting.delete(look);
          clearTimeout(timer);
          done(heard.splice(at, 1)[0][1]);
        };
        waiting.add(look);
        look();
      });
    const connected = new Promise((done, fail) => {
      socket.on("connect", done);
      socket.on("connect_error", fail);
    });
    const command = async (argument) => {
      socket.emit("command", argument);
      return next("command:result");
    };
    const report = (session_id, event_type, data = {}, more = {}) =>
      socket.emitWithAck("cli_event", { session_id, event_type, timestamp: "2026-01-05T10:00:00.123456", data, ...more });
    /** Everything sent to us before is here once the pong is. */
    const settle = async () => {
      socket.emit("ping");
      await next("pong");
    };
    return { socket, heard, next, connected, command, report, settle };
  }

  async function joined(options) {
    const joined = client(options);
    await joined.connected;
    return joined;
  }

  const rest = async (path, options) => {
    const answer = await fetch(server.url + "/orchestrator" + path, options);
    return [answer.status, await answer.json()];
  };

  const fresh = () => `do_${randomUUID()}`;

  /** What anybody heard and the server's own AsyncAPI document does not allow. What has no message of its own there is a
   *  program's event, which has the shape of `event`. */
  const undocumented = async () => {
    const document = await (await fetch(`${server.url}/api/asyncapi.json`)).json();
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(document, "asyncapi");
    const known = new Map();
    for (const [id, { name }] of Object.entries(document.components.messages)) {
      if (id.startsWith("socket.io.server.")) known.set(name, ajv.getSchema(`asyncapi#/components/messages/${id}/payload`));
    }
    const faults = new Set();
    for (const [name, payload] of everything) {
      const allows = known.get(name) ?? known.get("event");
      if (!allows(payload)) faults.add(`${name}: ${ajv.errorsText(allows.errors)}: ${JSON.stringify(payload).slice(0, 300)}`);
    }
    return [...faults];
  };

  const close = () => {
    for (const socket of open) socket.close();
  };
  return { client, joined, rest, fresh, open, undocumented, close };
}
