// Questions and commands come to an end, also where there is none to be had: no answer, no JSON, no connection.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { connect, LoopscopeError } from "loopscope";
import { serve, startServer, timed, until } from "../support.js";

let server;
before(async () => (server = await startServer()));
after(() => server.stop());

const isClosed = (error) => error instanceof LoopscopeError && error.code === "closed";

timed("a question that is open when the run or the connection ends has its fallback, or fails as `closed`", async () => {
  for (const end of [(run) => run.finish(), (_, loopscope) => loopscope.close()]) {
    const loopscope = connect(server.url);
    const run = loopscope.session();
    // Nobody waits for it, which must not end the program.
    void run.decision("Deploy?", { options: ["yes", "no"] });
    const without = assert.rejects(run.decision("Deploy?", { options: ["yes", "no"] }), isClosed);
    const answer = run.decision("Deploy?", { options: ["yes", "no"], fallback: "no", timeoutSeconds: 600 });
    await end(run, loopscope);
    assert.equal(await answer, "no");
    await without;
    // Asked too late.
    assert.equal(await run.decision("Deploy?", { options: ["yes", "no"], fallback: "no" }), "no");
    await assert.rejects(run.decision("Deploy?", { options: ["yes", "no"] }), isClosed);
    await loopscope.close();
  }
});

timed("a question whose time is over while the server is away has its fallback", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const loopscope = connect("http://127.0.0.1:9");
  const run = loopscope.session();
  const answer = run.decision("Deploy?", { options: ["yes", "no"], fallback: "no", timeoutSeconds: 60 });
  const without = run.decision("Deploy?", { options: ["yes", "no"], timeoutSeconds: 60 });
  let isAnswered = false;
  void answer.then(() => (isAnswered = true));
  t.mock.timers.tick(69_999);
  await Promise.resolve();
  assert.equal(isAnswered, false, "the server has ten seconds more");
  t.mock.timers.tick(1);
  assert.equal(await answer, "no");
  await assert.rejects(without, { name: "LoopscopeError", code: "unreachable" });
  assert.equal(loopscope.counters.queued, 4, "that it was answered by time is told");
  const closed = loopscope.close({ timeoutMs: 1 });
  t.mock.timers.tick(1);
  await closed;
});

timed("a handler's result that JSON cannot say, or that is too long, fails its command", async () => {
  const loopscope = connect(server.url);
  const run = loopscope.session({ id: "results" });
  const circular = {};
  circular.self = circular;
  const runner = run.commands({
    BIG: () => ({ n: 10n }),
    CIRCULAR: () => circular,
    LONG: () => "é".repeat(40_000),
    LONG_ERROR: () => { throw new Error("€".repeat(5_000)); },
    NOTHING: () => () => {},
    DATE: () => new Date(0),
  });
  await runner.attached;
  for (const [type, state, says] of [
    ["BIG", "failed", /BigInt/],
    ["CIRCULAR", "failed", /circular/],
    ["LONG", "failed", /80002 bytes/],
    ["LONG_ERROR", "failed", /^"?€{1000,}/],
    ["NOTHING", "succeeded", /^null$/],
    ["DATE", "succeeded", /1970-01-01T00:00:00.000Z/],
  ]) {
    const { command_id } = await loopscope.command("results", { type });
    const command = await until(`the end of ${type}`, async () => {
      const found = await loopscope.getCommand("results", command_id);
      return ["succeeded", "failed"].includes(found.state) && found;
    });
    assert.equal(command.state, state, type);
    assert.match(JSON.stringify(command.error ?? command.result ?? null), says, type);
  }
  await run.finish();
  await loopscope.close();
});

timed("after a lost link a program takes its own place back, and not after it was taken away", async (t) => {
  const asked = [];
  const scripted = await serve(t, (socket, message) => {
    if (message.type !== "attach") return;
    asked.push(message.take_over);
    const { session_id, id } = message;
    if (asked.length === 4) {
      socket.send(JSON.stringify({ type: "error", id, error: { code: "conflict", message: "it has a runner: another" } }));
      return;
    }
    socket.send(JSON.stringify({ type: "attached", id, session_id, runner: {}, pending: 0 }));
    if (asked.length === 3) socket.send(JSON.stringify({ type: "detached", session_id, reason: "taken_over" }));
    if (asked.length < 4) socket.close();
  });
  const loopscope = connect(scripted.url);
  const reasons = [];
  const runner = loopscope.session({ id: "kept" }).commands({ HALT: () => {} }, { onDetached: (reason) => reasons.push(reason) });
  await runner.attached;
  await until("the fourth time", () => asked.length === 4);
  assert.deepEqual(asked, [false, true, true, false]);
  assert.deepEqual(reasons, ["taken_over"]);
  await loopscope.close({ timeoutMs: 1 });
});

timed("a program that may not attach is told so by an error of the package", async () => {
  const [one, two] = [connect(server.url), connect(server.url)];
  await one.session({ id: "taken" }).commands({ HALT: () => {} }).attached;
  const refused = two.session({ id: "taken" }).commands({ HALT: () => {} }).attached;
  await assert.rejects(refused, (error) => error instanceof LoopscopeError && error.code === "conflict" && error.message.length > 0);
  const told = await new Promise((done) => two.subscribe({ kinds: ["nonsense"] }, () => {}, { onError: done }));
  assert.ok(told instanceof LoopscopeError);
  assert.equal(told.code, "invalid_field");
  await Promise.all([one.close(), two.close()]);
});
