// `useDashboard` in a component, in a DOM.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before } from "node:test";
import WebSocket from "ws";
import { mount, onPageOf } from "../page.js";
import { startServer, timed, until } from "../support.js";

const { createElement } = await import("react");
const { createRoot } = await import("react-dom/client");
const { useDashboard } = await import("loopscope/react");
const { connect } = await import("loopscope");

let server;
before(async () => (server = await startServer()));
after(() => server.stop());

timed("a component sees a session's events as they come, and steers it", async () => {
  const loopscope = connect(server.url);
  const run = loopscope.session({ id: "hooked" });
  const taken = [];
  await run.commands({ HALT: ({ parameters }) => void taken.push(["halt", parameters]), step_over: () => void taken.push(["step_over"]) }).attached;
  let seen;
  function Panel() {
    seen = useDashboard("hooked", { url: server.url, limit: 5 });
    return createElement("p", null, `${seen.connected} ${seen.events.map((event) => event.name).join(" ")}`);
  }
  const root = createRoot(document.querySelector("main"));
  root.render(createElement(Panel));
  const text = () => document.querySelector("p")?.textContent ?? "";
  await until("the first events", () => text().startsWith("true") && text().includes("SESSION_STARTED"));
  run.iteration();
  await until("the next", () => text().includes("ITERATION_STARTED"));
  await seen.halt("look first");
  await seen.stepOver();
  await until("both commands", () => taken.length === 2);
  assert.deepEqual(taken[0], ["halt", { reason: "look first" }]);
  for (let n = 0; n < 20; n += 1) run.log(`line ${n}`);
  await until("the newest, within the bound", () => seen.events.at(-1)?.data.message === "line 19" && seen.events.length === 5);
  seen.clearEvents();
  await until("nothing", () => seen.events.length === 0);
  await assert.rejects(seen.sendCommand("rollback", { steps: -1 }));
  await until("the error", () => seen.error);
  root.unmount();
  await run.finish();
  await loopscope.close();
});

/** A loop's events, by the webhook, as a loop sends them. */
async function told(session, events, { url } = server) {
  const full = events.map(([event_type, data, more]) => ({ event_id: randomUUID(), timestamp: "2026-01-05T10:00:00+00:00", session_id: session, iteration: 1, state: "IDLE", event_type, data, ...more }));
  // A loop written in Python may say NaN, which JSON cannot.
  const body = JSON.stringify({ session_id: session, events: full }).replaceAll('"NaN"', "NaN");
  const answer = await fetch(`${url}/events`, { method: "POST", headers: { "content-type": "application/json" }, body });
  assert.equal(answer.status, 200);
  return full;
}

const RUN = [
  ["SESSION_STARTED", { session_id: "framed", webhook_url: "" }, { iteration: 0 }],
  ["ITERATION_STARTED", { iteration: 1 }],
  ["STATE_CHANGED", { from: "IDLE", to: "DIAGNOSING", transition: "START" }],
  ["STEP_STARTED", { step: "diagnose", tool: "scan", args: ["-v"] }],
  ["step_complete", { step: "Fix", result: "passed", coverage: "NaN" }],
  ["STEP_FAILED", { step: "attack", error: "no route" }],
  ["STEP_STARTED", { step: "lint" }],
  ["VULNERABILITY_FOUND", { free: ["form"] }, { state: "VALIDATING" }],
  ["MADE_UP", {}],
  ["CONVERGENCE_REACHED", { iterations: 1 }],
  ["SESSION_ENDED", { session_id: "framed" }],
];
const FRAME = ["type", "event_id", "timestamp", "session_id", "iteration", "state", "event_type", "data"];

timed("every event reads as the contract's flat frame, and as its socket sends it", async (t) => {
  const socket = new WebSocket(server.url.replace("http", "ws"));
  const frames = [];
  socket.on("message", (text) => frames.push(JSON.parse(text)));
  await new Promise((done) => socket.once("open", done));
  socket.send(JSON.stringify({ action: "subscribe", events: ["*"] }));
  // Its answer shows that the subscription stands.
  socket.send(JSON.stringify({ action: "ping" }));
  await until("the pong", () => frames.shift()?.type === "pong");
  const page = await mount(t, () => useDashboard("framed", { url: server.url.replace("http", "ws") }));
  await until("the connection", () => page.seen().connected);
  const sent = await told("framed", RUN);
  const { events } = await until("every event", () => page.seen().events.length === RUN.length && page.seen());
  assert.deepEqual(events.map((event) => event.event_type), RUN.map(([name]) => name));
  assert.deepEqual(events.map((event) => event.event_id), sent.map((event) => event.event_id));
  for (const event of events) {
    assert.equal(event.type, "event");
    assert.equal(event.session_id, "framed");
    assert.equal(Date.parse(event.timestamp), Date.UTC(2026, 0, 5, 10));
  }
  assert.deepEqual(events.map((event) => event.iteration), [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
  assert.deepEqual(events.map((event) => event.state), ["IDLE", "IDLE", "DIAGNOSING", "DIAGNOSING", "FIXING", "ATTACKING", "IDLE", "VALIDATING", "IDLE", "CONVERGED", "IDLE"]);
  assert.deepEqual(events[3].data, { step: "diagnose", tool: "scan", args: ["-v"] });
  assert.deepEqual(events[4].data, { step: "Fix", result: "passed", coverage: null });
  await until("the socket's", () => frames.length === RUN.length);
  assert.deepEqual(events.map((event) => Object.fromEntries(FRAME.map((field) => [field, event[field]]))), frames);
  page.unmount();
  socket.close();
});

timed("where nobody says the address it is the documented one, or the page's own on that port", async (t) => {
  for (const [origin, expected] of [
    ["http://localhost:5173", "ws://localhost:8766/ws/v1"],
    ["https://board.example", "ws://localhost:8766/ws/v1"],
    ["http://192.0.2.7:8766", "ws://192.0.2.7:8766/ws/v1"],
  ]) {
    await onPageOf(origin, async () => {
      const dialled = [];
      globalThis.WebSocket = class {
        constructor(address) {
          dialled.push(String(address));
        }
        close() {}
      };
      const page = await mount(t, () => useDashboard("nightly-7"));
      await until("an attempt", () => dialled.length > 0);
      page.unmount();
      assert.deepEqual(dialled, [expected]);
    });
  }
});

timed("a page of another origin follows and steers where access.origins has it, and is told where not", async (t) => {
  const own = await startServer({ env: { LOOPSCOPE_ORIGINS: "http://localhost:5173" } });
  t.after(() => own.stop());
  const loopscope = connect(own.url);
  const run = loopscope.session({ id: "elsewhere" });
  const taken = [];
  await run.commands({ HALT: ({ parameters }) => void taken.push(parameters.reason) }).attached;
  const { fetch } = globalThis;
  await onPageOf("http://localhost:5173", async () => {
    // A browser lets no such page POST JSON.
    globalThis.fetch = () => Promise.reject(new TypeError("Failed to fetch"));
    const page = await mount(t, () => useDashboard("elsewhere", { url: own.url }));
    await until("the connection", () => page.seen().connected && page.seen().events.length > 0);
    await page.seen().halt("from afar");
    await until("the command", () => taken.length === 1);
    assert.deepEqual(taken, ["from afar"]);
    assert.equal(page.seen().error, null);
    page.unmount();
  }).finally(() => (globalThis.fetch = fetch));
  await onPageOf("http://stranger.example:4000", async () => {
    const page = await mount(t, () => useDashboard("elsewhere", { url: own.url }));
    const { error } = await until("the error", () => page.seen().error && page.seen());
    assert.equal(error.code, "unreachable");
    assert.match(error.message, /http:\/\/stranger\.example:4000.*access\.origins/);
    assert.equal(page.seen().connected, false);
    page.unmount();
  });
  await run.finish();
  await loopscope.close();
});

timed("without a session it shows all of them, and says that a command is for one", async (t) => {
  const own = await startServer();
  t.after(() => own.stop());
  const page = await mount(t, () => useDashboard(undefined, { url: own.url }));
  await until("the connection", () => page.seen().connected);
  await told("one", [["SESSION_STARTED", {}]], own);
  await told("two", [["SESSION_STARTED", {}]], own);
  await until("both", () => page.seen().events.length === 2);
  assert.deepEqual(page.seen().events.map((event) => event.session_id), ["one", "two"]);
  await assert.rejects(page.seen().halt(), { code: "invalid_argument", field: "sessionId" });
  await until("the error", () => page.seen().error?.field === "sessionId");
  page.unmount();
});

timed("an address that is none is an error in the hook, not of the page", async (t) => {
  const page = await mount(t, () => useDashboard("s", { url: "localhost:8766" }));
  await until("the error", () => page.seen().error?.field === "url");
  page.unmount();
});

timed("a wrong token, and a page where no socket can be opened, are told as what they are", async (t) => {
  const own = await startServer({ env: { LOOPSCOPE_AUTH: "always" } });
  t.after(() => own.stop());
  const guarded = await mount(t, () => useDashboard("s", { url: own.url, token: "lsc_wrong" }));
  await until("the error", () => guarded.seen().error?.code === "unauthorized");
  guarded.unmount();
  const { WebSocket: before } = globalThis;
  t.after(() => (globalThis.WebSocket = before));
  globalThis.WebSocket = class {
    constructor() {
      throw new DOMException("an insecure socket from a secure page", "SecurityError");
    }
  };
  const secure = await mount(t, () => useDashboard("s", { url: own.url }));
  await until("the error", () => /insecure socket/.test(secure.seen().error?.message));
  assert.equal(secure.seen().connected, false);
  secure.unmount();
});

timed("a limit of zero keeps nothing, and still knows of the connection", async (t) => {
  await told("unkept", [["LOG", { n: 1 }]]);
  const read = [];
  const page = await mount(t, () => useDashboard("unkept", { url: server.url, limit: 0 }));
  const loopscope = connect(server.url);
  t.after(() => loopscope.close());
  loopscope.subscribe({ session: "unkept" }, (events) => read.push(...events));
  await until("both connections", () => page.seen().connected && loopscope.state === "live");
  const before = page.renders.length;
  await until("an event, seen by both", async () => {
    await told("unkept", [["LOG", { n: 2 }]]);
    return read.length > 0 && page.renders.length > before;
  });
  assert.ok(page.renders.every(({ events }) => events.length === 0));
  page.unmount();
});

timed("mounted twice, moved to another session, unmounted: one connection, no event twice, none of another session", async (t) => {
  const open = new Set();
  let opened = 0;
  const { WebSocket: before } = globalThis;
  globalThis.WebSocket = class extends WebSocket {
    constructor(address) {
      super(address);
      opened += 1;
      open.add(this);
      this.addEventListener("close", () => open.delete(this));
    }
  };
  try {
    const many = Array.from({ length: 300 }, (_, n) => ["LOG", { n }]);
    await told("first", many);
    await told("second", many);
    const page = await mount(t, ({ session }) => useDashboard(session, { url: server.url }), { session: "first" }, { strict: true });
    await until("the first", () => page.seen().events.length === 300);
    assert.equal(opened, 1);
    page.render({ session: "second" });
    // Before the next connection stands.
    await told("first", [["LOG", { n: "late" }]]);
    await until("the second", () => page.seen().events.length === 300 && page.seen().events[0].session_id === "second");
    await told("second", [["LOG", { n: "last" }]]);
    await until("its last", () => page.seen().events.at(-1).data.n === "last");
    assert.deepEqual(page.seen().events.map((event) => event.data.n), [...many.map(([, data]) => data.n), "last"]);
    for (const { events } of page.renders) assert.ok(new Set(events.map((event) => event.session_id)).size <= 1);
    await until("one connection", () => open.size === 1);
    page.unmount();
    await until("no connection", () => open.size === 0);
    assert.equal(opened, 2);
  } finally {
    globalThis.WebSocket = before;
  }
});
