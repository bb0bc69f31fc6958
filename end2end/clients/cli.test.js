// The command line against a running server: what a script sees, by its output and its exit codes.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import WebSocket from "ws";
import { startServer } from "../tests/server.js";

let server;
let dir;
before(async () => {
  server = await startServer();
  dir = mkdtempSync(join(tmpdir(), "loopscope-cli-"));
});
after(async () => {
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** Runs `loopscope`; its exit code, output and errors. */
function loopscope(args, { input = "", env = {}, url = server.url } = {}) {
  return new Promise((done) => {
    const options = { cwd: dir, timeout: 60_000, env: { ...process.env, LOOPSCOPE_SERVER: url, ...env } };
    const child = execFile(server.binary, args, options, (error, out, err) => done({ code: error ? error.code : 0, out, err }));
    child.stdin.end(input);
  });
}

/** Asks until the answer is as it should be: rows are written behind the events. */
async function until(args, holds) {
  for (let end = Date.now() + 30_000; ; ) {
    const ran = await loopscope(args);
    if (holds(ran)) return ran;
    if (Date.now() > end) assert.fail(`gave up: ${JSON.stringify(ran)}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

test("an event by its parts, lines of standard input, and lines of a file", async () => {
  const one = await loopscope(["send", "--session", "cli", "--event", "STEP_COMPLETE", "step=fix", "success=true", 'metrics={"files":41}']);
  assert.deepEqual([one.code, one.out], [0, "1 stored, 0 stored before, 0 refused\n"]);
  const line = (name, n) => JSON.stringify({ event_type: name, session_id: "cli", event_id: `e${n}`, data: { n } });
  const piped = await loopscope(["send"], { input: `${line("A", 1)}\n${line("B", 2)}\n` });
  assert.deepEqual([piped.code, piped.out], [0, "2 stored, 0 stored before, 0 refused\n"]);
  writeFileSync(join(dir, "more.jsonl"), `${line("B", 2)}\n${line("C", 3)}\n`);
  const file = await loopscope(["send", "--file", "more.jsonl", "--json"]);
  const answer = JSON.parse(file.out);
  assert.deepEqual([answer.accepted, answer.duplicates], [1, 1]);
  const bad = await loopscope(["send"], { input: '{"event_type":"A","session_id":"cli","iteration":-1}' });
  assert.equal(bad.code, 1);
  assert.match(bad.err, /iteration/);
});

test("sessions are listed and shown, for people and for scripts", async () => {
  const listed = await until(["sessions", "cli"], ({ out }) => /running\s+cli/.test(out));
  assert.match(listed.out, /^STATUS\s+ID\s+NAME\s+KIND/);
  const { sessions } = JSON.parse((await loopscope(["sessions", "--status", "running", "--json"])).out);
  assert.ok(sessions.some((row) => row.session_id === "cli"));
  assert.equal(JSON.parse((await loopscope(["sessions", "--status", "failed", "--json"])).out).sessions.length, 0);
  const shown = await loopscope(["show", "cli", "--events", "3"]);
  assert.equal(shown.code, 0);
  assert.match(shown.out, /^status\s+running$/m);
  assert.match(shown.out, /SEQ\s+TIME\s+EVENT\s+DATA[\s\S]*\sC\s+\{"n":3\}/);
  const { events } = JSON.parse((await loopscope(["show", "cli", "--json"])).out);
  assert.deepEqual(events.map((event) => event.seq), [1, 2, 3, 4]);
});

test("events are printed as they come", async () => {
  const watched = loopscope(["watch", "cli", "--since", "0", "--count", "5", "--json"]);
  await loopscope(["send", "--session", "other", "--event", "X"]);
  await loopscope(["send", "--session", "cli", "--event", "D"]);
  const { code, out } = await watched;
  assert.equal(code, 0);
  const events = out.trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(events.map((event) => [event.seq, event.session_id]), [1, 2, 3, 4, 5].map((seq) => [seq, "cli"]));
});

test("a program is steered, and its answer is the exit code", async () => {
  await loopscope(["send", "--session", "steered", "--event", "SESSION_STARTED"]);
  const socket = new WebSocket(new URL("/ws/v1", server.url.replace("http", "ws")));
  await new Promise((done) => socket.once("open", done));
  const attached = new Promise((done) => {
    socket.on("message", (text) => {
      const message = JSON.parse(text);
      if (message.type === "attached") done();
      if (message.type !== "command") return;
      const { command_id, type, parameters } = message.command;
      const end = type.toUpperCase() === "HALT" ? { status: "succeeded", result: { at: parameters.at } } : { status: "failed", error: "not now" };
      socket.send(JSON.stringify({ type: "receipt", id: "r", session_id: "steered", command_id, ...end }));
    });
  });
  socket.send(JSON.stringify({ type: "attach", id: "a", session_id: "steered", name: "test", commands: [{ type: "HALT" }] }));
  await attached;
  const halted = await loopscope(["command", "steered", "halt", "at=7", "--reason", "look first"]);
  assert.equal(halted.code, 0, halted.err);
  assert.match(halted.out, /^state\s+succeeded$/m);
  assert.match(halted.out, /^result\s+\{"at":7\}$/m);
  const failed = await loopscope(["command", "steered", "RESUME"]);
  assert.equal(failed.code, 1);
  assert.match(failed.err, /not now/);
  socket.close();
  const late = await loopscope(["command", "cli", "HALT", "--wait", "0.2"]);
  assert.equal(late.code, 1);
  assert.match(late.err, /has not finished it/);
  const left = await loopscope(["command", "cli", "HALT", "--wait", "0", "--json"]);
  assert.equal(left.code, 0);
  assert.equal(JSON.parse(left.out).state, "queued");
});

test("a session is replayed as another", async () => {
  const replayed = await loopscope(["replay", "cli", "--into", "again", "--speed", "1000"]);
  assert.equal(replayed.code, 0, replayed.err);
  assert.match(replayed.out, /^5 events of cli sent as again/);
  const { events } = JSON.parse((await loopscope(["show", "again", "--events", "100", "--json"])).out);
  assert.deepEqual(events.map((event) => event.name), ["STEP_COMPLETE", "A", "B", "C", "D"]);
  assert.deepEqual(events[0].data, { step: "fix", success: true, metrics: { files: 41 } });
  assert.equal((await loopscope(["replay", "cli", "--into", "cli"])).code, 1);
});

test("what goes wrong says what to do, by its exit code too", async () => {
  const nobody = await loopscope(["sessions"], { url: "http://127.0.0.1:9" });
  assert.equal(nobody.code, 3);
  assert.match(nobody.err, /is the server running\? --server/);
  const unknown = await loopscope(["show", "nothing"]);
  assert.equal(unknown.code, 1);
  assert.match(unknown.err, /nothing/);
  const wrong = await loopscope(["command", "cli", "ROLLBACK", "two"]);
  assert.equal(wrong.code, 1);
  assert.match(wrong.err, /name=value/);
  assert.equal((await loopscope(["sessions", "--limit", "0"])).code, 2);
  assert.equal((await loopscope(["replay", "cli", "--speed", "0"])).code, 2);
  const guarded = await startServer({ env: { LOOPSCOPE_AUTH: "always" } });
  const refused = await loopscope(["sessions"], { url: guarded.url });
  assert.equal(refused.code, 1);
  assert.match(refused.err, /--access-token/);
  await guarded.stop();
});

test("the shell's completions and the manual page name every command", async () => {
  const commands = ["serve", "send", "tail", "sessions", "show", "watch", "export", "import", "replay", "command", "token", "doctor", "config", "backup", "restore", "widgets"];
  const bash = await loopscope(["completions", "bash"]);
  const man = await loopscope(["man"]);
  for (const command of commands) {
    assert.match(bash.out, new RegExp(`\\b${command}\\b`));
    assert.match(man.out, new RegExp(`LOOPSCOPE ${command.toUpperCase()}`));
  }
  for (const command of ["list", "show", "declare", "delete", "arrange"]) {
    assert.match(bash.out, new RegExp(`loopscope__subcmd__widgets__subcmd__${command}|loopscope__widgets__${command}`));
    assert.match(man.out, new RegExp(`LOOPSCOPE WIDGETS ${command.toUpperCase()}`));
  }
  assert.match(man.out, /^\.TH loopscope 1/m);
});
