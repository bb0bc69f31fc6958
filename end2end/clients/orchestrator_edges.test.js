// The orchestrator contract at its edges: receipts, bad input, slow clients, REST, the end of the server.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { io } from "socket.io-client";
import WebSocket from "ws";
import { startServer } from "../tests/server.js";
import { clientsOf } from "../tests/sio.js";

let server;
let joined, rest, fresh, open, undocumented, close;

before(async () => {
  server = await startServer({ env: { LOOPSCOPE_LIMIT_COMMANDS_PER_SECOND: "0" } });
  ({ joined, rest, fresh, open, undocumented, close } = clientsOf(server));
});
after(async () => {
  close();
  await server.stop();
});

test("receipts: an event, or the acknowledgement of the command", async () => {
  const session = fresh();
  const producer = await joined({ session });
  await producer.report(session, "execution:started", { task: "t" });
  const person = await joined({ session });
  const states = async (id) => {
    const answer = await fetch(`${server.url}/api/v1/sessions/${session}/commands`);
    return (await answer.json()).commands.find((command) => command.command_id === id);
  };
  producer.socket.once("command", async ({ command_id }) => {
    await producer.socket.emitWithAck("command:receipt", { command_id, status: "acknowledged" });
    const record = await producer.socket.emitWithAck("command:receipt", { command_id, status: "succeeded", result: { at: 1 } });
    assert.equal(record.state, "succeeded");
    producer.socket.emit("cli_event", { session_id: session, event_type: "first:done" });
  });
  const first = await person.command({ type: "HALT" });
  await person.next("first:done");
  const done = await states(first.command_id);
  assert.equal(done.state, "succeeded");
  assert.deepEqual(done.result, { at: 1 });
  producer.socket.once("command", (_, answer) => answer({ status: "failed", error: "no" }));
  const second = await person.command({ type: "RESUME" });
  let record;
  do record = await states(second.command_id);
  while (record.state === "delivered");
  assert.equal(record.state, "failed");
  assert.equal(record.error, "no");
  const unknown = await producer.socket.emitWithAck("command:receipt", { command_id: "x", status: "succeeded" });
  assert.equal(unknown.success, false);
});

test("an event with a bad or a reserved name is passed over, and says so to who asks", async () => {
  const session = fresh();
  const producer = await joined({ session });
  const watcher = await joined({ session });
  for (const event_type of [null, "", "  ", 7, "connect", "disconnect", "connect_error", "disconnecting", "newListener", "removeListener"]) {
    const answer = await producer.socket.emitWithAck("cli_event", { session_id: session, event_type });
    assert.equal(answer?.success, false, String(event_type));
  }
  for (const argument of [null, "text", 3, Buffer.from([1])]) {
    const answer = await producer.socket.emitWithAck("cli_event", argument);
    assert.equal(answer?.success, false, String(argument));
  }
  await producer.report(session, "made/up by:us", { x: 1 });
  await watcher.next("made/up by:us");
  // A list of one is one.
  const list = [{ session_id: session, event_type: "in:a-list", data: {} }];
  assert.equal(await producer.socket.emitWithAck("cli_event", list), undefined);
  await watcher.next("in:a-list");
  assert.deepEqual(watcher.heard.filter(([name]) => !["connected", "session:created"].includes(name)), []);
  assert.deepEqual(await producer.socket.emitWithAck("no such event", 1), undefined);
});

test("another namespace is refused, and the connection to / goes on", async () => {
  const one = await joined();
  const other = one.socket.io.socket("/admin");
  const error = await new Promise((done) => other.on("connect_error", done));
  assert.match(error.message, /namespace|connect/i);
  await one.settle();
});

/** A bare Engine.IO WebSocket: for packets that no client library would send. */
async function bare() {
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`);
  const frames = [];
  const waiting = [];
  socket.on("message", (data) => {
    if (data.toString() === "2") return socket.send("3");
    if (waiting.length) waiting.shift()(data.toString());
    else frames.push(data.toString());
  });
  const closed = new Promise((done) => socket.on("close", done));
  socket.on("error", () => {});
  await new Promise((done) => socket.once("open", done));
  const next = () => (frames.length ? Promise.resolve(frames.shift()) : new Promise((done) => waiting.push(done)));
  return { socket, next, closed };
}

test("the open packet, and the acknowledgement before connected", async () => {
  const one = await bare();
  const opened = JSON.parse((await one.next()).slice(1));
  assert.equal(opened.pingInterval, 25000);
  assert.equal(opened.pingTimeout, 60000);
  assert.equal(opened.maxPayload, 1000000);
  assert.deepEqual(opened.upgrades, []);
  one.socket.send('40{"session_id":"s1"}');
  assert.match(await one.next(), /^40\{"sid":/);
  assert.match(await one.next(), /^42\["connected",/);
  one.socket.send('421["ping"]');
  const answers = [await one.next(), await one.next()].sort();
  assert.match(answers[0], /^42\["pong",/);
  assert.equal(answers[1], "431[]");
  one.socket.send('42["cli_event",{"session_id":"nan","event_type":"m","data":{"x":NaN,"y":-Infinity}}]');
  one.socket.close();
});

test("broken packets cost their connection at most, and disturb nobody", async () => {
  const witness = await joined();
  for (const packet of ["4", "49", "42", "42{", '42{"a":1}', "42[]", "42[1]", '42["command"', "45-[1]", '451-["command",{"_placeholder":true,"num":0}]', "x", "", "41", "44", '42["command",' + "[".repeat(5000) + "]".repeat(5000) + "]"]) {
    const one = await bare();
    await one.next();
    one.socket.send("40");
    await one.next();
    one.socket.send(packet);
    one.socket.send(Buffer.from([1, 2, 3]));
    one.socket.close();
    await one.closed;
  }
  await witness.settle();
  assert.equal((await witness.command({ type: "DANCE" })).success, false);
});

test("a foreign page may not connect; the contract's own pages may", async () => {
  for (const [origin, isLetIn] of [
    ["http://localhost:5173", true],
    ["http://127.0.0.1:3000", true],
    ["http://evil.example", false],
    ["null", false],
  ]) {
    const socket = io(server.url, { transports: ["websocket"], forceNew: true, reconnection: false, extraHeaders: { origin } });
    open.add(socket);
    const outcome = await new Promise((done) => {
      socket.on("connect", () => done(true));
      socket.on("connect_error", () => done(false));
    });
    assert.equal(outcome, isLetIn, origin);
    socket.close();
    const polled = await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`, { headers: { origin } });
    assert.equal(polled.headers.get("access-control-allow-origin"), isLetIn ? origin : null);
  }
});

test("a client that does not read loses nothing and holds nobody up", async () => {
  const session = fresh();
  const producer = await joined({ session: fresh() });
  const slow = await joined({ session });
  const quick = await joined({ session });
  await slow.next("connected");
  const raw = slow.socket.io.engine.transport.ws._socket ?? slow.socket.io.engine.transport.ws;
  raw.pause();
  const count = 3000;
  const filler = "x".repeat(4000);
  const sent = [];
  for (let n = 0; n < count; n += 1) sent.push(producer.report(session, "skill:progress", { n, filler }));
  await Promise.all(sent);
  const until = (one) => one.next("skill:progress", (payload) => payload.data.n === count - 1);
  await until(quick);
  raw.resume();
  await until(slow);
  for (const one of [quick, slow]) {
    const seen = one.heard.filter(([name]) => name === "skill:progress").map(([, payload]) => payload.data.n);
    assert.deepEqual(seen, Array.from({ length: count - 1 }, (_, n) => n));
  }
});

test("REST: sessions, skills, statistics, errors", async () => {
  const session = fresh();
  const post = (body) => rest("/api/sessions", { method: "POST", headers: { "content-type": "application/json" }, body });
  const all = await joined();
  assert.equal((await post(JSON.stringify({ session_id: session })))[0], 200);
  await all.next("session:created", (payload) => payload.session_id === session);
  for (const [body, status, error] of [
    [JSON.stringify({ session_id: session }), 409, `Session already exists: ${session}`],
    ["{}", 400, "session_id is required"],
    ["[]", 422, /dictionary/],
    ["{", 422, /JSON/],
    [JSON.stringify({ session_id: fresh(), skills: 3 }), 422, /list/],
  ]) {
    const [got, answer] = await post(body);
    assert.equal(got, status, body);
    if (error instanceof RegExp) assert.match(answer.error, error);
    else assert.deepEqual([answer.error, answer.detail], [error, error]);
    assert.equal(answer.success, false);
    assert.ok(answer.timestamp);
    if (status === 422) assert.deepEqual(answer.detail[0].loc[0], "body");
  }
  const [, list] = await rest("/api/sessions");
  assert.ok(list.sessions.some((row) => row.session_id === session && row.status === "created"));
  assert.equal(list.total, list.sessions.length);
  const member = await joined({ session });
  const [, stats] = await rest("/api/stats");
  assert.equal(stats.sessions[session], 1);
  const [, health] = await rest("/health");
  assert.equal(health.status, "healthy");
  assert.equal(health.version, "4.0.0");
  assert.ok(health.connected_clients >= 2);
  assert.deepEqual((await rest(`/api/sessions/${session}`, { method: "DELETE" }))[1], { message: `Session ${session} deleted` });
  await all.next("session:deleted", (payload) => payload.session_id === session);
  const [gone, answer] = await rest(`/api/sessions/${session}`);
  assert.deepEqual([gone, answer.detail], [404, `Session not found: ${session}`]);
  assert.equal((await rest(`/api/sessions/${session}`, { method: "DELETE" }))[0], 404);
  assert.equal((await post(JSON.stringify({ session_id: session })))[0], 200, "a deleted name is free again");
  assert.equal((await rest("/api/skills/no-such-skill"))[0], 404);
  assert.equal((await rest("/nowhere"))[0], 404);
  member.socket.disconnect();
});

test("skills come from runs, and filters combine", async () => {
  const session = fresh();
  const producer = await joined({ session });
  const skill = `skill-${randomUUID()}`;
  await producer.report(session, "skill:started", { skill_name: skill });
  let list;
  do [, list] = await rest("/api/skills");
  while (!list.skills.some((row) => row.name === skill));
  assert.deepEqual(list.filters, { category: null, domain: null, tag: null });
  assert.equal(list.total, list.skills.length);
  const [, none] = await rest("/api/skills?category=testing&tag=x");
  assert.deepEqual(none, { skills: [], total: 0, filters: { category: "testing", domain: null, tag: "x" } });
  const [status, detail] = await rest(`/api/skills/${skill}`);
  assert.equal(status, 200);
  assert.equal(detail.timeout, 300);
  assert.equal(detail.category, "other");
});

test("a producer that goes without a word leaves its session disconnected; a late end wins", async () => {
  const session = fresh();
  const producer = await joined({ session });
  await producer.report(session, "execution:started", { task: "t", steps_total: 2 });
  await producer.report(session, "skill:started", { skill_name: "lint" });
  producer.socket.disconnect();
  const status = async (wanted) => {
    let full;
    do {
      await new Promise((done) => setTimeout(done, 100));
      [, full] = await rest(`/api/sessions/${session}`);
    } while (full.status !== wanted);
    return full;
  };
  assert.equal((await status("disconnected")).current_skill, null);
  const late = await joined({ session });
  await late.report(session, "execution:completed", { success: true });
  assert.equal((await status("completed")).progress, 100);
});

test("the server says that it stops, and stops in time with clients of every kind", async () => {
  const own = await startServer();
  const clients = [
    await joined({ url: own.url }),
    await joined({ url: own.url, transports: ["polling"], upgrade: false }),
  ];
  for (const one of clients) await one.next("connected");
  // A polling client between two polls cannot be told anything.
  await new Promise((done) => setTimeout(done, 250));
  const told = clients.map((one) => one.next("server:shutdown"));
  const started = Date.now();
  await own.stop();
  assert.ok(Date.now() - started < 10000);
  for (const word of told) assert.equal(typeof (await word).message, "string");
});

test("a listener of the contract's own: REST and Socket.IO at its root", async () => {
  const { createServer } = await import("node:net");
  const port = await new Promise((done) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
  const own = await startServer({ args: ["--listen", `orchestrator=127.0.0.1:${port}`] });
  const url = `http://127.0.0.1:${port}`;
  const health = await (await fetch(`${url}/health`)).json();
  assert.equal(health.version, "4.0.0");
  const [one, main] = [await joined({ url }), await joined({ url: own.url })];
  await one.report("shared", "skill:started", { skill_name: "x" });
  await main.next("skill:started");
  await own.stop();
});

test("who may what: tokens in the handshake's payload, the address or a header", async (t) => {
  const own = await startServer({ args: ["--auth", "always"] });
  t.after(() => own.stop());
  const token = (role) => {
    const args = ["token", "create", role, "--role", role, "--db-path", `${own.dir}/loopscope.db`];
    return execFileSync(own.binary, args, { cwd: own.dir, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  };
  const [view, ingest, control] = ["view", "ingest", "control"].map(token);
  const come = (options) => {
    const socket = io(own.url, { transports: ["websocket"], forceNew: true, reconnection: false, ...options });
    open.add(socket);
    return new Promise((done) => {
      socket.on("connect", () => done(socket));
      socket.on("connect_error", (error) => done(error.message));
    });
  };
  assert.equal(await come({}), "a token is needed");
  assert.equal(await come({ auth: { token: "nonsense" } }), "this token is not valid");
  for (const options of [{ query: { token: view } }, { extraHeaders: { authorization: `Bearer ${view}` } }]) {
    assert.notEqual(typeof (await come(options)), "string");
  }
  const [viewer, producer, person] = await Promise.all([view, ingest, control].map((token) => come({ auth: { token } })));
  const heard = [];
  for (const socket of [viewer, producer, person]) socket.onAny((name) => heard.push([socket, name]));
  const report = { session_id: "s", event_type: "skill:started", data: { skill_name: "x" } };
  for (const socket of [viewer, person]) {
    assert.match((await socket.emitWithAck("cli_event", report)).error, /may not send events/);
  }
  assert.equal(await producer.emitWithAck("cli_event", report), undefined);
  for (const socket of [viewer, producer]) {
    assert.match((await socket.emitWithAck("command", { type: "HALT", session_id: "s" })).error, /may not steer/);
  }
  assert.equal((await person.emitWithAck("command", { type: "HALT", session_id: "s" })).success, true);
  const of = (socket) => heard.filter(([other]) => other === socket).map(([, name]) => name);
  assert.ok(of(person).includes("skill:started") && of(person).includes("execution:halted"));
  assert.deepEqual(of(producer).filter((name) => !["connected", "command:result", "command"].includes(name)), [], "it may not read");
});

test("all that was heard is as the AsyncAPI document says", async () => {
  assert.deepEqual(await undocumented(), []);
});
