// curl walks every endpoint of the convergence contract: one test a line of convergence.sh.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { startServer } from "../tests/server.js";

const script = join(dirname(fileURLToPath(import.meta.url)), "convergence.sh");

test("curl walks the convergence contract", async (t) => {
  const server = await startServer();
  t.after(() => server.stop());
  const { code, output } = await new Promise((done) => {
    execFile("bash", [script, server.url], { timeout: 120_000 }, (error, stdout, stderr) => {
      done({ code: error ? (error.code ?? 1) : 0, output: stdout + stderr });
    });
  });
  const checks = output.split("\n").filter((line) => /^(ok  |FAIL) /.test(line));
  for (const line of checks) {
    await t.test(line.slice(5).split(":")[0], () => assert.ok(line.startsWith("ok"), line));
  }
  assert.ok(checks.length > 30, output);
  assert.equal(code, 0, output);
});
