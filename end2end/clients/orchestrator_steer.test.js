// Commands of the orchestrator contract by its words: what fails and what never does, who is told, and what a session says.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startServer } from "../tests/server.js";
import { clientsOf } from "../tests/sio.js";

let server;
let joined, rest, fresh, undocumented, close;

before(async () => {
  server = await startServer({ env: { LOOPSCOPE_LIMIT_COMMANDS_PER_SECOND: "0" } });
  ({ joined, rest, fresh, undocumented, close } = clientsOf(server));
});
after(async () => {
  close();
  await server.stop();
});

/** Asks again until the answer is the one that is waited for. */
async function until(ask, wanted) {
  const end = Date.now() + 20_000;
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    assert.ok(Date.now() < end, `still ${JSON.stringify(answer)}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

const RUNNING = "Cannot resume - execution is running";
const sessions = async () => (await rest("/api/sessions"))[1].sessions;
const full = async (session) => (await rest(`/api/sessions/${session}`))[1];
const status = async (session) => (await full(session)).status;
const post = (session_id) => rest("/api/sessions", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ session_id }) });

// First: the server knows of no session yet.
test("nobody runs: commands succeed, are told to all once, and make no session; what is refused makes none either", async () => {
  const [a, none] = [await joined({ session: "a" }), await joined()];
  for (const one of [a, none]) await one.next("connected");
  const refused = await none.command({ type: "RESUME" });
  assert.deepEqual([refused.success, refused.error], [false, RUNNING]);
  assert.equal((await none.command({ type: "RESUME", session_id: "nowhere" })).error, RUNNING);
  assert.equal((await none.command({ type: "DECISION", decision_id: "d" })).success, false);
  assert.equal((await none.command({ type: "HALT", session_id: "elsewhere", idempotency_key: "k".repeat(300) })).success, false);
  assert.match((await none.command({ type: "DECISION", decision_id: "unasked", choice: false })).error, /there is no decision/);
  for (const [command, name, fields] of [
    [{ type: "HALT" }, "execution:halted", { reason: "Dashboard halt request" }],
    [{ type: "RESUME" }, "execution:resumed", {}],
    [{ type: "REDIRECT", target_path: "p" }, "execution:redirect", { target_skill: null, target_path: "p" }],
    [{ type: "INJECT", skill_name: "k" }, "skill:injected", { skill_name: "k", parameters: {}, position: "next" }],
  ]) {
    none.heard.length = 0;
    const result = await none.command(command);
    assert.equal(result.success, true, result.error);
    assert.deepEqual(none.heard.filter(([heard]) => heard === name).length, 1, "broadcast first, and once");
    for (const one of [a, none]) {
      const told = await one.next(name);
      assert.equal(told.session_id, null);
      assert.equal(told.initiated_by ?? told.made_by ?? told.injected_by, none.socket.id);
      for (const [field, value] of Object.entries(fields)) assert.deepEqual(told[field], value);
    }
  }
  assert.deepEqual((await none.command({ type: "RESUME" })).error, RUNNING);
  assert.deepEqual(await sessions(), []);
  await Promise.all([a.settle(), none.settle()]);
  assert.ok(![...a.heard, ...none.heard].some(([name]) => name === "session:created"));
});

test("without a session all that run are halted, each in its record, and everyone is told once", async () => {
  const [x, y] = [fresh(), fresh()];
  const producer = await joined();
  for (const session of [x, y]) await producer.report(session, "execution:started", { task: session });
  for (const session of [x, y]) await producer.next("session:created", (told) => told.session_id === session);
  const [ofX, all] = [await joined({ session: x }), await joined()];
  const result = await all.command({ type: "HALT" });
  assert.equal(result.success, true);
  for (const one of [ofX, all]) {
    assert.equal((await one.next("execution:halted")).session_id, null);
    await one.settle();
    assert.ok(!one.heard.some(([name]) => name === "execution:halted"));
  }
  for (const session of [x, y]) {
    assert.equal((await producer.next("command", (command) => command.session_id === session)).type, "HALT");
    assert.equal(await status(session), "halted");
  }
  const own = await ofX.command({ type: "RESUME" });
  assert.equal(own.success, true, "its own session is meant");
  assert.equal((await all.next("execution:resumed")).session_id, x);
  assert.deepEqual([await status(x), await status(y)], ["running", "halted"]);
  assert.equal((await all.command({ type: "RESUME" })).success, true);
  assert.deepEqual([await status(x), await status(y)], ["running", "running"]);
  assert.equal((await all.command({ type: "HALT" })).success, true);
  for (const session_id of [x, y]) assert.equal((await all.command({ type: "RESUME", session_id })).success, true);
  assert.equal((await all.command({ type: "RESUME" })).error, RUNNING, "each was resumed by its name");
  producer.socket.disconnect();
});

test("a session says that it was halted, until its program says how it stands; the newest word wins", async () => {
  const session = fresh();
  const [, made] = await post(session);
  assert.equal(made.updated_at, undefined);
  const person = await joined({ session });
  assert.equal((await person.command({ type: "RESUME" })).error, RUNNING);
  assert.equal((await person.command({ type: "HALT" })).success, true);
  const halted = await full(session);
  assert.equal(halted.status, "halted");
  assert.equal(halted.created_at, made.created_at);
  assert.ok(halted.updated_at > halted.created_at);
  assert.equal((await sessions()).find((row) => row.session_id === session).status, "halted");
  assert.equal((await (await joined({ session })).next("session:state")).session.status, "halted");
  await person.command({ type: "get_execution_state" });
  assert.equal((await person.next("execution_state")).status, "paused");
  const resume = { type: "RESUME", idempotency_key: "once" };
  const resumed = await person.command(resume);
  assert.equal(resumed.success, true);
  assert.equal(await status(session), "running");
  assert.equal((await person.command({ type: "RESUME" })).error, RUNNING);
  const again = await person.command(resume);
  assert.deepEqual([again.success, again.command_id], [true, resumed.command_id], "the same command again");

  const producer = await joined({ session });
  await producer.report(session, "execution:halted", { reason: "mine" });
  assert.equal(await status(session), "halted");
  assert.equal((await person.command({ type: "RESUME" })).success, true);
  assert.equal(await status(session), "running");
  assert.equal((await person.command({ type: "RESUME" })).error, RUNNING, "it was resumed already");

  await person.command({ type: "HALT" });
  await producer.report(session, "execution:halted", {});
  await producer.report(session, "execution:resumed", {});
  assert.equal(await status(session), "running");
  assert.equal((await person.command({ type: "RESUME" })).error, RUNNING, "it goes on by itself");
});

test("a halt is remembered over a restart", async () => {
  const first = await startServer();
  const of = clientsOf(first);
  const session = fresh();
  const person = await of.joined({ session });
  assert.equal((await person.command({ type: "HALT" })).success, true);
  of.close();
  await first.kill("SIGKILL");
  const second = await startServer({ dir: first.dir });
  const again = clientsOf(second);
  await until(() => again.rest(`/api/sessions/${session}`), ([, answer]) => answer.status === "halted");
  const other = await again.joined({ session });
  assert.equal((await other.command({ type: "RESUME" })).success, true);
  again.close();
  await second.stop();
});

test("a run that is over takes no commands, and a rollback goes no further than to its beginning", async () => {
  const session = fresh();
  const producer = await joined({ session });
  await producer.report(session, "execution:started", { task: "t" });
  await producer.report(session, "checkpoint:created", { checkpoint_id: "c" });
  const person = await joined({ session });
  assert.match((await person.command({ type: "ROLLBACK", steps: 5 })).error, /5 steps/);
  assert.match((await person.command({ type: "DECISION", decision_id: "unasked", choice: 0 })).error, /there is no decision/);
  await producer.report(session, "execution:completed", { success: true });
  assert.equal(await status(session), "completed");
  for (const command of [
    { type: "HALT" },
    { type: "ROLLBACK", steps: 1 },
    { type: "REDIRECT", target_skill: "s" },
    { type: "INJECT", skill_name: "s" },
  ]) {
    const result = await person.command(command);
    assert.equal(result.success, false, command.type);
    assert.match(result.error, /has ended/);
    assert.equal(result.command_type, command.type);
  }
  assert.equal((await person.command({ type: "RESUME" })).error, "Cannot resume - execution is completed");
  await person.settle();
  assert.ok(!person.heard.some(([name]) => name === "execution:halted"), "nothing was told of what was refused");
  assert.equal(await status(session), "completed");
});

test("an event is told as it was sent: its time, its payload, and nothing that stood beside it", async () => {
  const session = fresh();
  const [producer, watcher] = [await joined(), await joined({ session })];
  for (const [given, data] of [
    [{ data: [1, 2] }, [1, 2]],
    [{ data: "text" }, "text"],
    [{ data: { k: 1 }, extra: 1 }, { k: 1 }],
    [{ data: null }, {}],
    [{}, {}],
    [{ data: { b: 1, a: { timestamp: "t" } } }, { b: 1, a: { timestamp: "t" } }],
  ]) {
    for (const timestamp of ["2025-11-16T10:30:00Z", "2025-11-16T10:30:00+02:00", "2025-11-16T10:30:00.1", 1700000000000, "soon"]) {
      await producer.socket.emitWithAck("cli_event", { session_id: session, event_type: "x:y", timestamp, ...given });
      assert.deepEqual(await watcher.next("x:y"), { timestamp, data, session_id: session });
    }
  }
  const begun = Date.now();
  await producer.socket.emitWithAck("cli_event", { session_id: session, event_type: "x:y", data: { timestamp: "2020-01-01T00:00:00" } });
  const { timestamp } = await watcher.next("x:y");
  assert.ok(Math.abs(Date.parse(timestamp) - begun) < 60_000, "a missing time is the server's");
  for (const unnamed of [{ type: "aliased" }, { name: "aliased" }, { event: "aliased" }, { event_type: " ", name: "aliased" }]) {
    await producer.socket.emitWithAck("cli_event", { session_id: session, data: {}, ...unnamed });
  }
  await producer.report(session, "big", { diff: "x".repeat(900_000) });
  assert.equal((await watcher.next("big")).data.diff.length, 900_000);
  assert.ok(!watcher.heard.some(([name]) => name === "aliased"));
});

test("a session is as old as its first event, whatever begins later", async () => {
  const session = fresh();
  const producer = await joined();
  await producer.report(session, "foo", {}, { timestamp: "2026-01-05T10:00:00Z" });
  const { created_at } = await full(session);
  await producer.report(session, "execution:started", { task: "t" }, { timestamp: "2026-01-05T11:00:00Z" });
  assert.equal((await full(session)).created_at, created_at);
  assert.equal((await sessions()).find((row) => row.session_id === session).created_at, created_at);
});

test("a producer that says that it goes leaves its session disconnected at once; a late end wins", async () => {
  const session = fresh();
  const send = (event_type, data) =>
    fetch(`${server.url}/api/v1/events`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ session_id: session, event_type, dialect: "orchestrator", data }),
    });
  await send("execution:started", { task: "t" });
  await send("skill:started", { skill_name: "open" });
  assert.equal(await status(session), "running");
  await send("producer:disconnected", { reason: "closed" });
  const gone = await full(session);
  assert.deepEqual([gone.status, gone.current_skill], ["disconnected", null]);
  await send("execution:completed", { success: true });
  await send("producer:disconnected", {});
  assert.equal(await status(session), "completed");
});

test("a body of Python's with NaN makes a session", async () => {
  const session = fresh();
  const body = `{"session_id":"${session}","metadata":{"x":NaN,"y":-Infinity}}`;
  const [made, answer] = await rest("/api/sessions", { method: "POST", headers: { "content-type": "application/json" }, body });
  assert.equal(made, 200);
  assert.deepEqual(answer.metadata, { x: null, y: null });
});

test("all that was heard is as the AsyncAPI document says", async () => {
  assert.deepEqual(await undocumented(), []);
});
