// The browser's own WebSocket walks the convergence contract's message protocol, as a page of the reference would.
import { expect, test } from "./fixtures.js";

/** Runs in the page: opens a socket, does each step, and answers with every frame that came. */
async function walk({ path, session, steps }) {
  const socket = new WebSocket(new URL(path, location.href.replace(/^http/, "ws")));
  const frames = [];
  const waiting = [];
  socket.onmessage = ({ data }) => {
    const frame = JSON.parse(data);
    // Other tests use the same server.
    const of = frame.type === "event" ? (frame.session_id ?? frame.data.session_id) : session;
    if (of !== session) return;
    frames.push(frame);
    waiting.shift()?.();
  };
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  const come = async (count) => {
    while (frames.length < count) await new Promise((resolve) => waiting.push(resolve));
  };
  for (const { send, post, expect: count } of steps) {
    if (send !== undefined) socket.send(typeof send === "string" ? send : JSON.stringify(send));
    if (post) {
      const events = post.map((event_type, n) => ({
        event_id: `${session}-${event_type}-${frames.length}-${n}`,
        session_id: session,
        event_type,
        iteration: 1,
        state: "IDLE",
        timestamp: "2026-01-05T10:00:00Z",
        data: { step: "fix", n },
      }));
      const response = await fetch("/events", { method: "POST", body: JSON.stringify({ session_id: session, events }) });
      if (!response.ok) throw new Error(`webhook: ${response.status}`);
    }
    await come(count);
  }
  socket.close();
  return frames;
}

const kinds = (frames) => frames.map((frame) => frame.event_type ?? frame.data?.event_type ?? frame.type);

test("the documented socket speaks to the browser", async ({ page }) => {
  await page.goto("/");
  const session = `browser-flat-${Date.now()}`;
  const frames = await page.evaluate(walk, {
    path: "/",
    session,
    steps: [
      { send: { action: "ping" }, expect: 1 },
      { post: ["STEP_STARTED"], expect: 2 },
      { send: { action: "subscribe", events: ["b_two"] }, expect: 2 },
      { send: { action: "ping" }, expect: 3 },
      { post: ["A_ONE", "B_TWO"], expect: 4 },
      { send: { action: "get_session", session_id: session }, expect: 5 },
      { send: "nonsense", expect: 6 },
      { send: { action: "dance" }, expect: 7 },
      { send: { action: "list_sessions", limit: 1 }, expect: 8 },
    ],
  });
  expect(kinds(frames)).toEqual(["pong", "STEP_STARTED", "pong", "B_TWO", "response", "error", "error", "response"]);
  expect(frames[1]).toMatchObject({ type: "event", state: "FIXING", data: { step: "fix", n: 0 } });
  expect(frames[4].data).toMatchObject({ session_id: session, status: "running" });
  expect(frames[6].request_action).toBe("dance");
  expect(frames[7].data.sessions).toHaveLength(1);
});

test("the reference page's socket speaks to the browser", async ({ page }) => {
  await page.goto("/");
  const frames = await page.evaluate(walk, {
    path: "/ws",
    session: `browser-nested-${Date.now()}`,
    steps: [
      { expect: 1 },
      { post: ["CONVERGENCE_REACHED"], expect: 2 },
      { send: { action: "subscribe", events: ["*"] }, expect: 2 },
      { send: { action: "ping" }, expect: 3 },
      { post: ["SESSION_ENDED"], expect: 4 },
    ],
  });
  expect(kinds(frames)).toEqual(["state", "CONVERGENCE_REACHED", "pong", "SESSION_ENDED"]);
  expect(frames[1].data.state).toBe("CONVERGED");
  expect(frames[3].event_type).toBe("SESSION_ENDED");
});
