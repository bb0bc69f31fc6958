// `useOrchestrator` in a component, with `socket.io-client` as it is, beside a program that reports with the same.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createServer, request } from "node:http";
import { after, before } from "node:test";
import { io } from "socket.io-client";
import { mount, onPageOf } from "../page.js";
import { startServer, timed, until } from "../support.js";

const { useOrchestrator } = await import("loopscope/react/orchestrator");

let server;
before(async () => (server = await startServer({ env: { LOOPSCOPE_LIMIT_COMMANDS_PER_SECOND: "0" } })));
after(() => server.stop());

const fresh = () => `do_${randomUUID()}`;
const types = (page) => page.seen().events.map((event) => event.type);
const last = (page, type) => page.seen().events.findLast((event) => event.type === type);
const arrives = (page, type, holds = () => true) => until(type, () => page.seen().events.find((event) => event.type === type && holds(event)));

/** A program of a session, as the contract's are: it reports by `cli_event`, and keeps the commands that it gets. */
async function program(t, session, { url = server.url } = {}) {
  const socket = io(url, { auth: { session_id: session }, forceNew: true, reconnection: false });
  t.after(() => socket.close());
  const commands = [];
  socket.on("command", (command) => commands.push(command));
  await new Promise((done, fail) => socket.on("connect", done).on("connect_error", fail));
  const report = (event_type, data = {}) => socket.emitWithAck("cli_event", { session_id: session, event_type, timestamp: "2026-01-05T10:00:00Z", data });
  return { socket, commands, report };
}

async function dashboard(t, session, options = {}, more) {
  const page = await mount(t, (given) => useOrchestrator(given.session, { url: server.url, ...options }), { session }, more);
  await until("the connection", () => page.seen().connected);
  return page;
}

timed("events come as they are told, wrapped or flat; the state and the skills are answered", async (t) => {
  const session = fresh();
  const { report } = await program(t, session);
  await report("execution:started", { task: "build", steps_total: 2 });
  const page = await dashboard(t, session);
  assert.equal((await arrives(page, "connected")).data.server_version, "4.0.0");
  assert.equal((await arrives(page, "session:state")).data.session.session_id, session);
  await report("skill:started", { skill_name: "lint", step_index: 0 });
  const started = await arrives(page, "skill:started");
  assert.deepEqual(started.data, { skill_name: "lint", step_index: 0 });
  assert.equal(started.session_id, session);
  assert.equal(Date.parse(started.timestamp), Date.UTC(2026, 0, 5, 10));
  assert.deepEqual(Object.keys(started.payload).sort(), ["data", "session_id", "timestamp"]);

  const asked = await page.seen().getExecutionState();
  assert.equal(asked.success, true);
  assert.equal(asked.command_type, "get_execution_state");
  const { data: state } = await arrives(page, "execution_state");
  assert.equal(state.task_name, "build");
  assert.equal(state.status, "running");
  for (const field of ["progress", "start_time", "elapsed_time", "estimated_time_remaining"]) assert.ok(field in state, field);

  await report("skill:completed", { skill_name: "lint", step_index: 0, duration: 1.5 });
  await report("skill:started", { skill_name: "test", step_index: 1 });
  await page.seen().getSkillStatus();
  const all = (await arrives(page, "skill_status")).data.skills;
  assert.deepEqual(all.map((skill) => [skill.skill_name, skill.status]), [["lint", "completed"], ["test", "running"]]);
  page.seen().clearEvents();
  await until("nothing", () => page.seen().events.length === 0);
  await page.seen().getSkillStatus(all[1].skill_id);
  assert.deepEqual((await arrives(page, "skill_status")).data.skills.map((skill) => skill.skill_name), ["test"]);
  await arrives(page, "command:result", (event) => event.data.success && event.data.command_type === "get_skill_status");
});

timed("the nine commands: each is taken, told to everyone as the contract has it, and reaches the program", async (t) => {
  const session = fresh();
  const { report, commands } = await program(t, session);
  await report("execution:started", { task: "build" });
  const page = await dashboard(t, session);
  const { seen } = page;
  for (const [ask, type, broadcasts] of [
    [() => seen().halt("look first"), "halt", ["execution:halted", "execution_paused"]],
    [() => seen().resume(), "resume", ["execution:resumed", "execution_resumed"]],
    [() => seen().getExecutionState(), "get_execution_state", ["execution_state"]],
    [() => seen().getSkillStatus(), "get_skill_status", ["skill_status"]],
    [() => seen().approveFileChange("a.rs"), "approve_file_change", ["file_approved"]],
    [() => seen().revertFileChange("b.rs"), "revert_file_change", ["file_reverted"]],
    [() => seen().setBreakpoint("lint"), "set_breakpoint", []],
    [() => seen().removeBreakpoint("lint"), "remove_breakpoint", []],
    [() => seen().stepOver(), "step_over", []],
    [() => seen().sendCommand("ROLLBACK", { steps: 0 }), "ROLLBACK", []],
  ]) {
    const result = await ask();
    const isTaken = type !== "ROLLBACK";
    assert.equal(result.success, isTaken, `${type}: ${result.error}`);
    assert.equal(result.command_type, type);
    assert.equal(typeof (isTaken ? result.timestamp : result.error), "string");
    const told = await arrives(page, "command:result", (event) => event.data.command_type === type);
    assert.equal(told.data.success, isTaken);
    for (const name of broadcasts) await arrives(page, name);
  }
  assert.equal(last(page, "execution:halted").data.reason, "look first");
  assert.equal(last(page, "file_approved").data.file_path, "a.rs");
  assert.equal(last(page, "file_reverted").data.file_path, "b.rs");
  await until("the program's", () => commands.length === 7);
  assert.deepEqual(commands.map(({ type }) => type), ["halt", "resume", "approve_file_change", "revert_file_change", "set_breakpoint", "remove_breakpoint", "step_over"]);
  assert.deepEqual(commands.map(({ reason, file_path, location }) => reason ?? file_path ?? location), ["look first", undefined, "a.rs", "b.rs", "lint", "lint", undefined]);
  // As a button's handler, with what a browser calls it with.
  assert.equal((await seen().halt({ target: globalThis })).success, true);
});

timed("events of one moment: none is lost, each is there once and in order", async (t) => {
  const session = fresh();
  const { report } = await program(t, session);
  const told = [];
  const page = await dashboard(t, session, { limit: 900, onEvent: (event) => event.type === "skill:progress" && told.push(event.data.progress) });
  const numbers = Array.from({ length: 1_000 }, (_, n) => n);
  await Promise.all(numbers.map((progress) => report("skill:progress", { progress })));
  await until("the last", () => last(page, "skill:progress")?.data.progress === 999);
  assert.deepEqual(told, numbers);
  assert.deepEqual(page.seen().events.map((event) => event.data.progress), numbers.slice(100));
});

timed("a limit of zero keeps nothing, and tells all to `onEvent`", async (t) => {
  const session = fresh();
  const { report } = await program(t, session);
  const told = [];
  const page = await dashboard(t, session, { limit: 0, onEvent: ({ type }) => told.push(type) });
  await report("skill:started", { skill_name: "lint" });
  await until("the event", () => told.includes("skill:started"));
  await page.seen().getSkillStatus();
  assert.ok(page.renders.every(({ events }) => events.length === 0));
});

timed("without a session: events of all, and a command is for all that run", async (t) => {
  const own = await startServer();
  t.after(() => own.stop());
  const [one, two] = [await program(t, "one", own), await program(t, "two", own)];
  await one.report("execution:started", { task: "a" });
  await two.report("execution:started", { task: "b" });
  const page = await dashboard(t, undefined, { url: own.url });
  await one.report("skill:started", { skill_name: "x" });
  await two.report("skill:started", { skill_name: "y" });
  await until("both", () => types(page).filter((type) => type === "skill:started").length === 2);
  assert.equal((await page.seen().halt()).success, true);
  await until("both programs", () => one.commands.length === 1 && two.commands.length === 1);
  const { sessions } = await (await fetch(`${own.url}/orchestrator/api/sessions`)).json();
  assert.deepEqual(sessions.map((session) => session.session_id).sort(), ["one", "two"]);
});

timed("the connection is made as the contract says", async (t) => {
  const made = [];
  const recorded = (url, options) => {
    made.push([url, options]);
    return io(url, { ...options, transports: [] });
  };
  const look = async (origin, session, options) => {
    made.length = 0;
    await onPageOf(origin, async () => {
      const page = await mount(t, () => useOrchestrator(session, { io: recorded, ...options }));
      await until("a connection", () => made.length > 0);
      page.unmount();
    });
    return made[0];
  };
  const [url, options] = await look("http://localhost:5173", "s1");
  assert.equal(url, "http://localhost:8000");
  assert.deepEqual(options.transports, ["websocket", "polling"]);
  assert.deepEqual([options.reconnection, options.reconnectionAttempts, options.reconnectionDelay], [true, 5, 1_000]);
  assert.deepEqual(options.auth, { session_id: "s1" });
  assert.deepEqual((await look("http://localhost:5173"))[1].auth, {});
  assert.equal((await look("http://192.0.2.7:8766", "s1"))[0], "http://192.0.2.7:8766");
  const [, others] = await look("http://localhost:5173", "s1", { token: "lsc_x", reconnectionAttempts: 9, reconnectionDelay: 50 });
  assert.deepEqual([others.auth.token, others.reconnectionAttempts, others.reconnectionDelay], ["lsc_x", 9, 50]);
});

timed("where there is no WebSocket on the way, it polls", async (t) => {
  const upgrades = [];
  const proxy = createServer((asked, answer) => {
    const { hostname, port } = new URL(server.url);
    const onwards = request({ hostname, port, path: asked.url, method: asked.method, headers: { ...asked.headers, host: `${hostname}:${port}` } }, (found) => {
      answer.writeHead(found.statusCode, found.headers);
      found.pipe(answer);
    });
    onwards.on("error", () => answer.destroy());
    asked.pipe(onwards);
  });
  proxy.on("upgrade", (asked, socket) => {
    upgrades.push(asked.url);
    socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  });
  await new Promise((done) => proxy.listen(0, "127.0.0.1", done));
  t.after(() => (proxy.closeAllConnections(), proxy.close()));
  const session = fresh();
  const { report } = await program(t, session);
  const page = await dashboard(t, session, { url: `http://127.0.0.1:${proxy.address().port}` });
  await report("skill:started", { skill_name: "lint" });
  await arrives(page, "skill:started");
  assert.ok(upgrades.length > 0, "it tried");
  assert.equal((await page.seen().stepOver()).success, true);
});

timed("mounted twice, moved to another session, unmounted: one connection, and nothing of another session", async (t) => {
  const own = await startServer();
  t.after(() => own.stop());
  const [first, second] = [await program(t, "first", own), await program(t, "second", own)];
  const are = (expected) =>
    until(`the connections ${JSON.stringify(expected)}`, async () => {
      const { sessions } = await (await fetch(`${own.url}/orchestrator/api/stats`)).json();
      return sessions.first === expected.first && sessions.second === expected.second;
    });
  const made = [];
  const kept = (...given) => (made.push(io(...given)), made.at(-1));
  const page = await dashboard(t, "first", { url: own.url, io: kept }, { strict: true });
  await are({ first: 2, second: 1 });
  assert.deepEqual(made.map((socket) => socket.io.engine !== undefined), [false, true], "one was dialled");
  await first.report("skill:started", { skill_name: "x" });
  await arrives(page, "skill:started");
  assert.equal(types(page).filter((type) => type === "skill:started").length, 1);
  page.render({ session: "second" });
  await first.report("skill:completed", { skill_name: "x" });
  await until("the other connection", () => made.length === 3 && made[2].connected);
  await second.report("skill:started", { skill_name: "y" });
  await arrives(page, "skill:started", (event) => event.data.skill_name === "y");
  assert.ok(page.seen().events.every((event) => event.session_id !== "first"));
  await are({ first: 1, second: 2 });
  const { halt } = page.seen();
  page.unmount();
  await are({ first: 1, second: 1 });
  assert.equal((await halt()).error, "not connected");
  assert.ok(made.every((socket) => !socket.connected && !socket.active && socket.listenersAny().length === 0));
});

for (const signal of ["SIGTERM", "SIGKILL"]) {
  timed(`a server that ends by ${signal} and comes back is found again`, async (t) => {
    const own = await startServer();
    const port = new URL(own.url).port;
    const page = await dashboard(t, fresh(), { url: own.url, reconnectionAttempts: 1_000 });
    await arrives(page, "connected");
    await own.kill(signal);
    await until("the end", () => !page.seen().connected);
    const result = await page.seen().resume();
    assert.deepEqual([result.success, result.error, result.command_type], [false, "not connected", "resume"]);
    const back = await startServer({ dir: own.dir, env: { DASHBOARD_PORT: port } });
    t.after(() => back.stop());
    await until("the connection", () => page.seen().connected && types(page).filter((type) => type === "connected").length === 2);
    assert.equal(types(page).includes("server:shutdown"), signal === "SIGTERM");
    assert.equal(page.seen().error, null);
  });
}

timed("a server that stays away is given up, and said; `reconnect` tries again", async (t) => {
  const own = await startServer();
  const port = new URL(own.url).port;
  const page = await dashboard(t, fresh(), { url: own.url, reconnectionDelay: 20 });
  await own.kill("SIGKILL");
  const { code } = await until("that it gave up", () => /after 5 attempts/.test(page.seen().error?.message) && page.seen().error);
  assert.equal(code, "unreachable");
  const back = await startServer({ dir: own.dir, env: { DASHBOARD_PORT: port } });
  t.after(() => back.stop());
  page.seen().reconnect();
  await until("the connection", () => page.seen().connected && page.seen().error === null);
});

timed("who may not come in is told why, from the first or when the token is revoked", async (t) => {
  const own = await startServer({ env: { LOOPSCOPE_AUTH: "always" } });
  t.after(() => own.stop());
  const tokens = (...words) => execFileSync(own.binary, ["token", ...words, "--db-path", `${own.dir}/loopscope.db`], { cwd: own.dir, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  const token = tokens("create", "board", "--role", "view");
  for (const [shown, isLetIn] of [["lsc_wrong", false], [token, true]]) {
    const page = await mount(t, () => useOrchestrator("s", { url: own.url, token: shown }));
    if (isLetIn) {
      await until("the connection", () => page.seen().connected);
      const { id } = JSON.parse(tokens("list", "--json")).tokens.find(({ name }) => name === "board");
      tokens("revoke", String(id));
    }
    const { error, connected } = await until("the error", () => page.seen().error && page.seen());
    assert.equal(error.code, "refused");
    assert.match(error.message, /token/);
    assert.equal(connected, false);
  }
});
