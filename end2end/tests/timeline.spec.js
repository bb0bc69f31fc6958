// The Timeline tab: bars of what took time, in three ways; zoomed and moved by wheel, drag, keys and map; one chosen with
// its details; live, at a link, without a script, on a phone.
import { expect, test } from "./fixtures.js";

const START = Date.UTC(2026, 0, 5, 10, 0, 0);
let sent = 0;

/** Sends events: `[seconds, iteration, name, data]` each. */
async function tell(request, session, lines) {
  const events = lines.map(([seconds, iteration, event_type, data = {}]) => ({
    event_id: `${session}-${(sent += 1)}`,
    session_id: session,
    iteration,
    event_type,
    timestamp: new Date(START + seconds * 1000).toISOString(),
    data,
  }));
  const response = await request.post("/api/v1/events", { data: events });
  expect(response.ok(), await response.text()).toBe(true);
}

/** Passes of a minute: a diagnosis of 20 s, a fix of 30 s that fails in every third; the last pass goes on. */
function passes(from, to, { ends = false } = {}) {
  const lines = from === 1 ? [[0, 0, "SESSION_STARTED", { name: "Timeline run" }]] : [];
  for (let pass = from; pass <= to; pass += 1) {
    const at = (pass - 1) * 60;
    lines.push(
      [at, pass, "ITERATION_STARTED", { iteration: pass }],
      [at + 1, pass, "STEP_STARTED", { step: "diagnose", tool: "cargo", args: ["clippy"] }],
      [at + 21, pass, "STEP_COMPLETE", { step: "diagnose", success: true, findings_count: pass }],
      [at + 22, pass, "STEP_STARTED", { step: "fix" }],
    );
    if (pass === to && !ends) break;
    lines.push(
      pass % 3 === 0
        ? [at + 52, pass, "STEP_FAILED", { step: "fix", error: "patch does not apply" }]
        : [at + 52, pass, "STEP_COMPLETE", { step: "fix", success: true, fixes_count: 1 }],
      [at + 58, pass, "ITERATION_ENDED", { iteration: pass }],
    );
  }
  if (ends) lines.push([to * 60, to, "SESSION_ENDED", {}]);
  return lines;
}

/** Leaves a note at an event. */
async function note(request, session, at, text) {
  const response = await request.post(`/api/v1/sessions/${session}/annotations`, { data: { at: String(at), text } });
  expect(response.ok(), await response.text()).toBe(true);
}

const panel = (page) => page.getByRole("region", { name: "Timeline", exact: true });
const lanes = (page) => page.locator(".tl-lanes");
const names = (page) => page.locator(".tl-names .gl");
const details = (page) => page.getByRole("complementary", { name: "Selected span" });

/** The tab, alive and drawn. */
async function open(page, session, query = "") {
  await page.goto(`/sessions/${session}?tab=timeline${query}`);
  await expect(page.locator(".tl-panel.alive")).toHaveAttribute("data-bars", /\d+/);
}

/** The stretch that the address names, in milliseconds. */
function stretch(page) {
  const text = new URL(page.url()).searchParams.get("t");
  return text && text.split("..").map(Number);
}

/** The stretch, once the address follows. */
async function settled(page, fits) {
  await expect.poll(() => fits(stretch(page)), { timeout: 20_000 }).toBe(true);
  return stretch(page);
}

/** Where a time is on the screen: the whole is shown, with its margin. */
async function place(page, seconds, [from, to], row = 0) {
  const box = await lanes(page).boundingBox();
  const share = (START + seconds * 1000 - from) / (to - from);
  return { x: box.x + box.width * share, y: box.y + row * 28 + 14 };
}

/** What the fitted view of so many finished passes shows: from the first start to the last end, with a margin. */
const whole = (count) => {
  const length = (count - 1) * 60_000 + 58_000;
  const margin = length * 0.015;
  return [START - margin, START + length + margin];
};

test.describe("without a script", () => {
  // Nothing runs the wasm that the page preloads.
  test.use({ javaScriptEnabled: false, expectedMessages: [/was preloaded using link preload but not used/] });

  test("bars, links, groups and the table are in the page", async ({ page, request }) => {
    await tell(request, "tl-still", passes(1, 5, { ends: true }));
    await page.goto("/sessions/tl-still?tab=timeline");
    await expect(names(page)).toContainText(["Iterations 1 to 3", "Iteration 4", "Iteration 5", "Diagnose", "Fix"]);
    await expect(page.locator(".tl-svg .bar")).toHaveCount(2);
    await page.getByRole("link", { name: "Diagnose, 20 s, completed, 5 findings" }).click();
    await expect(details(page)).toContainText("cargo clippy");
    await page.locator(".tl-names a", { hasText: "Iteration 4" }).click();
    await expect(names(page)).toHaveCount(7);
    await page.getByRole("link", { name: "History" }).click();
    await expect(names(page)).toHaveCount(15);
    await page.getByText("As a table").click();
    await expect(page.getByRole("region", { name: "Spans" }).locator("tbody tr")).toHaveCount(15);
    expect(await page.locator(".tl-panel [style]").count()).toBe(0);
    // A link shows the stretch that it names.
    await page.goto(`/sessions/tl-still?tab=timeline&mode=history&t=${START + 70_000}..${START + 75_000}`);
    await expect(page.locator(".tl-svg .bar")).toHaveCount(2);
  });

  test("a note is a flag with the way to its moment", async ({ page, request }) => {
    await tell(request, "tl-still-note", passes(1, 2, { ends: true }));
    await note(request, "tl-still-note", 4, "Five findings <b>here</b>");
    await page.goto("/sessions/tl-still-note?tab=timeline");
    await page.getByRole("link", { name: "Note at 10:00:21: Five findings <b>here</b>" }).click();
    await expect(page).toHaveURL(/tab=timeline&at=4$/);
  });
});

test("notes are flags at their moments, live, by keyboard, and on the whole", async ({ page, request }) => {
  await tell(request, "tl-note", passes(1, 3, { ends: true }));
  await open(page, "tl-note", "&mode=compact");
  const flag = (text) => page.getByRole("list", { name: "Notes" }).getByRole("link", { name: new RegExp(`^Note at .*${text}`) });
  await note(request, "tl-note", 4, "First diagnosis done");
  await note(request, "tl-note", 10, "Second one");
  await expect(flag("First diagnosis done")).toBeVisible();
  const at = await place(page, 21, whole(3));
  const box = await flag("First diagnosis done").boundingBox();
  expect(Math.abs(box.x - at.x)).toBeLessThan(4);
  // Out of what is seen, out of the way.
  await page.goto(`/sessions/tl-note?tab=timeline&mode=compact&t=${START + 60_000}..${START + 90_000}`);
  await expect(page.locator(".tl-panel.alive")).toHaveAttribute("data-bars", /\d+/);
  await expect(flag("Second one")).toBeVisible();
  await expect(flag("First diagnosis done")).toBeHidden();
  await flag("Second one").press("Enter");
  await expect(page).toHaveURL(/at=10/);
  await expect(page.getByRole("region", { name: "Replay" })).toHaveClass(/earlier/);
  // Of an earlier moment only what was noted until then.
  await page.goto("/sessions/tl-note?tab=timeline&mode=compact&at=5");
  await expect(page.locator(".tl-panel.alive")).toHaveAttribute("data-bars", /\d+/);
  await expect(flag("First diagnosis done")).toBeVisible();
  await expect(flag("Second one")).toHaveCount(0);
});

test("the wheel zooms where the pointer is, a drag moves, and the address says so", async ({ page, request }) => {
  await tell(request, "tl-zoom", passes(1, 4, { ends: true }));
  await open(page, "tl-zoom", "&mode=compact");
  const all = whole(4);
  const at = await place(page, 120, all);
  await page.locator(".tl-scroll").focus();
  await page.mouse.move(at.x, at.y);
  await page.mouse.wheel(0, -500);
  const near = await settled(page, (now) => now !== null);
  const length = ([from, to]) => to - from;
  expect(length(near)).toBeLessThan(length(all) * 0.6);
  // The time under the pointer stayed there.
  const share = ([from, to]) => (START + 120_000 - from) / (to - from);
  expect(Math.abs(share(near) - share(all))).toBeLessThan(0.01);

  await page.mouse.down();
  await page.mouse.move(at.x - 60, at.y, { steps: 4 });
  await page.mouse.up();
  const moved = await settled(page, (now) => now !== null && now[0] > near[0]);
  expect(Math.abs(length(moved) - length(near))).toBeLessThan(5);
  await page.reload();
  await expect(page.locator(".tl-panel.alive")).toHaveAttribute("data-bars", /\d+/);
  expect(stretch(page)).toEqual(moved);
  await page.getByRole("button", { name: "Fit" }).click();
  await settled(page, (now) => now === null);
});

test("keys zoom, move and fit, and go from bar to bar", async ({ page, request }) => {
  await tell(request, "tl-keys", passes(1, 4, { ends: true }));
  await open(page, "tl-keys");
  const timeline = page.getByRole("application", { name: "Timeline" });
  await timeline.focus();
  await page.keyboard.press("w");
  const near = await settled(page, (now) => now !== null);
  await page.keyboard.press("d");
  const right = await settled(page, (now) => now !== null && now[0] > near[0]);
  await page.keyboard.press("a");
  await settled(page, (now) => now !== null && now[0] < right[0]);
  await page.keyboard.press("s");
  await page.keyboard.press("s");
  await settled(page, (now) => now === null);

  // The first bar of a lane, then the lane below, then its details closed.
  await page.keyboard.press("ArrowRight");
  await expect(page.locator(".tl-said")).toHaveText(/^Diagnose, 20 s, completed/);
  await page.keyboard.press("ArrowDown");
  await expect(page.locator(".tl-said")).toHaveText(/^Fix, 30 s, completed, 1 fix/);
  await expect(details(page).getByRole("heading", { name: "Fix" })).toBeVisible();
  await expect(page).toHaveURL(/span=\d+/);
  await page.keyboard.press("f");
  await settled(page, (now) => now !== null && now[1] - now[0] < 60_000);
  await page.keyboard.press("Escape");
  await expect(details(page)).toHaveCount(0);
});

test("a bar that is chosen tells of itself and leads to its events", async ({ page, request }) => {
  await tell(request, "tl-chosen", passes(1, 3, { ends: true }));
  await open(page, "tl-chosen", "&mode=history");
  // Passes and steps by start: the fix of the third pass is the last row.
  await expect(names(page)).toHaveCount(9);
  const at = await place(page, 160, whole(3), 8);
  await page.mouse.move(at.x, at.y);
  await expect(page.locator(".tl-tip")).toContainText("Fix");
  await page.mouse.click(at.x, at.y);
  await expect(details(page)).toContainText("Failed");
  await expect(details(page)).toContainText("patch does not apply");
  await expect(details(page)).toContainText("median 30 s over 2");
  await expect(page).toHaveURL(/span=\d+/);
  await page.reload();
  await expect(details(page)).toContainText("patch does not apply");
  await details(page).getByRole("link", { name: "Show events" }).click();
  await expect(page).toHaveURL(/tab=events.*step=fix.*iteration=3/);
  await expect(page.getByText("STEP_FAILED").first()).toBeVisible();
});

test("what goes on grows, and what comes is put in its row", async ({ page, request }) => {
  await tell(request, "tl-live", passes(1, 2));
  await open(page, "tl-live");
  await expect(names(page)).toContainText(["Iteration 1", "Iteration 2", "Diagnose", "Fix"]);
  await expect(page.locator(".tl-foot")).toContainText("6 spans");
  await tell(request, "tl-live", [
    [112, 2, "STEP_COMPLETE", { step: "fix", success: true, fixes_count: 4 }],
    [113, 2, "STEP_STARTED", { step: "attack" }],
  ]);
  await expect(names(page)).toContainText(["Iteration 1", "Iteration 2", "Diagnose", "Fix", "Attack"]);
  await expect(page.locator(".tl-foot")).toContainText("7 spans");
  await tell(request, "tl-live", [[118, 2, "ITERATION_ENDED", { iteration: 2 }], ...passes(3, 3, { ends: true })]);
  await expect(names(page).filter({ hasText: "Iteration 3" })).toBeVisible();
});

test("modes, kinds and groups are links that restore the view", async ({ page, request }) => {
  await tell(request, "tl-modes", passes(1, 5, { ends: true }));
  await open(page, "tl-modes");
  await page.locator(".tl-names a", { hasText: "Iterations 1 to 3" }).click();
  await expect(names(page).filter({ hasText: /^Iteration 2/ })).toBeVisible();
  await expect(page).toHaveURL(/open=earlier/);
  await page.getByRole("link", { name: "Compact" }).click();
  await expect(names(page)).toContainText(["Iterations", "Steps"]);
  await page.locator(".menu summary").click();
  await page.locator(".menu-list").getByRole("link", { name: "Steps" }).click();
  await expect(names(page)).toHaveText([/^Steps/]);
  await expect(page).toHaveURL(/mode=compact&show=step/);
  await page.reload();
  await expect(page.locator(".tl-panel.alive")).toHaveAttribute("data-bars", "10");
});

test("the map moves what is seen", async ({ page, request }) => {
  await tell(request, "tl-map", passes(1, 10, { ends: true }));
  await open(page, "tl-map", `&mode=compact&t=${START}..${START + 60_000}`);
  const map = await page.locator(".tl-map").boundingBox();
  await page.mouse.click(map.x + map.width * 0.75, map.y + 16);
  const now = await settled(page, (now) => now !== null && now[0] > START + 300_000);
  expect(Math.abs(now[1] - now[0] - 60_000)).toBeLessThan(5);
});

test("the trace is a file", async ({ page, request }) => {
  await tell(request, "tl-trace", passes(1, 2, { ends: true }));
  await open(page, "tl-trace");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Trace" }).click()]);
  expect(download.suggestedFilename()).toBe("trace.json");
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("it fits, and a finger chooses a bar", async ({ page, request }) => {
    await tell(request, "tl-phone", passes(1, 2, { ends: true }));
    await open(page, "tl-phone", "&mode=history");
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    const at = await place(page, 10, whole(2), 1);
    await page.touchscreen.tap(at.x, at.y);
    await expect(details(page)).toContainText("1 finding");
  });
});
