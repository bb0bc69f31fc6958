// The charts of a session: in the HTML without a script, painted when alive, moved by events, pointed at and read.
import { expect, test } from "./fixtures.js";

let place = 0;

/** One event of a loop. */
const event = (session_id, iteration, event_type, data) => ({
  event_id: `${session_id}-${(place += 1)}`,
  session_id,
  iteration,
  event_type,
  state: "IDLE",
  timestamp: new Date(Date.UTC(2026, 0, 5, 10, 0, place)).toISOString(),
  data,
});

/** A pass that finds `findings` and puts `fixes` right. */
const pass = (session, iteration, findings, fixes) => [
  event(session, iteration, "ITERATION_STARTED", { iteration }),
  event(session, iteration, "STEP_STARTED", { step: "diagnose" }),
  event(session, iteration, "STEP_COMPLETE", {
    step: "diagnose",
    findings_count: findings,
    metrics: { issues_found: findings, critical: 1, high: 0, medium: findings - 1, low: 0 },
  }),
  event(session, iteration, "STEP_STARTED", { step: "fix" }),
  event(session, iteration, "STEP_COMPLETE", { step: "fix", fixes_count: fixes }),
];

/** Stores events, and waits until they are on disk. */
async function send(request, events) {
  const response = await request.post("/api/v1/events", { data: events });
  expect(response.ok(), await response.text()).toBe(true);
}

/** A session of two passes, on its page, alive. */
async function open(page, request, session) {
  await send(request, [...pass(session, 1, 9, 4), ...pass(session, 2, 5, 3)]);
  await show(page, session);
}

/** A session's page, alive. */
async function show(page, session) {
  await page.goto(`/sessions/${session}`);
  await expect(page.locator(".chart canvas").first()).toHaveAttribute("width", /\d{3,}/);
}

const chart = (page, name) => page.locator(".chart", { has: page.getByRole("heading", { name, exact: true }) });

/** The colours of a canvas and how often each is there; read from a copy, so that the page's own stays quick. */
const colors = (canvas) => {
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  const seen = {};
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] < 255) continue;
    const color = `${data[i]},${data[i + 1]},${data[i + 2]}`;
    seen[color] = (seen[color] ?? 0) + 1;
  }
  return seen;
};

/** How many pixels are fully painted in a colour. */
const inked = async (canvas, color) => (await canvas.evaluate(colors))[color] ?? 0;

/** The hues that both themes have for diagnosing, and the light one's for a medium finding. */
const BLUE = { light: "29,102,218", dark: "76,142,239" };
const AMBER = "181,134,0";

test.describe("without a script", () => {
  test.use({ javaScriptEnabled: false });

  test("the charts are in the page", async ({ page, request }) => {
    const session = "figures-still";
    await send(request, [...pass(session, 1, 9, 4), ...pass(session, 2, 5, 3)]);
    await page.goto(`/sessions/${session}`);
    const plot = chart(page, "Findings and fixes").getByRole("img");
    await expect(plot).toHaveAccessibleName(/Findings fell from 9 to 5, Fixes fell from 4 to 3/);
    await expect(plot.locator(".figure-svg path").first()).toBeVisible();
    expect(await page.locator(".chart [style]").count()).toBe(0);
  });
});

test("events move the charts, and the crosshair is one for all", async ({ page, request }) => {
  const session = "figures-live";
  await open(page, request, session);
  const findings = chart(page, "Findings and fixes");
  const severity = chart(page, "By severity");
  await expect.poll(() => inked(findings.locator("canvas"), BLUE.light)).toBeGreaterThan(20);

  await send(request, pass(session, 3, 2, 2));
  await expect(findings.getByRole("img")).toHaveAccessibleName(/Findings fell from 9 to 2/);

  // The second of ten places.
  const box = await findings.locator(".stage").boundingBox();
  await page.mouse.move(box.x + box.width * 0.16, box.y + 40);
  await expect(findings.locator(".tip")).toContainText("Iteration 2");
  await expect(findings.getByRole("status")).toHaveText("Iteration 2: Findings 5, Fixes 3");
  await expect(severity.locator(".cross.faint")).toBeAttached();
  await expect(severity.getByRole("button", { name: "Medium 4" })).toBeVisible();

  await page.mouse.move(0, 0);
  await expect(page.locator(".cross")).toHaveCount(0);
  await expect(severity.getByRole("button", { name: "Medium 1" })).toBeVisible();
});

test("the keys walk the points", async ({ page, request }) => {
  const session = "figures-keys";
  await open(page, request, session);
  const findings = chart(page, "Findings and fixes");
  await findings.getByRole("img").focus();
  const status = findings.getByRole("status");
  for (const [key, said] of [
    ["ArrowRight", /^Iteration 2/],
    ["ArrowLeft", /^Iteration 1/],
    ["End", /^Iteration 2/],
    ["Escape", /^$/],
  ]) {
    await page.keyboard.press(key);
    await expect(status).toHaveText(said);
  }
});

test("a series is put away, and the figures are behind a button", async ({ page, request }) => {
  const session = "figures-table";
  await open(page, request, session);
  const severity = chart(page, "By severity");
  await expect.poll(() => inked(severity.locator("canvas"), AMBER)).toBeGreaterThan(500);
  await severity.getByRole("button", { name: /^Medium/ }).click();
  await expect(severity.getByRole("button", { name: /^Medium/ })).toHaveAttribute("aria-pressed", "false");
  await expect.poll(() => inked(severity.locator("canvas"), AMBER)).toBe(0);

  const findings = chart(page, "Findings and fixes");
  await findings.hover();
  await findings.getByRole("button", { name: "Findings and fixes as a table" }).click();
  await expect(findings.getByRole("row").nth(1)).toHaveText("253");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    findings.getByRole("button", { name: "Save CSV" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("findings-and-fixes.csv");
});

test("another theme is painted in its own colours", async ({ page, request }) => {
  await open(page, request, "figures-hues");
  const canvas = chart(page, "Step time").locator("canvas");
  for (const [scheme, other] of [["light", "dark"], ["dark", "light"]]) {
    await page.emulateMedia({ colorScheme: scheme });
    await expect.poll(() => inked(canvas, BLUE[scheme])).toBeGreaterThan(100);
    expect(await inked(canvas, BLUE[other])).toBe(0);
  }
});

test("a hostile step is a name like any other", async ({ page, request }) => {
  const session = "figures-hostile";
  const step = "<img src=x onerror=alert(1)>";
  await send(request, [
    event(session, 1, "STEP_STARTED", { step }),
    event(session, 1, "STEP_COMPLETE", { step }),
    event(session, 1, "STEP_STARTED", { step: "fix" }),
    event(session, 1, "STEP_COMPLETE", { step: "fix" }),
  ]);
  await show(page, session);
  const times = chart(page, "Step time");
  await expect(times.getByRole("button", { name: step })).toBeVisible();
  await times.getByRole("img").focus();
  await page.keyboard.press("End");
  await expect(times.locator(".tip")).toContainText(step);
  await expect(times.locator("img[src]")).toHaveCount(0);
});
