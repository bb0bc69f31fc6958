// Why there is no connection is told, once, and not for every attempt or every event.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before } from "node:test";
import WebSocket from "ws";
import { connect, LoopscopeError } from "loopscope";
import { serve, startServer, timed, until } from "../support.js";

let server;
before(async () => (server = await startServer({ env: { LOOPSCOPE_AUTH: "always" } })));
after(() => server.stop());

/** A WebSocket class, and how many of it there were. */
function counted() {
  let count = 0;
  class Counted extends WebSocket {
    constructor(...given) {
      super(...given);
      count += 1;
    }
  }
  return [Counted, () => count];
}

timed("a wrong token is told, once, also to a program that only sends", async () => {
  const [Counted, dialled] = counted();
  const refused = [];
  const loopscope = connect(server.url, { token: "lsc_wrong", WebSocket: Counted, onRefused: (error) => refused.push(error), onDropped: () => {} });
  const run = loopscope.session();
  await until("the refusal", () => refused.length > 0);
  await until("more attempts", () => dialled() >= 4);
  assert.equal(await run.finish("completed", { timeoutMs: 1 }), false);
  assert.deepEqual(refused.map(({ code }) => code), ["unauthorized"]);
  assert.match(refused[0].message, /token/);
  await loopscope.close({ timeoutMs: 1 });
});

timed("a token that is revoked is told by the server's own word, once", async () => {
  const refused = [];
  const tokens = (...words) => execFileSync(server.binary, ["token", ...words, "--db-path", `${server.dir}/loopscope.db`], { cwd: server.dir, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  const [Counted, dialled] = counted();
  const token = tokens("create", "program", "--role", "ingest");
  const loopscope = connect(server.url, { token, WebSocket: Counted, onRefused: (error) => refused.push(error), onDropped: () => {} });
  await loopscope.ready();
  tokens("revoke", String(JSON.parse(tokens("list", "--json")).tokens.find(({ name }) => name === "program").id));
  await until("more attempts", () => dialled() >= 4);
  assert.deepEqual(refused.map(({ code }) => code), ["unauthorized"]);
  await loopscope.close({ timeoutMs: 1 });
  await assert.rejects(loopscope.ready(), { code: "unauthorized" });
});

timed("where no socket can be opened at all, that is told once, and it is offline", async () => {
  class Forbidden {
    constructor() {
      throw new DOMException("an insecure socket from a secure page", "SecurityError");
    }
  }
  const refused = [];
  const loopscope = connect(server.url, { WebSocket: Forbidden, onRefused: (error) => refused.push(error), onDropped: () => {} });
  const run = loopscope.session();
  await until("the refusal", () => refused.length > 0);
  for (let n = 0; n < 10; n += 1) run.log(`line ${n}`);
  await new Promise(setImmediate);
  assert.equal(loopscope.state, "offline");
  assert.equal(refused.length, 1);
  assert.ok(refused[0] instanceof LoopscopeError);
  assert.match(refused[0].message, /insecure socket/);
  await assert.rejects(loopscope.ready(), refused[0]);
  await loopscope.close({ timeoutMs: 1 });
});

timed("a server of another protocol is told once, and nothing more is taken", async (t) => {
  const other = await serve(t, () => {}, { protocol: 2 });
  const refused = [];
  const loopscope = connect(other.url, { onRefused: (error) => refused.push(error), onDropped: () => {} });
  const run = loopscope.session();
  await until("the refusal", () => refused.length > 0);
  assert.deepEqual([loopscope.state, refused[0].code], ["closed", "wrong_version"]);
  assert.equal(run.emit("LATE"), false);
  assert.equal(await run.finish(), false);
  await assert.rejects(loopscope.ready(), refused[0]);
  assert.equal(refused.length, 1);
});
