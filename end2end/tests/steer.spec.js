// Real programs obey: the file system and git say so, not only the server.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { helm, rest, startLoop, startOrchestrator, until } from "./programs.js";
import { startServer } from "./server.js";

test.describe.configure({ timeout: 180_000 });

/** A server with the orchestrator attached. */
async function both(options) {
  const server = await startServer();
  const program = await startOrchestrator({ url: server.url, ...options });
  const steer = helm(server.url, program.session);
  await steer.attached();
  const stop = async () => {
    await program.stop();
    await server.stop();
  };
  return { server, program, steer, stop };
}

test("halted, no next piece of work begins; resumed, it goes on", async () => {
  const { program, steer, stop } = await both({ plan: "document,measure" });
  try {
    await until("two pages", () => program.pages().length >= 2);
    const halt = await steer.do("HALT", {}, { reason: "look first" });
    expect(halt).toMatchObject({ state: "succeeded", type: "HALT", reason: "look first" });
    for (const time of ["created_at", "delivered_at", "acknowledged_at", "ended_at"]) expect(halt[time]).toBeTruthy();
    const there = program.pages();
    expect(there.length).toBeLessThan(6);
    await until("the board to say so", async () => (await steer.status()) === "halted");
    await rest(600);
    expect(program.pages()).toEqual(there);
    expect(await steer.do("HALT")).toMatchObject({ state: "succeeded" });
    expect(await steer.do("RESUME")).toMatchObject({ state: "succeeded" });
    await until("the end", async () => (await steer.status()) === "completed");
    expect(program.pages()).toHaveLength(6);
  } finally {
    await stop();
  }
});

test("rolled back by two, the tree is the checkpoint's", async () => {
  const { program, steer, stop } = await both({ plan: "measure,document,audit" });
  try {
    await until("the third skill", () => program.run().at === 2);
    await steer.do("HALT");
    const rolled = await steer.do("ROLLBACK", { steps: 2 });
    expect(rolled).toMatchObject({ state: "succeeded", result: { steps: 2 } });
    const commit = rolled.result.checkpoint_id;
    expect(program.git("diff", commit)).toBe("");
    expect(program.git("status", "--porcelain")).toBe("");
    expect(program.git("rev-parse", "HEAD")).toBe(commit);
    expect(program.pages()).toEqual([]);
    const beyond = await steer.ask("ROLLBACK", { steps: 99 });
    expect(beyond.error).toMatchObject({ code: "invalid_field", field: "parameters.steps" });
    await steer.do("RESUME");
    await until("the pages again", () => program.pages().length === 6);
  } finally {
    await stop();
  }
});

test("an injected skill runs, a redirect skips, an unknown skill is refused by the program", async () => {
  const { program, steer, stop } = await both({ plan: "document,audit,measure" });
  try {
    await until("a page", () => program.pages().length >= 1);
    await steer.do("HALT");
    expect(await steer.do("INJECT", { skill_name: "clean", position: "end" })).toMatchObject({ result: { position: 3 } });
    expect(await steer.do("REDIRECT", { target_skill: "measure" })).toMatchObject({ state: "succeeded" });
    expect(await steer.do("REDIRECT", { target_skill: "dance" })).toMatchObject({ state: "failed" });
    await steer.do("RESUME");
    await until("the end", async () => (await steer.status()) === "completed");
    const started = await steer.events("skill:started");
    expect(started.map((event) => event.data.skill_name)).toEqual(["document", "measure", "clean"]);
    expect(program.pages()).toEqual([]);
    expect(readFileSync(join(program.tree, "MEASURES.md"), "utf8")).toContain("src/lib.rs");
  } finally {
    await stop();
  }
});

test("a question waits for its answer, has it once, and the answer is carried out", async () => {
  const { program, steer, stop } = await both({ plan: "lint", pace: "0" });
  const source = () => readFileSync(join(program.tree, "src/decode.rs"), "utf8");
  try {
    const question = await steer.question();
    expect(question.question).toMatch(/Lint found \d+ warnings/);
    expect(question.options.map((option) => option.choice)).toEqual(["fix", "leave", "stop"]);
    expect(source()).toContain("text.len() > 0");
    expect((await steer.decide(question.decision_id, "fix")).status).toBe(202);
    expect((await steer.decide(question.decision_id, "stop")).status).toBe(409);
    await until("the end", async () => (await steer.status()) === "completed");
    expect(source()).toContain("!text.is_empty()");
    const made = await steer.events("decision:made");
    expect(made.map((event) => event.data.choice)).toEqual(["fix"]);
  } finally {
    await stop();
  }
});

/** Every command succeeded, in steps that were each told once; every injected skill was injected once. */
async function nothingTwice(steer, asked) {
  for (const id of asked) expect(await steer.over(id)).toMatchObject({ state: "succeeded" });
  const events = await steer.events();
  for (const id of asked) {
    const steps = events.filter((event) => event.name.startsWith("command:") && event.data.command_id === id).map((event) => event.name);
    for (const step of ["command:queued", "command:acknowledged", "command:succeeded"]) {
      expect(steps.filter((name) => name === step), `${step} of ${id}`).toHaveLength(1);
    }
  }
  return events;
}

test("the program is killed between any two steps of commands: none is lost, none done twice", async () => {
  const server = await startServer();
  let program = await startOrchestrator({ url: server.url, plan: "measure,document,audit" });
  const steer = helm(server.url, program.session);
  const again = async () => {
    const before = program.session;
    program = await startOrchestrator({ url: server.url, plan: "measure,document,audit", state: program.state });
    expect(program.session, "the same run goes on").toBe(before);
  };
  const asked = [];
  try {
    await steer.attached();
    await until("a checkpoint", async () => (await steer.events("checkpoint:created")).length > 0);
    asked.push((await steer.do("HALT")).command_id);
    const inject = async () => asked.push((await steer.ask("INJECT", { skill_name: "clean", position: "end" })).command_id);
    // It has the command in its socket and cannot have read it.
    program.signal("SIGSTOP");
    await inject();
    await program.kill();
    await inject(); // nobody is there
    await again();
    await steer.over(asked.at(-1));
    // Wherever it is after so many milliseconds: reading, writing, answering.
    for (const wait of [0, 1, 2, 3, 4, 6, 8, 12]) {
      await steer.attached();
      await inject();
      await rest(wait);
      await program.kill();
      await again();
    }
    await steer.attached();
    const rollback = await steer.ask("ROLLBACK", { steps: 1 });
    asked.push(rollback.command_id);
    await rest(3);
    await program.kill();
    await again();
    await steer.over(rollback.command_id);
    expect(program.git("status", "--porcelain")).toBe("");
    expect(await steer.status(), "halted it stays").toBe("halted");
    asked.push((await steer.do("SET_PACE", { milliseconds: 0 })).command_id);
    asked.push((await steer.do("RESUME")).command_id);
    await until("the end", async () => (await steer.status()) === "completed");
    const events = await nothingTwice(steer, asked);
    const injected = events.filter((event) => event.name === "skill:injected");
    expect(injected).toHaveLength(10);
    const cleaned = events.filter((event) => event.name === "skill:started" && event.data.skill_name === "clean");
    expect(cleaned).toHaveLength(10);
  } finally {
    await program.stop();
    await server.stop();
  }
});

test("the server is killed: events wait and come once, commands are answered once", async () => {
  let server = await startServer();
  const port = new URL(server.url).port;
  const program = await startOrchestrator({ url: server.url, plan: "measure,document,audit" });
  const steer = helm(server.url, program.session);
  try {
    await steer.attached();
    await until("a page", () => program.pages().length >= 1);
    const asked = [(await steer.do("HALT")).command_id];
    for (const wait of [0, 2, 5, 10]) {
      asked.push((await steer.ask("INJECT", { skill_name: "clean", position: "end" })).command_id);
      await rest(wait);
      await server.kill("SIGKILL");
      server = await startServer({ dir: server.dir, env: { DASHBOARD_PORT: port } });
      await steer.attached();
    }
    asked.push((await steer.do("RESUME")).command_id);
    await server.kill("SIGKILL");
    await until("work without a server", () => program.pages().length === 6);
    server = await startServer({ dir: server.dir, env: { DASHBOARD_PORT: port } });
    await until("the end", async () => (await steer.status()) === "completed");
    const events = await nothingTwice(steer, asked);
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.filter((event) => event.name === "skill:injected")).toHaveLength(4);
    expect(events.filter((event) => event.name === "file:created")).toHaveLength(7);
  } finally {
    await program.stop();
    await server.stop();
  }
});

test("a dialled loop halts before its next step or tool, and goes on", async () => {
  const loop = await startLoop(["--pace", "300ms", "--cases", "200", "--name", "steered"]);
  const server = await startServer({ env: { CONVERGENCE_WS_URL: loop.url } });
  const steer = helm(server.url, "steered-1");
  try {
    expect(await steer.attached()).toMatchObject({ via: "bridge", name: "convergence loop" });
    await until("a step", async () => (await steer.events("STEP_STARTED")).length > 0);
    expect(await steer.do("HALT", {}, { reason: "look first" })).toMatchObject({ state: "succeeded" });
    await until("the board to say so", async () => (await steer.status()) === "halted");
    const there = (await steer.events()).filter((event) => event.dialect === "convergence").length;
    await rest(1500);
    expect((await steer.events()).filter((event) => event.dialect === "convergence").length).toBe(there);
    const steps = (await steer.events("STEP_STARTED")).length;
    expect(await steer.do("RESUME")).toMatchObject({ state: "succeeded" });
    await until("the next step", async () => (await steer.events("STEP_STARTED")).length > steps);
    await until("the board to say so", async () => (await steer.status()) === "running");
    expect(await steer.do("RESUME")).toMatchObject({ state: "failed" });
  } finally {
    await server.stop();
    await loop.stop();
  }
});
