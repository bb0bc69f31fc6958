// Looking back: any moment of a run by link, by hand, step by step and played; every panel shows it; what comes
// meanwhile waits; only Halt acts; notes at moments.
import { expect, test } from "./fixtures.js";
import { run, send } from "./loop.js";
import { orchestration } from "./orchestrator.js";

const isLive = (page) => expect(page.getByRole("button", { name: /^Connection: Live/ })).toBeVisible();
const bar = (page) => page.getByRole("region", { name: "Replay" });
const track = (page) => page.getByRole("slider", { name: "Moment" });
const state = (page) => page.locator(".strip li.on");

/** The page of a session, alive. */
async function open(page, path) {
  await page.goto(path);
  await isLive(page);
}

/** The track shows an event of so many. */
const isAt = (page, seq) => expect(track(page)).toHaveAttribute("aria-valuenow", String(seq));

test.describe("without a script", () => {
  test.use({ javaScriptEnabled: false });

  test("a link shows the moment, and the way to the next", async ({ page, server }) => {
    await send(server.url, run("still-looked-at"));
    await page.goto("/sessions/still-looked-at?at=5");
    await expect(state(page)).toContainText("Fixing");
    await expect(page.locator(".head .pill")).toHaveText("Running");
    await expect(page.getByRole("link", { name: "Events 5" })).toBeVisible();
    await expect(page.locator(".looking")).toContainText("before the end");
    await expect(bar(page)).toContainText("To the end · 27 events");
    await bar(page).locator("[data-step=on]").click();
    await expect(page).toHaveURL(/at=6/);
    await page.getByRole("link", { name: "Events 6" }).click();
    await expect(page).toHaveURL(/at=6/);
    await expect(page.locator(".vlist .vrow")).toHaveCount(6);
    await bar(page).locator("[data-live]").click();
    await expect(page).not.toHaveURL(/at=/);
    await expect(state(page)).toContainText("Converged");
  });

  test("what is no moment shows the newest", async ({ page, server }) => {
    await send(server.url, run("odd"));
    for (const at of ["nonsense", "0", "32", "9999"]) {
      await page.goto(`/sessions/odd?at=${at}`);
      await expect(state(page)).toContainText("Converged");
      await expect(bar(page)).toContainText("At the end");
    }
  });
});

test("keys step through the run, and the address follows", async ({ page, server }) => {
  await send(server.url, run("keys"));
  await open(page, "/sessions/keys");
  await expect(bar(page)).toContainText("At the end");
  await track(page).focus();
  await page.keyboard.press("Home");
  await isAt(page, 1);
  await page.keyboard.press("ArrowRight");
  await isAt(page, 2);
  await page.keyboard.press("ArrowRight");
  await isAt(page, 3);
  await expect(state(page)).toContainText("Diagnosing");
  await expect(page).toHaveURL(/[?&]at=3/);
  // The keys of the page do the same, wherever the focus is.
  await page.locator("h1").first().click();
  await page.keyboard.press(".");
  await isAt(page, 4);
  await page.keyboard.press(",");
  await isAt(page, 3);
  await expect(page.getByRole("link", { name: "Events 3" })).toBeVisible();
  await page.keyboard.press("l");
  await expect(bar(page)).toContainText("At the end");
  await expect(state(page)).toContainText("Converged");
  await expect(page).not.toHaveURL(/at=/);
});

test("a hand on the track shows any moment, and a link to it opens the same", async ({ page, server }) => {
  await send(server.url, run("hand"));
  await open(page, "/sessions/hand");
  const box = await track(page).boundingBox();
  const asked = () => Number(new URL(page.url()).searchParams.get("at") ?? 0);
  await page.mouse.move(box.x + box.width * 0.9, box.y + 8);
  await page.mouse.down();
  await expect.poll(asked).toBeGreaterThan(24);
  await page.mouse.move(box.x + box.width * 0.5, box.y + 8);
  await page.mouse.up();
  await expect.poll(asked).toBeLessThan(24);
  const at = asked();
  expect(at).toBeGreaterThan(8);
  await isAt(page, at);
  const told = await page.locator(".head").innerText();
  await page.reload();
  await isLive(page);
  await isAt(page, at);
  expect(await page.locator(".head").innerText()).toBe(told);
  await bar(page).getByRole("button", { name: /To the end/ }).click();
  await expect(state(page)).toContainText("Converged");
});

test("a run is played to its end", async ({ page, server }) => {
  await send(server.url, run("played"));
  await open(page, "/sessions/played?at=2");
  await isAt(page, 2);
  await bar(page).getByLabel("Speed").selectOption("32");
  await bar(page).getByRole("button", { name: "Play" }).click();
  await expect(state(page)).toContainText("Converged");
  await expect(bar(page)).toContainText("At the end");
  await expect(bar(page).getByRole("button", { name: "Play" })).toBeVisible();
  // From the end it begins anew.
  await bar(page).getByLabel("Speed").selectOption("0.5");
  await bar(page).getByRole("button", { name: "Play" }).click();
  await expect(bar(page).getByRole("button", { name: "Pause" })).toBeVisible();
  await expect(bar(page)).toContainText("To the end");
  await page.keyboard.press("Escape");
  await bar(page).getByRole("button", { name: "Pause" }).click();
  await expect(page).toHaveURL(/[?&]at=\d+/);
});

test("what comes meanwhile waits, and nothing of it is missed", async ({ page, server }) => {
  const events = run("meanwhile");
  await send(server.url, events.slice(0, 12));
  await open(page, "/sessions/meanwhile?at=3");
  await expect(bar(page)).toContainText("Back to live · 9 events");
  await expect(page.locator(".looking")).toContainText("Only Halt is available.");
  await send(server.url, events.slice(12));
  await expect(bar(page)).toContainText("To the end · 29 events");
  await expect(state(page)).toContainText("Diagnosing");
  await isAt(page, 3);
  await bar(page).locator("[data-live]").click();
  await expect(state(page)).toContainText("Converged");
  await expect(page.getByRole("link", { name: "Events 32" })).toBeVisible();
});

test("the events of the moment are listed, and the next ones come with it", async ({ page, server }) => {
  await send(server.url, run("listed"));
  await open(page, "/sessions/listed?tab=events&at=5");
  const rows = page.locator(".vlist .vrow");
  await expect(rows).toHaveCount(5);
  await page.keyboard.press(".");
  await expect(rows).toHaveCount(6);
  await expect(rows.first()).toContainText("STEP_COMPLETE");
  await page.keyboard.press(",");
  await expect(rows).toHaveCount(5);
  await page.keyboard.press("l");
  await expect(page.getByRole("region", { name: "Events", exact: true })).toContainText("32 events");
  await expect(rows.first()).toContainText("SESSION_ENDED");
  // Found ones too.
  await open(page, "/sessions/listed?tab=events&kind=iteration_started&at=13");
  await expect(rows).toHaveCount(2);
  await bar(page).locator("[data-live]").click();
  await expect(rows).toHaveCount(3);
});

test("metrics are shown as they were", async ({ page, server, request }) => {
  const events = Array.from({ length: 40 }, (_, n) => ({
    event_id: `numbers-${n}`,
    session_id: "numbers",
    event_type: "METRICS",
    timestamp: new Date(Date.UTC(2026, 0, 5, 10, 0, n)).toISOString(),
    data: { step: n, metrics: { loss: 40 - n } },
  }));
  expect((await request.post("/api/v1/events", { data: events })).ok()).toBe(true);
  await open(page, "/sessions/numbers?tab=metrics&at=10");
  const card = page.locator(".metric-card").first();
  await expect(card).toContainText("10 points");
  await page.keyboard.press(".");
  await expect(card).toContainText("11 points");
  await page.keyboard.press("l");
  await expect(card).toContainText("40 points");
});

test("of the controls only Halt acts at an earlier moment", async ({ page, server }) => {
  await send(server.url, orchestration("acts"));
  await open(page, "/sessions/acts?at=9");
  const controls = page.getByRole("group", { name: "Controls" });
  await expect(controls.getByRole("button", { name: "Halt" })).toBeEnabled();
  for (const name of ["Roll back…", "Redirect…", "Inject…"]) {
    await expect(controls.getByRole("button", { name })).toBeDisabled();
  }
  await expect(controls.getByRole("button", { name: "Inject…" })).toHaveAttribute("title", /earlier moment/);
  await page.keyboard.press("l");
  await expect(controls.getByRole("button", { name: "Inject…" })).toBeEnabled();
});

test("a note is left at a moment, seen by everybody, changed and taken away", async ({ page, context, server }) => {
  await send(server.url, run("noted"));
  const other = await context.newPage();
  await open(other, "/sessions/noted");
  await open(page, "/sessions/noted?at=5");
  await page.keyboard.press("a");
  const dialog = page.getByRole("dialog", { name: "Notes" });
  await expect(dialog).toContainText("At event 5");
  await dialog.getByRole("textbox").fill("<b>Here</b> it went wrong");
  await dialog.getByRole("button", { name: "Add note" }).click();
  await expect(dialog.getByRole("listitem")).toContainText("<b>Here</b> it went wrong");
  await expect(other.locator(".track .note-flag")).toHaveCount(1);
  await expect(other.getByRole("button", { name: "Notes, 1" })).toBeVisible();
  // The other page goes to its moment, and changes it.
  await other.getByRole("button", { name: "Notes, 1" }).click();
  const there = other.getByRole("dialog", { name: "Notes" });
  await there.getByRole("button", { name: "Edit" }).click();
  await expect(there).toContainText("Edit the note at event 5");
  await there.getByRole("textbox").fill("Here it went right");
  await there.getByRole("button", { name: "Save", exact: true }).click();
  await expect(dialog.getByRole("listitem")).toContainText("Here it went right");
  await there.getByRole("listitem").getByRole("button").first().click();
  await expect(state(other)).toContainText("Fixing");
  await isAt(other, 5);
  await dialog.getByRole("button", { name: "Delete…" }).click();
  await dialog.getByRole("button", { name: "Delete", exact: true }).click();
  await expect(dialog.getByRole("listitem")).toHaveCount(0);
  await expect(other.locator(".track .note-flag")).toHaveCount(0);
  await other.close();
});
