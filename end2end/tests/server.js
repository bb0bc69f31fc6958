// Starts one server for a test file: its own port, its own data folder, stopped by its own process id.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const binary = process.env.LOOPSCOPE_BIN ?? resolve(here, "../../target/debug/loopscope");

/** Starts the binary on a free port and waits for its "listening on" line. */
export async function startServer({ args = [], env = {}, dir = mkdtempSync(join(tmpdir(), "loopscope-")) } = {}) {
  const child = spawn(binary, args, {
    cwd: dir,
    env: {
      ...process.env,
      DASHBOARD_HOST: "127.0.0.1",
      DASHBOARD_PORT: "0",
      DASHBOARD_DB_PATH: join(dir, "loopscope.db"),
      CONVERGENCE_WS_URL: "none",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const url = await new Promise((done, fail) => {
    const read = (chunk) => {
      output += chunk;
      const found = output.match(/listening on (http:\/\/[^\s]+)/);
      if (found) done(found[1]);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("error", fail);
    child.on("exit", (code) => fail(new Error(`the server ended with ${code}:\n${output}`)));
  });
  const exited = new Promise((done) => child.on("exit", done));
  return {
    url,
    binary,
    dir,
    pid: child.pid,
    output: () => output,
    kill: async (signal) => {
      child.kill(signal);
      await exited;
    },
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
