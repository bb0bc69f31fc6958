// npm's `ws` walks the convergence contract's message protocol.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import WebSocket from "ws";
import { startServer } from "../tests/server.js";

let server;
let base;
const open = new Set();

before(async () => {
  server = await startServer();
  base = server.url;
});
after(async () => {
  for (const socket of open) socket.terminate();
  await server.stop();
});

/** A socket whose frames are read one by one. */
async function connect(path) {
  const socket = new WebSocket(base.replace(/^http/, "ws") + path);
  open.add(socket);
  const frames = [];
  const waiting = [];
  socket.on("message", (data, isBinary) => {
    assert.equal(isBinary, false, "the server sends text frames only");
    const frame = { text: data.toString(), ...JSON.parse(data.toString()) };
    if (waiting.length) waiting.shift()(frame);
    else frames.push(frame);
  });
  await new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  const next = () =>
    frames.length ? Promise.resolve(frames.shift()) : new Promise((resolve) => waiting.push(resolve));
  const send = (message) => socket.send(typeof message === "string" ? message : JSON.stringify(message));
  const ask = async (message) => {
    send(message);
    return next();
  };
  /** Everything sent before is handled once the pong is here; no acknowledgement comes before it. */
  const settle = async () => assert.equal((await ask({ action: "ping" })).type, "pong");
  /** The next event of a session: other producers may be at work on the same server. */
  const event = async (session) => {
    for (;;) {
      const frame = await next();
      assert.equal(frame.type, "event");
      if ((frame.session_id ?? frame.data.session_id) === session) return frame;
    }
  };
  return { socket, next, send, ask, settle, event };
}

function makeEvent(session, event_type, data = {}, more = {}) {
  return {
    event_id: randomUUID(),
    timestamp: "2026-01-05T10:00:00.123456+00:00",
    session_id: session,
    iteration: 1,
    state: "IDLE",
    event_type,
    data,
    ...more,
  };
}

/** The loop's webhook. */
async function post(session, ...events) {
  const response = await fetch(`${base}/events`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ session_id: session, events }),
  });
  assert.equal(response.ok, true, `webhook answered ${response.status}`);
  return response.json();
}

const session = () => `ws-client-${randomUUID()}`;

test("/ is silent at first and sends flat events without a subscribe", async () => {
  const client = await connect("/");
  const id = session();
  await client.settle();
  const sent = makeEvent(id, "STEP_COMPLETE", { step: "diagnose", findings_count: 3, odd: [1.5, null, "ü"] });
  await post(id, sent);
  const frame = await client.event(id);
  assert.deepEqual(Object.keys(frame).slice(1), [
    "type", "event_id", "timestamp", "session_id", "iteration", "state", "event_type", "data",
  ]);
  assert.equal(frame.event_id, sent.event_id);
  assert.equal(frame.event_type, "STEP_COMPLETE");
  assert.equal(frame.iteration, 1);
  assert.equal(frame.state, "DIAGNOSING");
  assert.match(frame.timestamp, /^2026-01-05T10:00:00\.123456Z$/);
  assert.deepEqual(frame.data, sent.data);
});

test("/ws begins with state, sends nested events until the first subscribe and flat ones after", async () => {
  const client = await connect("/ws");
  const first = await client.next();
  assert.equal(first.type, "state");
  assert.deepEqual(Object.keys(first.data), [
    "state", "iteration", "session_id", "findings", "fixes", "vulnerabilities", "logs",
  ]);
  assert.ok(Array.isArray(first.data.logs));

  const id = session();
  await client.settle();
  await post(id, makeEvent(id, "CONVERGENCE_REACHED", { iterations: 1 }));
  const nested = await client.event(id);
  assert.deepEqual(Object.keys(nested).slice(1), ["type", "data"]);
  assert.equal(nested.data.event_type, "CONVERGENCE_REACHED");
  assert.equal(nested.data.state, "CONVERGED");
  assert.deepEqual(nested.data.data, { iterations: 1 });

  client.send({ action: "subscribe", events: ["METRICS"] });
  await client.settle();
  await post(id, makeEvent(id, "METRICS", { gauge: 1 }));
  const flat = await client.event(id);
  assert.equal(flat.event_type, "METRICS");
  assert.deepEqual(flat.data, { gauge: 1 });
});

test("subscribe replaces, adds, removes and excludes, whatever the letter case", async () => {
  const steps = [
    [[{ action: "subscribe", events: ["A_ONE"] }], "A_ONE"],
    [[{ action: "subscribe", events: ["b_two"] }], "A_ONE B_TWO"],
    [[{ action: "unsubscribe", events: ["a_One"] }], "B_TWO"],
    [[{ action: "subscribe", events: ["*"] }], "A_ONE B_TWO C_THREE"],
    [[{ action: "unsubscribe", events: ["C_THREE"] }], "A_ONE B_TWO"],
    [[{ action: "subscribe", events: ["c_three"] }], "A_ONE B_TWO C_THREE"],
    [[{ action: "unsubscribe" }], ""],
    [[{ action: "subscribe", events: ["C_THREE"] }], "C_THREE"],
  ];
  const client = await connect("/");
  for (const [messages, expected] of steps) {
    for (const message of messages) client.send(message);
    await client.settle();
    const id = session();
    await post(id, ...["A_ONE", "B_TWO", "C_THREE"].map((name) => makeEvent(id, name)));
    const wanted = expected.split(" ").filter(Boolean);
    const seen = [];
    while (seen.length < wanted.length) seen.push((await client.event(id)).event_type);
    assert.equal(seen.join(" "), expected, JSON.stringify(messages));
    await client.settle();
  }
});

test("list_sessions, get_session and ping answer in the contract's shapes", async () => {
  const id = session();
  await post(id, makeEvent(id, "SESSION_STARTED", { session_id: id, target: "walk" }));
  const client = await connect("/");
  client.send({ action: "unsubscribe" });

  const list = await client.ask({ action: "list_sessions", limit: 1000 });
  assert.equal(list.type, "response");
  assert.equal(list.request_action, "list_sessions");
  assert.equal(typeof list.data.total, "number");
  const row = list.data.sessions.find((item) => item.session_id === id);
  for (const key of ["session_id", "start_time", "status", "current_iteration", "target"]) {
    assert.ok(key in row, key);
  }
  assert.equal(row.status, "running");
  assert.equal((await client.ask({ action: "list_sessions", limit: 1 })).data.sessions.length, 1);

  const detail = await client.ask({ action: "get_session", session_id: id });
  assert.equal(detail.request_action, "get_session");
  const rest = await fetch(`${base}/api/sessions/${encodeURIComponent(id)}`);
  assert.deepEqual(detail.data, await rest.json());

  const pong = await client.ask({ action: "ping" });
  assert.ok(!Number.isNaN(Date.parse(pong.timestamp)) && pong.timestamp.endsWith("Z"));
});

test("what cannot be read is answered and the socket stays open", async () => {
  const client = await connect("/");
  client.send({ action: "unsubscribe" });
  const cases = [
    ["no json", null],
    ["[]", null],
    ['{"action":1}', null],
    ["[".repeat(10_000), null],
    ['{"action":"dance"}', "dance"],
    ['{"action":"subscribe","events":"*"}', "subscribe"],
    ['{"action":"get_session","session_id":"no-such"}', "get_session"],
    [JSON.stringify({ action: "subscribe", events: Array.from({ length: 1000 }, (_, n) => `N${n}`) }), "subscribe"],
    [JSON.stringify({ action: "ping", pad: "x".repeat(200_000) }), null],
  ];
  for (const [text, action] of cases) {
    const frame = await client.ask(text);
    assert.equal(frame.type, "error", text.slice(0, 60));
    assert.equal(frame.request_action, action, text.slice(0, 60));
    assert.equal(typeof frame.error, "string");
    assert.equal(typeof frame.message, "string");
  }
  client.socket.send(Buffer.from([1, 2, 3]));
  assert.equal((await client.next()).type, "error");
  await client.settle();
});

test("a protocol ping is answered", async () => {
  const client = await connect("/");
  const pong = new Promise((resolve) => client.socket.once("pong", (data) => resolve(data.toString())));
  client.socket.ping("beat");
  assert.equal(await pong, "beat");
});

test("a webhook that is sent again stores nothing twice and shows nothing twice", async () => {
  const client = await connect("/");
  await client.settle();
  const id = session();
  const first = makeEvent(id, "RETRY_ONE");
  const second = makeEvent(id, "RETRY_TWO");
  assert.deepEqual(await post(id, first), { accepted: 1, duplicates: 0 });
  assert.deepEqual(await post(id, first, second), { accepted: 1, duplicates: 1 });
  assert.equal((await client.event(id)).event_type, "RETRY_ONE");
  assert.equal((await client.event(id)).event_type, "RETRY_TWO");
});
