// The declared types hold: what the README does compiles, and what would fail does not.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { timed } from "../support.js";

timed("the types compile", () => {
  const at = (path) => fileURLToPath(new URL(path, import.meta.url));
  const run = () => execFileSync(process.execPath, [at("../node_modules/typescript/bin/tsc"), "-p", at("types")], { encoding: "utf8" });
  assert.doesNotThrow(run, undefined);
});
