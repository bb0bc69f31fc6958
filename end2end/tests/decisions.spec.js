// The inbox: questions over all sessions, answered once, by keys or by a tap; and the tabs of an orchestrator's page.
import { expect, test } from "./fixtures.js";
import { orchestration } from "./orchestrator.js";
import { send } from "./loop.js";

const isLive = (page) => expect(page.getByRole("button", { name: /^Connection: Live/ })).toBeVisible();

/** A question of a session of its own. */
const question = (session, more = {}) => [
  { session_id: session, event_type: "execution:started", data: { task: `Task ${session}` } },
  { session_id: session, event_type: "decision:point", data: { decision_id: "d", question: `Go on with ${session}?`, options: [{ option_id: "go", label: "Go on", consequences: "It goes on" }, { option_id: "stop", label: "Stop now", recommended: true }], ...more } },
];

const link = (session) => `/decisions?session=${session}&decision=d`;

test("a question appears by itself, counts in the title, and a key answers it", async ({ page, server }) => {
  await page.goto("/decisions");
  await isLive(page);
  await send(server.url, question("by-keys"));
  const list = page.getByRole("region", { name: "Inbox" });
  await expect(list).toContainText("Go on with by-keys?");
  await expect(page).toHaveTitle(/^\(\d+\) Decisions/);
  await list.getByRole("link", { name: /Go on with by-keys/ }).click();
  const detail = page.getByRole("article", { name: "Decision" });
  await expect(detail.getByRole("heading", { name: "Go on with by-keys?" })).toBeVisible();
  await detail.getByLabel(/^Reason/).fill("1 is not an answer here");
  await page.locator("main").focus();
  await page.keyboard.press("1");
  await expect(detail).toContainText("Go on");
  await expect(detail).toContainText("by local");
  await expect(detail).toContainText("1 is not an answer here");
  await expect(detail.getByRole("button", { name: /Stop now/ })).toHaveCount(0);
  const { decisions } = await (await fetch(`${server.url}/api/v1/decisions`)).json();
  expect(decisions.find((row) => row.session_id === "by-keys")).toMatchObject({ choice: "go", by: "local", state: "answered" });
});

test.describe("two people", () => {
  test.use({ expectedMessages: [/Failed to load resource: .* 409/] });

  test("the first answer counts; the second is told who and what", async ({ page, browser, server }) => {
    await send(server.url, question("both"));
    const other = await browser.newPage({ baseURL: server.url });
    await Promise.all([page.goto(link("both")), other.goto(link("both"))]);
    await Promise.all([isLive(page), isLive(other)]);
    // The second one's page does not hear of the first answer before it is pressed.
    await page.route("**/decisions/d", async (route) => {
      await other.getByRole("button", { name: /Stop now/ }).click();
      await expect(other.getByRole("article")).toContainText("by local");
      await route.continue();
    });
    await page.getByRole("button", { name: /Go on/ }).click();
    await expect(page.getByRole("alert")).toHaveText(/local chose “Stop now.*” before your “Go on”/);
    await other.close();
  });
});

test("when its time is over the default is chosen, and that is said", async ({ page, server }) => {
  // The page is there first: how long it takes to load is not what the question's time is for.
  await page.goto("/decisions");
  await isLive(page);
  await send(server.url, question("late", { timeout_seconds: 12 }));
  await page.getByRole("region", { name: "Inbox" }).getByRole("link", { name: /Go on with late/ }).click();
  const detail = page.getByRole("article", { name: "Decision" });
  await expect(detail.getByRole("timer")).toHaveText(/0:(0[1-9]|1[0-2]) left/);
  await expect(detail).toContainText("then “Stop now” is chosen");
  await expect(detail).toContainText("Stop now, by default");
  await expect(detail).toContainText("nobody answered in time");
});

test("one tap on a phone, and the overview says what waits", async ({ page, server }) => {
  await send(server.url, question("tap"));
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/");
  await isLive(page);
  await page.getByRole("region", { name: "Waiting decisions" }).getByRole("link", { name: /Go on with tap/ }).click();
  await page.getByRole("button", { name: /Stop now/ }).click();
  await expect(page.getByRole("article")).toContainText("by local");
});

test("a session's own tab asks and answers too", async ({ page, server }) => {
  await send(server.url, orchestration("tabs"));
  await page.goto("/sessions/tabs?tab=decisions");
  await isLive(page);
  await page.getByRole("button", { name: /Rotate now/ }).click();
  await expect(page.getByRole("region", { name: "Answered" })).toContainText("Rotate now");
  await expect(page.getByRole("button", { name: /Do not rotate/ })).toHaveCount(0);
});

test("each tab shows its part of the run, and follows it", async ({ page, server }) => {
  await send(server.url, orchestration("parts", { ask: false }));
  await page.goto("/sessions/parts");
  await isLive(page);
  await expect(page.getByRole("progressbar")).toHaveAttribute("aria-valuenow", "40.0");
  await expect(page.getByText("40.0%")).toBeVisible();
  await expect(page.getByRole("img", { name: /^Timeline of 3 skills .*run-validation/ })).toBeVisible();
  const tabs = page.getByRole("navigation", { name: "Session" });
  await expect(tabs.getByRole("link", { name: "Findings" })).toHaveCount(0);
  await tabs.getByRole("link", { name: /^Skills/ }).click();
  const row = page.getByRole("row", { name: /run-validation/ });
  await expect(row).toContainText("64%");
  await page.getByRole("button", { name: "Details of analyse-repo" }).click();
  await expect(page.getByText('"apps/identity"')).toBeVisible();
  await send(server.url, [{ session_id: "parts", event_type: "skill:failed", data: { skill_name: "run-validation", step_index: 2, error: "<b>broke</b>" } }]);
  await expect(row).toContainText("<b>broke</b>");
  await expect(page.getByText('"apps/identity"'), "what was opened stays open").toBeVisible();
  await tabs.getByRole("link", { name: /^Files/ }).click();
  await page.locator("summary").filter({ hasText: "auth/session.py" }).click();
  await expect(page.locator(".diff .add").first()).toContainText("limit = self.limit_for(record)");
  await tabs.getByRole("link", { name: /^Validation/ }).click();
  const log = page.getByRole("log");
  await expect(log.locator(".no")).toContainText("FAIL");
  await send(server.url, [{ session_id: "parts", event_type: "validation:output", data: { line: "\u001b[32mPASS\u001b[0m <i>all</i>", check_name: "tests" } }]);
  await expect(log.locator(".ok").last()).toHaveText("PASS <i>all</i>");
  await tabs.getByRole("link", { name: /^Agents/ }).click();
  await expect(page.getByRole("list", { name: "Agents" })).toContainText("tester-2");
  await tabs.getByRole("link", { name: /^Checkpoints/ }).click();
  await expect(page.getByRole("region", { name: "Checkpoints" })).toContainText("before analyse");
});

test("rows of lists say how far and with which skill", async ({ page, server }) => {
  await send(server.url, orchestration("in-lists", { ask: false }));
  await page.goto("/sessions?q=in-lists");
  await isLive(page);
  await expect(page.getByRole("row", { name: /in-lists/ })).toContainText("40.0%");
  await expect(page.getByRole("row", { name: /in-lists/ })).toContainText("run-validation");
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false, expectedMessages: [/was preloaded using link preload but not used/] });

  test("questions and tabs are readable", async ({ page, server }) => {
    await send(server.url, [...orchestration("still"), ...question("plain")]);
    await page.goto(link("plain"));
    await expect(page).toHaveTitle(/^\(\d+\) Decisions/);
    await expect(page.getByRole("heading", { name: "Go on with plain?" })).toBeVisible();
    await page.goto("/sessions/still?tab=files");
    await page.locator("summary").filter({ hasText: "auth/session.py" }).click();
    await expect(page.locator(".diff .del").first()).toContainText("if token.age > LIMIT:");
    await page.goto("/sessions/still?tab=audit");
    await expect(page.getByText("No program is attached").first()).toBeVisible();
  });
});
