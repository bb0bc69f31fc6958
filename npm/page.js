// A page for hooks: a DOM, a React root, and what a hook gave last.
import { JSDOM } from "jsdom";
import { until } from "./support.js";

export const { window } = new JSDOM("<main></main>");
Object.assign(globalThis, { window, document: window.document, IS_REACT_ACT_ENVIRONMENT: false });
if (!globalThis.navigator) globalThis.navigator = window.navigator;
const { createElement, Fragment, StrictMode } = await import("react");
const { createRoot } = await import("react-dom/client");

/** A component that uses a hook, mounted until the test's end. `use` gets the properties; `seen()` is what it gave last. */
export async function mount(t, use, properties = {}, { strict = false } = {}) {
  let last;
  const renders = [];
  function Panel(given) {
    last = use(given);
    renders.push(last);
    return null;
  }
  const root = createRoot(document.createElement("main"));
  const render = (given) => root.render(createElement(strict ? StrictMode : Fragment, null, createElement(Panel, given)));
  t.after(() => root.unmount());
  render(properties);
  await until("the first rendering", () => last);
  return { seen: () => last, renders, render, unmount: () => root.unmount() };
}

/** Runs `body` as on a page of `origin`: there is a location, and sockets are a browser's, which tell where they are. */
export async function onPageOf(origin, body) {
  const page = new JSDOM("", { url: `${origin}/` }).window;
  const before = { location: globalThis.location, WebSocket: globalThis.WebSocket };
  Object.assign(globalThis, { location: page.location, WebSocket: page.WebSocket });
  try {
    return await body();
  } finally {
    Object.assign(globalThis, before);
  }
}
