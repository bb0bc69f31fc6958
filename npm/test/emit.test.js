// What a program tells is on the server, once and in order, whatever happens between them.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { connect, LoopscopeError, uuidv7 } from "loopscope";
import { startServer, timed, until } from "../support.js";

let server;
before(async () => (server = await startServer()));
after(() => server.stop());

/** Every event of a session that its program sent, by seq. */
async function told(loopscope, id) {
  const found = [];
  for (let after = 0; ; ) {
    const { events } = await loopscope.events(id, { after, limit: 500 });
    if (events.length === 0) return found.filter((event) => event.dialect !== "loopscope");
    found.push(...events);
    after = events.at(-1).seq;
  }
}

timed("a run is told as it goes: passes, steps, findings, fixes, numbers, its end", async () => {
  const loopscope = connect(server.url);
  const run = loopscope.session({ id: "whole", name: "Nightly", target: "services/gate", config: { max_iterations: 3 } });
  run.iteration();
  run.state("DIAGNOSING");
  assert.equal(await run.step("diagnose", async (step) => (step.progress(1, 2, "half"), 7)), 7);
  run.finding({ severity: "high", description: "a hole", file: "src/a.rs", line: 3 });
  assert.throws(() => run.step("fix", () => { throw new Error("no compiler"); }), /no compiler/);
  run.fix({ description: "closed it", file: "src/a.rs" });
  run.metrics({ loss: 0.25, broken: NaN, up: Infinity }, { step: 4 });
  run.log("nearly there");
  assert.equal(await run.finish("converged"), true);
  const events = await told(loopscope, "whole");
  assert.deepEqual(events.map((event) => event.name), [
    "SESSION_STARTED", "ITERATION_STARTED", "STATE_CHANGED", "STEP_STARTED", "STEP_PROGRESS", "STEP_COMPLETE",
    "FINDING", "STEP_STARTED", "STEP_FAILED", "FIX", "METRICS", "LOG", "CONVERGENCE_REACHED", "SESSION_ENDED",
  ]);
  assert.ok(events.every((event) => event.session_id === "whole" && event.event_id.length === 36));
  assert.equal(events.find((event) => event.name === "STEP_FAILED").data.error, "no compiler");
  const { metrics } = await loopscope.metricNames("whole");
  assert.deepEqual(Object.fromEntries(metrics.map((row) => [row.name, row.last])), { broken: "NaN", loss: 0.25, up: "Infinity" });
  const { summary } = await loopscope.getSession("whole");
  assert.equal(summary.status, "converged");
  assert.equal(summary.name, "Nightly");
  assert.equal(summary.target, "services/gate");
  assert.equal(loopscope.counters.acknowledged, 14);
  assert.equal(loopscope.counters.pending, 0);
  await loopscope.close();
});

timed("ids are UUIDv7 and rise, also within one millisecond", () => {
  const ids = Array.from({ length: 5_000 }, uuidv7);
  assert.deepEqual([...ids].sort(), ids);
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids.slice(0, 10)) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

timed("the server is killed under way and comes back: every event is there once", async () => {
  const dir = mkdtempSync(join(tmpdir(), "loopscope-npm-"));
  let own = await startServer({ dir });
  const port = new URL(own.url).port;
  const loopscope = connect(own.url);
  const run = loopscope.session({ id: "cut" });
  for (let n = 0; n < 2_000; n += 1) run.metrics({ n }, { step: n });
  await until("some receipts", () => loopscope.counters.acknowledged > 0);
  await own.kill("SIGKILL");
  for (let n = 2_000; n < 4_000; n += 1) run.metrics({ n }, { step: n });
  own = await startServer({ dir, env: { DASHBOARD_PORT: port } });
  assert.equal(await run.finish("completed", { timeoutMs: 60_000 }), true);
  const steps = (await told(loopscope, "cut")).filter((event) => event.name === "METRICS").map((event) => event.data.step);
  assert.deepEqual(steps, Array.from({ length: 4_000 }, (_, n) => n));
  assert.equal(loopscope.counters.dropped, 0);
  await loopscope.close();
  await own.kill("SIGTERM");
  rmSync(dir, { recursive: true, force: true });
});

timed("without a server nothing waits, memory has a bound, and what is dropped is counted and said", async () => {
  const said = [];
  const loopscope = connect("http://127.0.0.1:9", { maxBytes: 10_000, onDropped: (count) => said.push(count) });
  const run = loopscope.session({ id: "nobody" });
  for (let n = 0; n < 1_000; n += 1) run.log(`line ${n}`);
  const { dropped, pending } = loopscope.counters;
  assert.ok(dropped > 0 && pending > 0 && dropped + pending === 1_001);
  assert.equal(said.at(-1), dropped);
  assert.equal(await run.finish("failed", { timeoutMs: 50 }), false);
  await loopscope.close({ timeoutMs: 50 });
  assert.equal(loopscope.counters.dropped, 1_002);
});

timed("what is left at the end is said to be left, and not that there was too much", async () => {
  const said = [];
  const { warn } = console;
  console.warn = (words) => said.push(words);
  try {
    const loopscope = connect("http://127.0.0.1:9");
    loopscope.session({ id: "nobody-again" }).log("one line");
    await loopscope.close({ timeoutMs: 50 });
  } finally {
    console.warn = warn;
  }
  assert.deepEqual(said, ["loopscope: closed before the server had everything: 2 events are dropped"]);
});

timed("an event that the server refuses is named, and the others are kept", async () => {
  const refused = [];
  const loopscope = connect(server.url, { onRejected: (error, event) => refused.push([error.code, error.field, event.session_id]) });
  loopscope.send({ event_type: "GOOD", session_id: "mixed" });
  loopscope.send({ event_type: "BAD", session_id: "mixed", iteration: -1 });
  loopscope.send({ event_type: "GOOD", session_id: "mixed", data: { text: "x".repeat(2_000_000) } });
  loopscope.send({ event_type: "GOOD", session_id: "mixed" });
  await until("every answer", () => loopscope.counters.pending === 0);
  assert.deepEqual(refused.map(([code]) => code).sort(), ["invalid_field", "too_large"]);
  assert.match(refused.find(([code]) => code === "invalid_field")[1], /iteration/);
  assert.equal((await told(loopscope, "mixed")).length, 2);
  await loopscope.close();
});

timed("what is wrong with an argument is said by its name", () => {
  const loopscope = connect(server.url);
  const run = loopscope.session();
  const refuses = (argument, act) => assert.throws(act, (error) => error instanceof LoopscopeError && error.code === "invalid_argument" && error.field === argument);
  refuses("url", () => connect("localhost:8766"));
  refuses("url", () => connect("not an address"));
  refuses("name", () => run.emit(""));
  refuses("data", () => run.emit("X", [1]));
  refuses("metrics.loss", () => run.metrics({ loss: "0.3" }));
  refuses("description", () => run.finding({}));
  refuses("description", () => run.fix({}));
  refuses("number", () => run.iteration(-1));
  refuses("handlers.HALT", () => run.commands({ HALT: 3 }));
  refuses("event", () => loopscope.send([]));
  return assert.rejects(run.finish("won"), { field: "outcome" }).then(() => loopscope.close());
});

timed("a wrong address, a wrong token and another program say what to do", async () => {
  const guarded = await startServer({ env: { LOOPSCOPE_AUTH: "always" } });
  const quiet = { onRefused: () => {} };
  const fails = async (loopscope, code, words) => {
    await assert.rejects(loopscope.ready({ timeoutMs: 20_000 }), (error) => {
      assert.equal(error.code, code);
      assert.match(error.message, words);
      return true;
    });
    await loopscope.close({ timeoutMs: 1 });
  };
  await fails(connect("http://127.0.0.1:9", quiet), "unreachable", /Is Loopscope running there/);
  await fails(connect(guarded.url, quiet), "unauthorized", /token/);
  await fails(connect(guarded.url, { ...quiet, token: "lsc_wrong" }), "unauthorized", /token/);
  const { createServer } = await import("node:http");
  const stranger = createServer((_, response) => response.end("hello")).listen(0, "127.0.0.1");
  await until("the stranger", () => stranger.listening);
  await fails(connect(`http://127.0.0.1:${stranger.address().port}`, quiet), "unexpected", /not answer as Loopscope/);
  stranger.close();
  await guarded.stop();
});
