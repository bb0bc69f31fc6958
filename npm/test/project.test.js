// A connection with a project is of that project in all that it does: a session of the same id elsewhere is another.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { mount } from "../page.js";
import { startServer, timed, until } from "../support.js";

const { connect } = await import("loopscope");
const { useDashboard } = await import("loopscope/react");

let server;
before(async () => (server = await startServer()));
after(() => server.stop());

const messages = (events) => events.filter((event) => event.name === "LOG").map((event) => event.data.message);

/** The same session in two projects, each with a line that says where. */
async function twins(t, id) {
  const found = [];
  for (const project of [undefined, "lab"]) {
    const loopscope = connect(server.url, { project });
    t.after(() => loopscope.close());
    const run = loopscope.session({ id });
    run.log(`of ${project ?? "default"}`);
    assert.equal(await loopscope.flush(), true);
    found.push({ loopscope, run });
  }
  return found;
}

timed("events go to the connection's project, and are read from there", async (t) => {
  const [elsewhere, lab] = await twins(t, "told");
  assert.deepEqual(messages((await lab.loopscope.events("told")).events), ["of lab"]);
  assert.deepEqual(messages((await elsewhere.loopscope.events("told")).events), ["of default"]);
  const { summary } = await lab.loopscope.getSession("told");
  assert.equal(summary.project, "lab");
});

timed("a subscription sees its project, and may not ask for another", async (t) => {
  const [, lab] = await twins(t, "followed");
  const seen = [];
  lab.loopscope.subscribe({ session: "followed", since: "0" }, (events) => seen.push(...events));
  lab.run.log("more of lab");
  await until("the last", () => messages(seen).includes("more of lab"));
  assert.deepEqual(messages(seen), ["of lab", "more of lab"]);
  assert.ok(seen.every((event) => event.project === "lab"));
  const refused = await new Promise((done) => lab.loopscope.subscribe({ project: "default" }, () => {}, { onError: done }));
  assert.equal(refused.code, "forbidden");
});

timed("commands and answers reach the program of their project", async (t) => {
  const [elsewhere, lab] = await twins(t, "steered");
  const taken = [];
  for (const [{ run }, name] of [[elsewhere, "default"], [lab, "lab"]]) {
    await run.commands({ HALT: () => { taken.push(name); return { by: name }; } }).attached;
  }
  // By the socket, which is open, and by a request, which is all that a connection that was just made has.
  const fresh = connect(server.url, { project: "lab" });
  t.after(() => fresh.close());
  for (const loopscope of [lab.loopscope, fresh]) {
    const { command_id, project } = await loopscope.command("steered", { type: "HALT" });
    assert.equal(project, "lab");
    const command = await until("the end of it", async () => {
      const found = await lab.loopscope.getCommand("steered", command_id);
      return found.state === "succeeded" && found;
    });
    assert.deepEqual(command.result, { by: "lab" });
  }
  assert.deepEqual(taken, ["lab", "lab"]);

  const answer = lab.run.decision("Deploy?", { id: "deploy", options: ["yes", "no"] });
  await until("the question", async () => (await fresh.decisions()).decisions.some((row) => row.decision_id === "deploy"));
  await fresh.decide("steered", "deploy", "yes");
  assert.equal(await answer, "yes");
});

timed("`useDashboard` shows the session of its project, and steers that", async (t) => {
  const [elsewhere, lab] = await twins(t, "shown");
  const taken = [];
  for (const [{ run }, name] of [[elsewhere, "default"], [lab, "lab"]]) await run.commands({ HALT: () => void taken.push(name) }).attached;
  const page = await mount(t, () => useDashboard("shown", { url: server.url, project: "lab" }));
  await until("the connection", () => page.seen().connected && messages(page.seen().events).length > 0);
  await page.seen().halt();
  await until("the command", () => taken.length > 0);
  elsewhere.run.log("more of default");
  assert.equal(await elsewhere.loopscope.flush(), true);
  lab.run.log("more of lab");
  await until("the last", () => messages(page.seen().events).includes("more of lab"));
  assert.deepEqual(messages(page.seen().events), ["of lab", "more of lab"]);
  assert.deepEqual(taken, ["lab"]);
});
