// Commands reach a program, questions come back answered, and readers miss nothing.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { connect } from "loopscope";
import { startServer, timed, until } from "../support.js";

let server;
before(async () => (server = await startServer()));
after(() => server.stop());

const ended = (loopscope, id, command) =>
  until("the end of a command", async () => {
    const found = await loopscope.getCommand(id, command.command_id);
    return ["succeeded", "failed", "cancelled"].includes(found.state) && found;
  });

timed("commands are carried out once, and their results come back", async () => {
  const loopscope = connect(server.url);
  const run = loopscope.session({ id: "steered" });
  const seen = [];
  const runner = run.commands({
    HALT: ({ reason }) => void seen.push(["HALT", reason]),
    snapshot: async ({ parameters }) => ({ stored: parameters.name }),
    BREAK: () => { throw new Error("it is stuck"); },
  });
  await runner.attached;
  const halt = await ended(loopscope, "steered", await loopscope.command("steered", { type: "halt", reason: "look first" }));
  assert.equal(halt.state, "succeeded");
  assert.deepEqual(seen, [["HALT", "look first"]]);
  const snapshot = await ended(loopscope, "steered", await loopscope.command("steered", { type: "SNAPSHOT", parameters: { name: "a" } }));
  assert.deepEqual(snapshot.result, { stored: "a" });
  const broken = await ended(loopscope, "steered", await loopscope.command("steered", { type: "BREAK" }));
  assert.equal(broken.state, "failed");
  assert.match(JSON.stringify(broken.error), /it is stuck/);
  await run.finish();
  await loopscope.close();
});

timed("a question waits for its answer", async () => {
  const [program, person] = [connect(server.url), connect(server.url)];
  const run = program.session({ id: "asking" });
  const answer = run.decision("Deploy?", { options: ["yes", "no"], fallback: "no" });
  const row = await until("the question", async () => (await person.decisions()).decisions.find((row) => row.session_id === "asking"));
  assert.equal(row.question, "Deploy?");
  await person.decide("asking", row.decision_id, "yes", "it is tested");
  assert.equal(await answer, "yes");
  await run.finish();
  await assert.rejects(person.decide("asking", row.decision_id, "no"), { code: "already_decided" });
  await Promise.all([program.close(), person.close()]);
});

timed("a reader gets every event once and in order, through a kill of the server", async () => {
  const dir = mkdtempSync(join(tmpdir(), "loopscope-npm-"));
  let own = await startServer({ dir });
  const port = new URL(own.url).port;
  const [writer, reader] = [connect(own.url), connect(own.url)];
  const run = writer.session({ id: "followed" });
  const seqs = [];
  const subscription = reader.subscribe({ session: "followed", since: "0" }, (events) => seqs.push(...events.map((event) => event.seq)));
  for (let n = 0; n < 1_000; n += 1) run.log(`line ${n}`);
  await until("half of it", () => seqs.length >= 500);
  await own.kill("SIGKILL");
  own = await startServer({ dir, env: { DASHBOARD_PORT: port } });
  for (let n = 1_000; n < 2_000; n += 1) run.log(`line ${n}`);
  assert.equal(await run.finish("completed", { timeoutMs: 60_000 }), true);
  await until("all of it", () => seqs.length >= 2_002);
  assert.deepEqual(seqs, Array.from(seqs, (_, at) => at + 1));
  subscription.close();
  await Promise.all([writer.close(), reader.close()]);
  await own.kill("SIGTERM");
  rmSync(dir, { recursive: true, force: true });
});

timed("`for await` gives events one by one, and only those that were asked for", async () => {
  const loopscope = connect(server.url);
  const run = loopscope.session({ id: "filtered" });
  for (let n = 0; n < 5; n += 1) {
    run.log("noise");
    run.finding({ description: `number ${n}`, severity: "low" });
  }
  const found = [];
  for await (const event of loopscope.subscribe({ session: "filtered", kinds: ["finding"], since: "0" })) {
    found.push(event.data.description);
    if (found.length === 5) break;
  }
  assert.deepEqual(found, ["number 0", "number 1", "number 2", "number 3", "number 4"]);
  await loopscope.close();
});

timed("a filter that the server refuses is told", async () => {
  const loopscope = connect(server.url);
  const error = await new Promise((done) => loopscope.subscribe({ kinds: ["nonsense"] }, () => {}, { onError: done }));
  assert.match(error.message, /nonsense|kind/);
  await loopscope.close();
});
