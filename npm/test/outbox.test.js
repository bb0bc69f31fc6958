// What becomes of events that the server does not take: for the moment, as a whole, or because all is over.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { connect, LoopscopeError } from "loopscope";
import { serve, startServer, timed, until } from "../support.js";

let server;
before(async () => (server = await startServer({ env: { LOOPSCOPE_LIMIT_FRAME_BYTES: "100000", LOOPSCOPE_LIMIT_EVENT_BYTES: "50000" } })));
after(() => server.stop());

timed("an event that is longer than a message may be is refused and told, and the others are kept", async () => {
  const refused = [];
  const loopscope = connect(server.url, { onRejected: (error, event) => refused.push([error.code, error.limit, event.data.size]) });
  const run = loopscope.session({ id: "long" });
  const sizes = [10, 60_000, 10, 99_800, 10, 200_000, 10];
  for (const size of sizes) run.emit("SIZED", { size, text: "x".repeat(size) });
  // Together they are longer than a message may be, in bytes, though not in letters.
  for (let size = 1; size <= 1_000; size += 1) run.emit("SIZED", { size, text: "€".repeat(50) });
  assert.equal(await run.finish(), true);
  assert.deepEqual(refused.map(([code, , size]) => [code, size]).sort((one, other) => one[1] - other[1]), [["too_large", 60_000], ["too_large", 99_800], ["too_large", 200_000]]);
  assert.match(refused.find(([, , size]) => size === 200_000)[1], /^99\d+ bytes$/);
  assert.deepEqual([loopscope.counters.rejected, loopscope.counters.acknowledged, loopscope.counters.pending], [3, 1_006, 0]);
  await loopscope.close();
});

timed("what was refused for the moment goes again in its order, also after a lost link", async (t) => {
  const told = [];
  let first;
  let count = 0;
  const scripted = await serve(t, (socket, { type, id, events }) => {
    if (type !== "publish") return;
    first ??= socket;
    if (socket !== first) {
      told.push(...events.map(({ n }) => n));
      socket.send(JSON.stringify({ type: "ack", id, accepted: events.length, duplicates: 0, rejected: 0 }));
      return;
    }
    count += 1;
    // Three frames are refused, five stay without an answer, and the link is lost when the three have come again.
    if (count <= 3) socket.send(JSON.stringify({ type: "error", id, error: { code: "busy", message: "later", retry_after_ms: 1 } }));
    if (count === 11) socket.close();
  });
  const loopscope = connect(scripted.url);
  const numbers = Array.from({ length: 4_000 }, (_, n) => n);
  for (const n of numbers) loopscope.send({ event_type: "LOG", session_id: "s", n });
  assert.equal(await loopscope.flush(60_000), true);
  assert.deepEqual(told, numbers);
  await loopscope.close();
});

timed("after `close` nothing is taken, and what was read ends", async () => {
  const dropped = [];
  const loopscope = connect(server.url, { onDropped: (count) => dropped.push(count) });
  const run = loopscope.session({ id: "closed" });
  const subscription = loopscope.subscribe({ session: "closed", since: "0" });
  const seen = [];
  const reading = (async () => {
    for await (const event of subscription) seen.push(event.name);
  })();
  await until("an event", () => seen.length > 0);
  assert.equal(await loopscope.close(), true);
  await reading;
  for await (const event of loopscope.subscribe()) assert.fail(event.name);
  assert.equal(run.emit("LATE"), false);
  assert.equal(loopscope.counters.dropped, 1);
  assert.deepEqual(dropped, [1]);
  assert.equal(await run.finish(), false, "its end was not told");
});

timed("what JSON cannot say is an argument's error", async () => {
  const loopscope = connect(server.url);
  const run = loopscope.session({ id: "unsayable" });
  const circular = {};
  circular.self = circular;
  const isRefused = (field) => (error) => error instanceof LoopscopeError && error.code === "invalid_argument" && error.field === field;
  assert.throws(() => run.log("x", { n: 10n }), isRefused("data"));
  assert.throws(() => run.emit("X", circular), isRefused("data"));
  assert.throws(() => loopscope.send({ toJSON: () => undefined }), isRefused("event"));
  await assert.rejects(loopscope.command("unsayable", { type: "HALT", parameters: { n: 10n } }), isRefused("command"));
  await loopscope.ready();
  await assert.rejects(loopscope.command("unsayable", { type: "HALT", parameters: circular }), isRefused("command"));
  await assert.rejects(loopscope.decide("unsayable", "d", 10n), isRefused("body"));
  await loopscope.close();
});

timed("an answer that breaks off is unreachable", async () => {
  const fetch = async () => ({ text: () => Promise.reject(new DOMException("signal timed out", "TimeoutError")) });
  await assert.rejects(connect(server.url, { fetch }).overview(), { name: "LoopscopeError", code: "unreachable" });
});
