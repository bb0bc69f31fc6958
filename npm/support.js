// A server for a test file, and what the tests wait with.
import { test } from "node:test";

export { startServer } from "../end2end/tests/server.js";

/** Waits until something holds, and gives it. */
export async function until(what, look, patienceMs = 30_000) {
  const end = Date.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`gave up waiting for ${what}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** A test that cannot hang for ever. */
export const timed = (name, body) => test(name, { timeout: 120_000 }, body);
