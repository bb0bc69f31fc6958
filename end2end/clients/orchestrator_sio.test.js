// npm's `socket.io-client`, unmodified, walks the orchestrator contract over every transport.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { startServer } from "../tests/server.js";
import { clientsOf } from "../tests/sio.js";

let server;
let client, joined, rest, fresh, undocumented, close;

before(async () => {
  server = await startServer({ env: { LOOPSCOPE_LIMIT_COMMANDS_PER_SECOND: "0" } });
  ({ client, joined, rest, fresh, undocumented, close } = clientsOf(server));
});
after(async () => {
  close();
  await server.stop();
});

for (const [way, options] of [
  ["websocket only", { transports: ["websocket"] }],
  ["polling only", { transports: ["polling"], upgrade: false }],
  ["polling, then an upgrade", { transports: ["polling", "websocket"] }],
]) {
  describe(way, () => {
    test("handshake, events, commands, acknowledgements", async () => {
      const session = fresh();
      const producer = await joined({ ...options, session });
      const hello = await producer.next("connected");
      assert.equal(hello.server_version, "4.0.0");
      assert.equal(hello.session_id, session);
      assert.deepEqual(hello.capabilities, ["HALT", "RESUME", "ROLLBACK", "REDIRECT", "DECISION", "INJECT"]);
      assert.ok(!Number.isNaN(Date.parse(hello.timestamp)));
      if (options.transports.length > 1) {
        await new Promise((done) => {
          if (producer.socket.io.engine.transport.name === "websocket") done();
          else producer.socket.io.engine.once("upgrade", done);
        });
        assert.equal(producer.socket.io.engine.transport.name, "websocket");
      }
      const watcher = await joined({ ...options, session });
      const all = await joined(options);
      assert.deepEqual(await producer.report(session, "execution:started", { task: "build", steps_total: 2 }), undefined);
      await producer.report(session, "skill:started", { skill_name: "lint", step_index: 0 });
      for (const dashboard of [watcher, all]) {
        await dashboard.next("session:created", (payload) => payload.session_id === session);
        const started = await dashboard.next("skill:started", (payload) => payload.session_id === session);
        assert.deepEqual(started.data, { skill_name: "lint", step_index: 0 });
      }
      const result = await watcher.command({ type: "INJECT", skill_name: "format", position: "end" });
      assert.equal(result.success, true);
      assert.equal(result.command_type, "INJECT");
      assert.equal(result.skill_name, "format");
      assert.equal(result.position, "end");
      const injected = await all.next("skill:injected", (payload) => payload.session_id === session);
      assert.equal(injected.position, "end");
      assert.deepEqual(injected.parameters, {});
      assert.equal(injected.injected_by, watcher.socket.id);
      const asked = await producer.next("command");
      assert.equal(asked.type, "INJECT");
      assert.equal(asked.skill_name, "format");
      assert.equal(asked.command_id, result.command_id);
      const acked = await watcher.socket.emitWithAck("command", { type: "ROLLBACK", steps: 1, session_id: session });
      assert.equal(acked.success, true);
      assert.equal(acked.steps, 1);
      for (const one of [producer, watcher, all]) one.socket.disconnect();
    });
  });
}

test("the session is the handshake payload's, else the address's; an empty payload falls back", async () => {
  const [inAuth, inQuery] = [fresh(), fresh()];
  for (const [options, expected] of [
    [{ auth: { session_id: inAuth }, query: { session_id: inQuery } }, inAuth],
    [{ auth: {}, query: { session_id: inQuery } }, inQuery],
    [{ auth: { session_id: null }, query: { session_id: inQuery } }, null],
    [{}, null],
  ]) {
    const one = await joined(options);
    assert.equal((await one.next("connected")).session_id, expected);
    one.socket.disconnect();
  }
  const bad = client({ auth: { session_id: { a: 1 } } });
  await assert.rejects(bad.connected, /session_id/);
});

test("connected, then the state of a session that is there", async () => {
  const session = fresh();
  const [status, made] = await rest("/api/sessions", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ session_id: session, skills: ["lint"], metadata: { a: 1 } }),
  });
  assert.equal(status, 200);
  assert.deepEqual(made.skills, ["lint"]);
  assert.deepEqual(made.metadata, { a: 1 });
  assert.equal(made.status, "created");
  assert.equal(made.progress, 0);
  assert.equal(made.current_skill, null);
  const one = await joined({ session });
  const state = await one.next("session:state");
  assert.equal(one.heard[0][0], "connected");
  assert.equal(state.session.session_id, session);
  assert.deepEqual(state.session.skills, ["lint"]);
});

test("broadcasts come before the result, flat and with a copy in data; the page's underscore names too", async () => {
  const session = fresh();
  const one = await joined({ session });
  await one.next("connected");
  one.heard.length = 0;
  one.socket.emit("command", { type: "HALT", reason: "look" });
  const result = await one.next("command:result");
  const names = one.heard.map(([name]) => name);
  assert.deepEqual(names, ["session:created", "execution:halted", "execution_paused"]);
  const halted = one.heard[1][1];
  assert.equal(halted.reason, "look");
  assert.equal(halted.data.reason, "look");
  assert.equal(halted.initiated_by, one.socket.id);
  assert.equal(result.message, "Execution halted successfully");
  const again = await one.command({ type: "halt" });
  assert.equal(again.success, true);
  assert.equal(again.command_type, "halt");
  one.heard.length = 0;
  assert.equal((await one.command({ type: "RESUME" })).message, "Execution resumed successfully");
  assert.deepEqual(one.heard.map(([name]) => name), ["execution:resumed", "execution_resumed"]);
  const twice = await one.command({ type: "RESUME" });
  assert.equal(twice.success, false);
  assert.equal(twice.error, "Cannot resume - execution is running");
});

test("the contract's refusals", async () => {
  const one = await joined();
  for (const [argument, error, type] of [
    [{ type: "ROLLBACK" }, "session_id is required for rollback", "ROLLBACK"],
    [{ type: "REDIRECT" }, "target_skill or target_path is required", "REDIRECT"],
    [{ type: "DECISION", decision_id: "d" }, "decision_id and choice are required", "DECISION"],
    [{ type: "DECISION", decision_id: "d", choice: null }, "decision_id and choice are required", "DECISION"],
    [{ type: "INJECT" }, "skill_name is required", "INJECT"],
    [{}, "Command type is required", undefined],
    [{ type: "DANCE" }, "Unknown command type: DANCE", "DANCE"],
    [{ type: "ROLLBACK", session_id: "s", steps: "two" }, /steps must be/, "ROLLBACK"],
    [{ type: "INJECT", skill_name: "x", parameters: 3 }, /parameters must be an object/, "INJECT"],
    [{ type: "DECISION", decision_id: "no such", choice: 0 }, /there is no decision/, "DECISION"],
    [{ type: "HALT", reason: "x".repeat(1_000_000) }, /reason has .* the limit is/, "HALT"],
    ["HALT", /object/, undefined],
    [[1], /object/, undefined],
    [null, /object/, undefined],
    [Buffer.from([1, 2, 3]), /object/, undefined],
  ]) {
    const result = await one.command(argument);
    const what = JSON.stringify(argument)?.slice(0, 80);
    assert.equal(result.success, false, what);
    if (error instanceof RegExp) assert.match(result.error, error, what);
    else assert.equal(result.error, error, what);
    assert.equal(result.command_type, type, what);
    assert.ok(!Number.isNaN(Date.parse(result.timestamp)), what);
  }
  one.socket.emit("command");
  assert.equal((await one.next("command:result")).success, false);
});

test("0, false and the empty text are choices; a decision is made once", async () => {
  const session = fresh();
  const producer = await joined({ session });
  const [one, two] = [await joined({ session }), await joined({ session })];
  for (const [id, choice] of [["zero", 0], ["no", false], ["empty", ""]]) {
    await producer.report(session, "decision:point", { decision_id: id, question: "which?", options: ["a", "b"] });
    await one.next("decision:point");
    let result;
    do result = await one.command({ type: "DECISION", decision_id: id, choice });
    while (!result.success && /there is no decision/.test(result.error));
    assert.equal(result.success, true, result.error);
    assert.deepEqual(result.choice, choice);
    const made = await two.next("decision:made");
    assert.deepEqual(made.choice, choice);
    assert.equal(made.made_by, one.socket.id);
    const late = await two.command({ type: "DECISION", decision_id: id, choice: 1 });
    assert.equal(late.success, false);
    assert.match(late.error, /already/);
  }
});

test("the reference page's nine commands", async () => {
  const session = fresh();
  const producer = await joined({ session });
  await producer.report(session, "execution:started", { task: "build", steps_total: 2 });
  await producer.report(session, "skill:started", { skill_name: "lint", step_index: 0 });
  const page = await joined({ session });
  for (const argument of [
    { type: "halt" },
    { type: "resume" },
    { type: "approve_file_change", file_path: "a.rs" },
    { type: "revert_file_change", params: { file_path: "b.rs" } },
    { type: "set_breakpoint", location: "lint" },
    { type: "remove_breakpoint", location: "lint" },
    { type: "step_over" },
    { type: "get_execution_state" },
    { type: "get_skill_status" },
  ]) {
    const result = await page.command(argument);
    assert.equal(result.success, true, `${argument.type}: ${result.error}`);
    assert.equal(result.command_type, argument.type);
    if (!argument.type.startsWith("get_")) {
      assert.equal((await producer.next("command")).type, argument.type);
    }
  }
  assert.equal((await page.next("file_approved")).file_path, "a.rs");
  assert.equal((await page.next("file_reverted")).file_path, "b.rs");
  const state = await page.next("execution_state");
  assert.equal(state.task_name, "build");
  assert.equal(state.status, "running");
  assert.equal(typeof state.start_time, "number");
  const { skills } = await page.next("skill_status");
  assert.deepEqual(skills, [{ skill_id: "lint", skill_name: "lint", status: "running", progress: 0 }]);
});

test("a session's events go to its clients and to those of none, to nobody else", async () => {
  const [a, b] = [fresh(), fresh()];
  const ofA = await joined({ session: a });
  const ofB = await joined({ session: b });
  const all = await joined();
  const producer = await joined();
  await producer.report(a, "skill:started", { skill_name: "a" });
  await producer.report(b, "skill:started", { skill_name: "b" });
  assert.equal((await ofA.next("skill:started")).data.skill_name, "a");
  assert.equal((await ofB.next("skill:started")).data.skill_name, "b");
  await all.next("skill:started", (payload) => payload.session_id === a);
  await all.next("skill:started", (payload) => payload.session_id === b);
  await ofA.command({ type: "HALT" });
  await all.next("execution:halted", (payload) => payload.session_id === a);
  await Promise.all([ofA.settle(), ofB.settle(), producer.settle()]);
  const left = (one, session) =>
    one.heard.filter(([name, payload]) => name !== "session:created" && payload?.session_id === session);
  assert.deepEqual(left(ofA, b), []);
  assert.deepEqual(left(ofB, a), []);
  const echoes = producer.heard.filter(([name]) => name === "skill:started");
  assert.deepEqual(echoes, [], "what a producer sent comes back to it");
});

test("subscribe joins a session and takes patterns; a later one replaces them; it is always answered", async () => {
  const [a, b] = [fresh(), fresh()];
  const producer = await joined();
  const one = await joined({ session: a });
  one.socket.emit("subscribe", { event_types: ["skill:*"] });
  const answer = await one.next("subscribed");
  assert.deepEqual(answer.event_types, ["skill:*"]);
  assert.equal(answer.session_id, null);
  one.socket.emit("subscribe", { session_id: b });
  assert.equal((await one.next("subscribed")).session_id, b);
  await producer.report(a, "file:created", { path: "x" });
  await producer.report(a, "skill:started", { skill_name: "s" });
  await producer.report(b, "skill:started", { skill_name: "t" });
  await one.next("skill:started", (payload) => payload.session_id === a);
  await one.next("skill:started", (payload) => payload.session_id === b);
  assert.ok(!one.heard.some(([name]) => name === "file:created"));
  one.socket.emit("subscribe", { event_types: ["file:*"] });
  await one.next("subscribed");
  await producer.report(a, "skill:completed", { skill_name: "s" });
  await producer.report(a, "file:created", { path: "y" });
  await one.next("file:created");
  assert.ok(!one.heard.some(([name]) => name === "skill:completed"));
  for (const bad of ["text", { event_types: "skill:*" }, { event_types: ["a*b"] }, { session_id: [] }]) {
    one.socket.emit("subscribe", bad);
    assert.equal((await one.next("subscribed")).success, false, JSON.stringify(bad));
  }
});

test("all that was heard is as the AsyncAPI document says", async () => {
  assert.deepEqual(await undocumented(), []);
});
