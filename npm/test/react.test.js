// The hook in a component, in a DOM.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { JSDOM } from "jsdom";
import { startServer, timed, until } from "../support.js";

const { window } = new JSDOM("<main></main>");
Object.assign(globalThis, { window, document: window.document, IS_REACT_ACT_ENVIRONMENT: false });
if (!globalThis.navigator) globalThis.navigator = window.navigator;
const { createElement } = await import("react");
const { createRoot } = await import("react-dom/client");
const { useDashboard } = await import("loopscope/react");
const { connect } = await import("loopscope");

let server;
before(async () => (server = await startServer()));
after(() => server.stop());

timed("a component sees a session's events as they come, and steers it", async () => {
  const loopscope = connect(server.url);
  const run = loopscope.session({ id: "hooked" });
  const taken = [];
  await run.commands({ HALT: ({ parameters }) => void taken.push(["halt", parameters]), step_over: () => void taken.push(["step_over"]) }).attached;
  let seen;
  function Panel() {
    seen = useDashboard("hooked", { url: server.url, limit: 5 });
    return createElement("p", null, `${seen.connected} ${seen.events.map((event) => event.name).join(" ")}`);
  }
  const root = createRoot(document.querySelector("main"));
  root.render(createElement(Panel));
  const text = () => document.querySelector("p")?.textContent ?? "";
  await until("the first events", () => text().startsWith("true") && text().includes("SESSION_STARTED"));
  run.iteration();
  await until("the next", () => text().includes("ITERATION_STARTED"));
  await seen.halt("look first");
  await seen.stepOver();
  await until("both commands", () => taken.length === 2);
  assert.deepEqual(taken[0], ["halt", { reason: "look first" }]);
  for (let n = 0; n < 20; n += 1) run.log(`line ${n}`);
  await until("the newest, within the bound", () => seen.events.at(-1)?.data.message === "line 19" && seen.events.length === 5);
  seen.clearEvents();
  await until("nothing", () => seen.events.length === 0);
  await assert.rejects(seen.sendCommand("rollback", { steps: -1 }));
  await until("the error", () => seen.error);
  root.unmount();
  await run.finish();
  await loopscope.close();
});
