// npm's `ws` walks the agents contract: viewers, producers, and what stands beside them over HTTP.
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
  base = `${server.url}/agents`;
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
    const frame = JSON.parse(data.toString());
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
  return { socket, next, send };
}

/** A viewer with everything up to the numbers that it begins with. */
async function view(system) {
  const viewer = await connect(`/ws?system=${system}`);
  viewer.greeting = await viewer.next();
  viewer.history = [];
  for (;;) {
    const frame = await viewer.next();
    if (frame.event_type === "metrics_updated" && !("event_id" in frame)) {
      viewer.stats = frame;
      return viewer;
    }
    viewer.history.push(frame);
  }
}

const system = () => `crew-${randomUUID()}`;
const makeEvent = (event_type, data, severity = "info") => ({
  event_id: randomUUID(),
  event_type,
  timestamp: "2026-01-05T10:00:02.250000",
  data: { description: "as sent 😀", ...data },
  severity,
});
const post = (name, body) =>
  fetch(`${base}/events?system=${name}`, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) });

/** Every row of the contract's table of types. */
const ROWS = [
  makeEvent("agent_execution_started", { agent_id: "a", agent_name: "Scout", task_description: "scan" }),
  makeEvent(
    "agent_execution_completed",
    { agent_id: "a", agent_name: "Scout", task_description: "scan", duration_ms: 2000.0, success: true, data_source: null, quality_score: 98.5 },
    "success",
  ),
  makeEvent("opportunity_discovered", { opportunity_id: "o", title: "T", confidence_score: 0.9, revenue_potential: "$1M ARR", category: "C" }, "success"),
  makeEvent("synthesis_started", { phase: "merge" }),
  makeEvent("synthesis_completed", { phase: "merge", duration_ms: 12.5, patterns_found: 3 }, "success"),
  makeEvent("quality_score_updated", { source: "s", overall_score: 91.0, dimension_scores: { depth: 90 } }, "warning"),
  makeEvent("error_occurred", { source: "s", error_message: "m", error_type: "E" }, "error"),
  makeEvent("system_health_updated", { cpu_percent: null, memory_percent: 12.5, active_agents: 7, uptime_seconds: 1.5 }),
  makeEvent("agent_registered", { agent_id: "b", anything: [1, { deep: true }] }),
  makeEvent("metrics_updated", { custom: 1 }),
  makeEvent("reputation_updated", { agent_id: "a", agent_name: "Scout", old_score: 0.5, new_score: 0.4, change: -0.1, total_tasks: 3, trend: "down" }, "warning"),
  makeEvent("task_outcome_recorded", { agent_id: "a", agent_name: "Scout", task_id: "t", success: false, quality_score: null, duration_ms: null }, "error"),
  makeEvent("something_of_tomorrow", { kept: "yes" }),
];

test("every type reaches a viewer as it was sent, in order, and again as history", async () => {
  const name = system();
  const viewer = await view(name);
  assert.deepEqual(viewer.history, []);
  assert.equal(viewer.greeting.event_type, "connection_established");
  assert.match(viewer.greeting.client_id, /^[0-9a-f]{8}$/);
  assert.equal(viewer.greeting.message, "Connected to Agentic Standards Protocol Dashboard");
  const answer = await post(name, ROWS);
  assert.equal(answer.status, 202);
  assert.deepEqual(await answer.json(), { accepted: ROWS.length, rejected: 0 });
  for (const row of ROWS) assert.deepEqual(await viewer.next(), row);
  const later = await view(name);
  assert.deepEqual(later.history, ROWS);
  const { metrics } = later.stats.data;
  assert.equal(metrics.total_events, ROWS.length);
  assert.equal(metrics.total_agents_executed, 1);
});

test("a producer's frames are acknowledged where they ask for it, and bare NaN is taken", async () => {
  const name = system();
  const viewer = await view(name);
  const producer = await connect(`/ws?role=producer&system=${name}`);
  producer.send(makeEvent("agent_registered", { agent_id: "quiet" }));
  producer.send('{"ack":"x","event_type":"quality_score_updated","data":{"source":"s","overall_score":NaN}}');
  assert.deepEqual(await producer.next(), { ack: "x", accepted: 1 });
  producer.send({ ack: 2, events: [makeEvent("agent_registered", {}), 5] });
  assert.deepEqual(await producer.next(), { ack: 2, accepted: 1, rejected: 1 });
  assert.equal((await viewer.next()).data.agent_id, "quiet");
  const score = await viewer.next();
  assert.equal(score.data.overall_score, null);
  assert.match(score.event_id, /^[0-9a-f-]{36}$/);
  assert.match(score.timestamp, /Z$/);
});

test("viewers are read-only, whatever they send", async () => {
  const name = system();
  const viewer = await view(name);
  viewer.send("nonsense");
  viewer.send({ type: "get_state" });
  viewer.socket.send(Buffer.from([0, 1, 2]));
  const live = makeEvent("agent_registered", { agent_id: "after" });
  await post(name, live);
  assert.deepEqual(await viewer.next(), live);
});

test("intake tells what it could not use", async () => {
  const name = system();
  for (const [body, status] of [["{", 400], ["7", 422], ["[1,2]", 422], ["[]", 202]]) {
    assert.equal((await post(name, body)).status, status, body);
  }
});

test("the documented addresses answer", async () => {
  const name = system();
  // An id is one event in all systems.
  const rows = ROWS.map((row) => ({ ...row, event_id: randomUUID() }));
  await post(name, rows);
  const health = await (await fetch(`${base}/health`)).json();
  assert.equal(health.status, "healthy");
  assert.equal(health.service, "DashboardWebSocketServer");
  const numbers = await (await fetch(`${base}/stats?system=${name}`)).json();
  assert.equal(numbers.recent_events, rows.length);
  assert.equal(typeof numbers.connected_clients, "number");
  const page = await fetch(`${base}/dashboard?system=${name}`);
  assert.equal(page.status, 200);
  assert.match(page.headers.get("content-type"), /^text\/html/);
  const lost = await fetch(`${base}/no-such-thing`);
  assert.equal(lost.status, 404);
  assert.match(lost.headers.get("content-type"), /^text\/plain/);
  const newest = await (await fetch(`${base}/events?system=${name}&limit=1`)).json();
  assert.deepEqual(newest.events, [rows.at(-1)]);
});

test("a hundred viewers see every event in order", async () => {
  const name = system();
  const viewers = await Promise.all(Array.from({ length: 100 }, () => view(name)));
  const events = Array.from({ length: 20 }, (_, n) => makeEvent("metrics_updated", { n }));
  await post(name, events);
  for (const viewer of viewers) for (const event of events) assert.deepEqual(await viewer.next(), event);
});
