// Real programs beside a server: started, killed by their own process id, and looked at through the file system.
import { spawn, execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const server = process.env.LOOPSCOPE_BIN ?? resolve(here, "../../target/debug/loopscope");
const programs = dirname(server);

/** Waits until something holds, and gives it. */
export async function until(what, look, patience = 120_000) {
  const end = Date.now() + patience;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`gave up waiting for ${what}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** Nothing may happen for a while: proves that something stands still. */
export const rest = (ms) => new Promise((done) => setTimeout(done, ms));

/** The example orchestrator, with a folder that outlives it. */
export async function startOrchestrator({ url, plan, pace = "60ms", state = mkdtempSync(join(tmpdir(), "orchestrator-")), args = [] }) {
  const flags = ["--server", url, "--plan", plan, "--pace", pace, "--state", state, "--pause", "1h", "--question-time", "1h"];
  const child = spawn(join(programs, "orchestrator"), [...flags, ...args], { stdio: ["ignore", "ignore", "pipe"] });
  let output = "";
  child.stderr.on("data", (chunk) => (output += chunk));
  const exited = new Promise((done) => child.on("exit", done));
  const tree = join(state, "work");
  const journal = () =>
    readFileSync(join(state, "journal.jsonl"), "utf8")
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  const run = () =>
    journal()
      .filter((record) => record.run)
      .at(-1)?.run;
  const session = await until("the program's run", () => {
    try {
      return run()?.session_id;
    } catch {
      return undefined;
    }
  });
  return {
    pid: child.pid,
    state,
    tree,
    session,
    run,
    output: () => output,
    signal: (signal) => child.kill(signal),
    /** The files that it wrote so far. */
    pages: () => {
      try {
        return readdirSync(join(tree, "docs")).sort();
      } catch {
        return [];
      }
    },
    git: (...args) => execFileSync("git", ["-C", tree, ...args], { encoding: "utf8" }).trim(),
    kill: async (signal = "SIGKILL") => {
      child.kill(signal);
      await exited;
    },
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
      rmSync(state, { recursive: true, force: true });
    },
  };
}

/** The example loop, on a port of the system's choice. */
export async function startLoop(args = []) {
  const child = spawn(join(programs, "convergence-loop"), ["--listen", "127.0.0.1:0", "--wait", "60s", ...args], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const exited = new Promise((done) => child.on("exit", done));
  const url = await new Promise((done, fail) => {
    child.stdout.on("data", (chunk) => {
      const found = String(chunk).match(/listening on (\S+)/);
      if (found) done(found[1]);
    });
    child.on("exit", () => fail(new Error("the loop ended")));
  });
  return {
    url,
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

async function json(url, body) {
  const init = body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const response = await fetch(url, init);
  return { status: response.status, body: await response.json() };
}

/** Steers one session over REST. */
export function helm(url, session) {
  const at = `${url}/api/v1/sessions/${encodeURIComponent(session)}`;
  const command = async (id) => (await json(`${at}/commands/${id}`)).body;
  const ask = async (type, parameters = {}, more = {}) => (await json(`${at}/commands`, { type, parameters, ...more })).body;
  const over = (id) =>
    until(`the end of command ${id}`, async () => {
      const found = await command(id);
      return ["succeeded", "failed", "cancelled", "expired"].includes(found.state) && found;
    });
  const events = async (name) => {
    const found = [];
    for (let after = 0; ; ) {
      const page = (await json(`${at}/events?after=${after}&limit=500`)).body;
      found.push(...page.events);
      if (!page.events.length) break;
      after = page.events.at(-1).seq;
    }
    return name ? found.filter((event) => event.name === name) : found;
  };
  return {
    ask,
    command,
    over,
    events,
    /** Asks, and waits for the last receipt. */
    do: async (type, parameters, more) => over((await ask(type, parameters, more)).command_id),
    attached: () => until("a runner", async () => (await json(`${at}/runner`)).body.runner),
    status: async () => (await json(at)).body.summary?.status,
    decide: (id, choice) => json(`${at}/decisions/${encodeURIComponent(id)}`, { choice }),
    question: () =>
      until("a question", async () => {
        const { decisions } = (await json(`${url}/api/v1/decisions?state=pending`)).body;
        return decisions.find((row) => row.session_id === session);
      }),
  };
}
