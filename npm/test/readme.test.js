// The lines of the READMEs, run as they stand: what a reader copies shows up as a session.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { promisify } from "node:util";
import { fileURLToPath } from "node:url";
import { connect } from "loopscope";
import { startServer, timed, until } from "../support.js";

const run = promisify(execFile);
const at = (path) => fileURLToPath(new URL(path, import.meta.url));
let server;
let dir;
before(async () => {
  server = await startServer();
  // Installed as anybody would: what is not in the package's files is missing here too.
  dir = mkdtempSync(join(tmpdir(), "loopscope-readme-"));
  const { stdout } = await run("npm", ["pack", "--silent", "--pack-destination", dir], { cwd: at("..") });
  await run("npm", ["install", "--silent", "--no-save", "--prefer-offline", join(dir, stdout.trim())], { cwd: dir });
});
after(async () => {
  rmSync(dir, { recursive: true, force: true });
  await server.stop();
});

/** The first block of a language, with this server's address. */
function block(path, language) {
  const found = readFileSync(at(path), "utf8").match(new RegExp("```" + language + "\\n([\\s\\S]*?)\\n```"));
  assert.ok(found, `${path} has a block of ${language}`);
  assert.ok(found[1].split("\n").length <= 12, "it is short");
  return found[1].replaceAll("http://localhost:8766", server.url);
}

async function session(name) {
  const loopscope = connect(server.url);
  const row = await until(`the session "${name}"`, async () => {
    const { sessions } = await loopscope.sessions({ q: name });
    return sessions.find((row) => row.name === name && row.status !== "running");
  });
  await loopscope.close();
  return row;
}

async function javascript(path, name) {
  const file = `${dir}/readme.mjs`;
  writeFileSync(file, block(path, "js"));
  await run(process.execPath, [file], { timeout: 60_000 });
  return session(name);
}

timed("JavaScript, of the project", async () => {
  assert.equal((await javascript("../../README.md", "From JavaScript")).status, "completed");
});

timed("JavaScript, of the package", async () => {
  assert.equal((await javascript("../README.md", "Nightly build")).status, "converged");
});

timed("what is installed has the texts of its licences", () => {
  for (const name of ["LICENSE-MIT", "LICENSE-APACHE"]) {
    const text = readFileSync(at(`../../${name}`), "utf8");
    assert.equal(readFileSync(join(dir, "node_modules/loopscope", name), "utf8"), text, name);
  }
});

timed("a shell and curl", async () => {
  await run("sh", ["-eu", "-c", block("../../README.md", "sh").replaceAll("curl ", "curl -fsS ")], { timeout: 60_000 });
  assert.equal((await session("From a shell")).status, "completed");
});
