// What the tests of charts share: sessions with charts, the parts of a figure, what hands do.
import { expect } from "./fixtures.js";
import { send } from "./loop.js";
import { epoch, event as trained } from "./train.js";

export const chart = (page, name) => page.locator(".chart", { has: page.getByRole("heading", { name, exact: true }) });
export const plot = (figure) => figure.getByRole("img");
export const painted = (page) => expect(page.locator(".chart canvas").first()).toHaveAttribute("width", /\d{3,}/);
export const isLive = (page) => expect(page.getByRole("button", { name: /^Connection: Live/ })).toBeVisible();
export const frames = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

/** A loop of passes, in each of which `findings` are found and some fixed. */
export function passes(session, count) {
  const events = [];
  const add = (iteration, event_type, data) =>
    events.push({ event_id: `${session}-${events.length}-${iteration}`, session_id: session, iteration, event_type, data });
  for (let n = 1; n <= count; n += 1) {
    add(n, "ITERATION_STARTED", { iteration: n });
    const found = 100 - n * 4;
    const metrics = { issues_found: found, critical: 1, high: 2, medium: 3, low: found - 6 };
    add(n, "STEP_COMPLETE", { step: "diagnose", success: true, findings_count: found, metrics });
    add(n, "STEP_COMPLETE", { step: "fix", success: true, fixes_count: 3, metrics: { fixes_applied: 3 } });
  }
  return events;
}

/** A run whose accuracy and loss have an epoch each. */
export const epochs = (session, count) => [
  trained(session, "TRAINING_STARTED", { n_envs: 1, max_epochs: count }),
  ...Array.from({ length: count }, (_, i) =>
    epoch(session, i + 1, 20 + 60 * (1 - Math.exp(-i / 20)) + (i % 2) * 8, 0, { val_loss: 5 / (i + 1) })),
];

/** A loop's page with its charts. */
export async function open(page, server, session, query = "") {
  await send(server.url, passes(session, 20));
  await page.goto(`/sessions/${session}${query}`);
  await isLive(page);
  await painted(page);
}

/** A run's page with its charts. */
export async function openRun(page, server, session, query = "") {
  await send(server.url, epochs(session, 60));
  await page.goto(`/sessions/${session}${query}`);
  await isLive(page);
  await painted(page);
}

/** Drags from one share of a plot to another. */
export async function drag(page, figure, from, to) {
  // Into the middle: the bar at the foot of the page covers what is at its edge.
  await figure.evaluate((element) => element.scrollIntoView({ block: "center", behavior: "instant" }));
  const box = await figure.locator(".stage").boundingBox();
  await page.mouse.move(box.x + box.width * from, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * to, box.y + 44, { steps: 5 });
  await expect(figure.locator(".brush")).toBeAttached();
  await page.mouse.up();
}

/** The stretch of an axis that the address has. */
export const zoom = (page, axis) => {
  const found = new URL(page.url()).searchParams.getAll("zoom").find((value) => value.endsWith(`:${axis}`));
  return found?.split(":")[0].split("..").map(Number);
};

export async function menu(figure, name) {
  await figure.hover();
  await figure.getByRole("button", { name: `${name}: more` }).click();
  return figure.getByRole("group", { name, exact: true });
}
