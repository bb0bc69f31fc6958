// Runs side by side: picked, overlaid, lined up three ways, best marked, differences told, live, and without scripts.
import { expect, test } from "./fixtures.js";
import { run, send } from "./loop.js";

const isLive = (page) => expect(page.getByRole("button", { name: /^Connection: Live/ })).toBeVisible();
const runs = (page) => page.getByRole("list", { name: "Runs" }).getByRole("listitem");
const chart = (page, name) => page.getByRole("figure").filter({ has: page.getByRole("heading", { name, exact: true }) });
const results = (page) => page.getByRole("region", { name: "Results" });

/** A run with its own budget, and a metric that every run logs. */
function told(session, options, budget) {
  const events = run(session, options);
  events[0].data.config = { max_iterations: budget, fixer: { model: budget > 10 ? "large" : "small" }, steps: ["diagnose"] };
  const metrics = [3, 2, 1].map((loss, step) => ({
    event_id: `${session}-loss-${step}`,
    session_id: session,
    iteration: 1,
    event_type: "METRICS",
    data: { step, metrics: { "train/loss": loss * budget, lr: 0.1 } },
  }));
  return [...events.slice(0, 4), ...metrics, ...events.slice(4)];
}

test.beforeAll(async ({ server }) => {
  await send(server.url, told("first", { target: "services/first" }, 10));
  await send(server.url, told("second", { target: "services/second", iterations: 4, findings: 18 }, 20));
  await send(server.url, told("third", { target: "services/third", upTo: 12 }, 10));
});

test("the page begins empty, and sessions are added and taken out by links", async ({ page }) => {
  await page.goto("/");
  await isLive(page);
  await page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name: "Compare" }).click();
  await expect(page.getByRole("heading", { name: "Nothing to compare yet" })).toBeVisible();
  const picker = page.getByRole("region", { name: "Add a session" });
  await picker.getByRole("searchbox").fill("services/sec");
  await picker.getByRole("searchbox").press("Enter");
  await expect(picker.getByRole("link")).toHaveCount(1);
  await picker.getByRole("link", { name: /services\/second/ }).click();
  await expect(page).toHaveURL(/\/compare\?session=second/);
  await expect(runs(page)).toHaveCount(1);
  await picker.getByRole("searchbox").fill("");
  await picker.getByRole("searchbox").press("Enter");
  await picker.getByRole("link", { name: /services\/first/ }).click();
  await expect(runs(page)).toHaveCount(2);
  await expect(picker).toHaveCount(0);
  await page.getByRole("link", { name: "Remove services/second from the comparison" }).click();
  await expect(page).toHaveURL(/\/compare\?session=first/);
  await expect(runs(page)).toHaveCount(1);
});

test("charts lie over each other, the best is marked, differences are told", async ({ page }) => {
  await page.goto("/compare?session=first&session=second&session=third");
  await isLive(page);
  await expect(runs(page)).toHaveText([/^A.*services\/first.*Converged/, /^B.*services\/second.*Converged/, /^C.*services\/third.*Running/]);
  const findings = chart(page, "Findings");
  await expect(findings.getByRole("img")).toHaveAccessibleName("Findings: A fell from 8 to 0, B fell from 14 to 2, C 8 (Iteration 1 to Iteration 4).");
  // Every figure that at least two tell, and only those.
  await expect(chart(page, "Iteration time")).toBeVisible();
  await expect(chart(page, "Diagnose time")).toBeVisible();
  const passes = results(page).getByRole("row", { name: /^Iterations to converge/ });
  await expect(passes.getByRole("cell")).toHaveText(["best: 3", "4", "2"]);
  await expect(passes.getByRole("rowheader")).toContainText("lower is better");
  const config = page.getByRole("region", { name: "Configuration" });
  await expect(config).toContainText("2 of 3 keys differ");
  await expect(config.getByRole("row", { name: /fixer\.model/ }).getByRole("cell")).toHaveText(["small", "large", "small"]);
  await expect(config.locator("mark")).toHaveText(["large", "20"]);
  await config.getByRole("link", { name: "Show all" }).click();
  await expect(config.getByRole("row", { name: /^steps/ })).toBeVisible();
  await expect(page).toHaveURL(/all=1/);
});

test("a pointer on one chart reads the same place in all", async ({ page }) => {
  await page.goto("/compare?session=first&session=second");
  await isLive(page);
  const findings = chart(page, "Findings");
  await findings.getByRole("img").focus();
  await page.keyboard.press("Home");
  await expect(findings.getByRole("status")).toHaveText("Iteration 1: A 8, B 14");
  await page.keyboard.press("ArrowRight");
  await expect(findings.getByRole("status")).toHaveText("Iteration 2: A 4, B 10");
  await expect(chart(page, "Fixes").locator(".cross.faint")).toHaveCount(1);
});

test("runs are lined up by time, and a metric is laid over too", async ({ page }) => {
  await page.goto("/compare?session=first&session=second");
  await isLive(page);
  const loss = chart(page, "train/loss");
  await expect(loss.getByRole("img")).toHaveAccessibleName("train/loss: A fell from 30 to 10, B fell from 60 to 20 (Step 0 to Step 2).");
  await page.getByRole("group", { name: "Align by" }).getByRole("link", { name: "Relative time" }).click();
  await expect(page).toHaveURL(/align=relative/);
  await expect(chart(page, "Findings").getByRole("img")).toHaveAccessibleName(/^Findings: A fell from 8 to 0, B fell from 14 to 2 \(.* in to .* in\)\.$/);
  // Beside a point of one run the other's newest is read.
  await chart(page, "Findings").getByRole("img").focus();
  await page.keyboard.press("Home");
  await expect(chart(page, "Findings").getByRole("status")).toHaveText(/ in: A 8, B (14|–)$/);
  await page.getByRole("group", { name: "Align by" }).getByRole("link", { name: "Wall time" }).click();
  await expect(page).toHaveURL(/align=wall/);
  await page.reload();
  await isLive(page);
  await expect(page.getByRole("group", { name: "Align by" }).getByRole("link", { name: "Wall time" })).toHaveAttribute("aria-current", "true");
  await page.getByRole("searchbox", { name: "Find a metric" }).fill("lr");
  await page.getByRole("searchbox", { name: "Find a metric" }).press("Enter");
  await expect(loss).toHaveCount(0);
  await expect(chart(page, "lr")).toBeVisible();
});

test("a run that goes on is brought up to date", async ({ page, server }) => {
  await page.goto("/compare?session=first&session=third");
  await isLive(page);
  const left = results(page).getByRole("row", { name: /^Findings left/ }).getByRole("cell");
  // Eight of the look, and one of the attack.
  await expect(left).toHaveText(["0", "9"]);
  const rest = told("third", { target: "services/third" }, 10).slice(15);
  await send(server.url, rest);
  await expect(runs(page).nth(1)).toContainText("Converged");
  await expect(left).toHaveText(["0", "0"]);
  await expect(chart(page, "Findings").getByRole("img")).toHaveAccessibleName(/B fell from 8 to 0/);
});

test("all of it is a table of figures", async ({ page, request }) => {
  await page.goto("/compare?session=first&session=second");
  await isLive(page);
  const href = await page.getByRole("link", { name: "CSV", exact: true }).getAttribute("href");
  const text = await (await request.get(href)).text();
  expect(text).toContain("part,what,at,unit,A services/first,B services/second\r\n");
  expect(text).toContain("iteration,Findings,1,count,8,14\r\n");
  expect(text).toContain("config,fixer.model,,,small,large\r\n");
  expect(text).toContain("metric,train/loss,last,number,10,20\r\n");
});

test("a session that is not there is named, and the rest stands", async ({ page }) => {
  await page.goto("/compare?session=first&session=never-was&session=second");
  await isLive(page);
  await expect(page.getByText("Session never-was does not exist")).toBeVisible();
  await expect(runs(page)).toHaveCount(2);
  await page.getByRole("link", { name: "Remove from comparison" }).click();
  await expect(page.getByText("never-was")).toHaveCount(0);
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false, expectedMessages: [/was preloaded using link preload but not used/] });

  test("the comparison is read, lined up and changed", async ({ page }) => {
    await page.goto("/compare?session=first&session=second");
    await expect(chart(page, "Findings").locator("svg.figure-svg")).toBeVisible();
    await expect(results(page).getByText("best: 3", { exact: true })).toBeVisible();
    await page.getByRole("link", { name: "Relative time" }).click();
    await expect(page).toHaveURL(/align=relative/);
    await page.getByRole("button", { name: "Add session" }).click();
    await page.getByRole("region", { name: "Add a session" }).getByRole("link", { name: /services\/third/ }).click();
    await expect(runs(page)).toHaveCount(3);
  });
});
