// A server for a test file, and what the tests wait with.
import { test } from "node:test";
import { WebSocketServer } from "ws";

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

/** A WebSocket server that greets as Loopscope does, and then does what `heard(socket, message)` does; until the test's end. */
export async function serve(t, heard, hello = {}) {
  const sockets = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  t.after(() => {
    for (const socket of sockets.clients) socket.terminate();
    sockets.close();
  });
  sockets.on("connection", (socket) => {
    socket.on("message", (text) => heard(socket, JSON.parse(text)));
    socket.send(JSON.stringify({ type: "hello", protocol: 1, limits: { frame_bytes: 4_194_304 }, ...hello }));
  });
  await new Promise((done) => sockets.once("listening", done));
  return { url: `http://127.0.0.1:${sockets.address().port}` };
}
