// Every page, in both themes and at both widths: silent console, no way to the side, nothing that axe finds.
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "./fixtures.js";
import { crew } from "./crew.js";
import { run, send } from "./loop.js";
import { ask, orchestration } from "./orchestrator.js";
import { ALERTS, event, training } from "./train.js";

const PAGES = [
  ["overview", "/"],
  ["sessions", "/sessions"],
  ["sessions, filtered to nothing", "/sessions?q=nothing-has-this-name"],
  ["sessions, chosen and saved", "/sessions?sel=whole&sel=part&since=2020-01-01&filters=1"],
  ["search", "/search"],
  ["search, found", "/search?q=unchecked"],
  ["search, nothing", "/search?q=nothing-has-this-name"],
  ["session", "/sessions/whole"],
  ["session, running", "/sessions/part"],
  ["events", "/sessions/whole?tab=events"],
  ["events, one open", "/sessions/whole?tab=events&event=4"],
  ["findings", "/sessions/whole?tab=findings"],
  ["config", "/sessions/whole?tab=config"],
  ["timeline", "/sessions/whole?tab=timeline"],
  ["timeline, history", "/sessions/work?tab=timeline&mode=history"],
  ["compare", "/compare"],
  ["compare, runs", "/compare?session=whole&session=part"],
  ["compare, training by time", "/compare?session=net-1&session=net-2&align=relative"],
  ["settings", "/settings"],
  ["decisions", "/decisions"],
  ["decisions, answered", "/decisions?show=answered"],
  ["agents", "/systems"],
  ["crew", "/sessions/crew-1"],
  ["crew, its agents", "/sessions/crew-1?tab=agents"],
  ["crew, its opportunities", "/sessions/crew-1?tab=opportunities"],
  ["training", "/sessions/net-1"],
  ["training, its metrics", "/sessions/net-1?tab=metrics"],
  ["alerts", "/alerts"],
  ["alerts, rules", "/alerts?tab=rules"],
  ["alerts, channels", "/alerts?tab=channels"],
  ["widgets", "/widgets"],
  ["orchestrator", "/sessions/work"],
  ...["skills", "files", "validation", "decisions", "agents", "checkpoints", "audit"].map((tab) => [`${tab} tab`, `/sessions/work?tab=${tab}`]),
];

test.beforeAll(async ({ server }) => {
  await send(server.url, run("whole"));
  await send(server.url, run("part", { upTo: 14, target: "services/ledger" }));
  await send(server.url, orchestration("work"));
  await send(server.url, [...crew("crew-1"), ...crew("crew-2")]);
  await send(server.url, [...training("net-1"), ...ALERTS.map(([type, data, severity]) => event("net-1", type, data, { severity }))]);
  await send(server.url, training("net-2"));
  await ask(server.url, "work", { type: "HALT", reason: "look first" });
  const post = (path, body) => fetch(`${server.url}${path}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  await post("/api/v1/tags", { sessions: ["whole", "part"], add: ["nightly", "q1"] });
  await post("/api/v1/views", { name: "Failed this week", query: "status=failed" });
  const select = { events: ["STEP_COMPLETE"], session: "whole" };
  for (const spec of [
    { name: "by-step", title: "Steps by name", select, x: "group", group: "data.step", chart: "bars" },
    { name: "passes", title: "Findings a pass", select, x: "iteration", y: "data.findings_count", aggregate: "sum", group: "data.step", chart: "stacked_bars" },
    { name: "steps", title: "Steps ended", select, chart: "number" },
    { name: "table", title: "Every step", select, x: "iteration", chart: "table" },
    { name: "trend", title: "Findings over time", select, y: "data.findings_count", aggregate: "last", chart: "line" },
  ]) await post("/api/v1/widgets", spec);
  await expect.poll(async () => (await (await fetch(`${server.url}/api/v1/search?q=x`)).json()).behind).toBe(0);
});

// Other tests of the same server look at the same Overview.
test.afterAll(async ({ server }) => {
  for (const name of ["by-step", "passes", "steps", "table", "trend"]) await fetch(`${server.url}/api/v1/widgets/${name}`, { method: "DELETE" });
});

const isLive = (page) => expect(page.getByRole("button", { name: /^Connection: Live/ })).toBeVisible();

// A page is loaded once: opening it takes longer than looking at it four times.
for (const [name, path] of PAGES) {
  test(name, async ({ page, context, baseURL }) => {
    await context.addCookies([{ name: "theme", value: "dark", url: baseURL }]);
    await page.setViewportSize({ width: 1440, height: 844 });
    await page.goto(path);
    await isLive(page);
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    const found = {};
    for (const theme of ["dark", "light"]) {
      await page.evaluate((theme) => (document.documentElement.dataset.theme = theme), theme);
      // Colours on their way from one theme to the other are no colours of the page.
      await page.evaluate(() => {
        const changes = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
        return Promise.all(changes.map((change) => change.finished.catch(() => {})));
      });
      for (const width of [1440, 390]) {
        await page.setViewportSize({ width, height: 844 });
        const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(sideways, `nothing scrolls sideways at ${width} px, ${theme}`).toBeLessThanOrEqual(0);
        const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
        const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
        if (told.length) found[`${theme}, ${width} px`] = told;
      }
    }
    expect(found).toEqual({});
  });
}

test("each of a page's files is fetched once, what is preloaded included", async ({ page }) => {
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.goto("/");
  await isLive(page);
  const files = asked.filter((path) => path.startsWith("/pkg/"));
  expect([...new Set(files)].sort()).toEqual([...files].sort());
  for (const ending of [".css", ".js", ".wasm"]) expect(files.some((path) => path.endsWith(ending)), ending).toBe(true);
});

test("the theme that was chosen is in the first HTML", async ({ page, context, baseURL }) => {
  await context.addCookies([{ name: "theme", value: "light", url: baseURL }]);
  await page.goto("/");
  await isLive(page);
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
});

test("a slash at the end of an address leads to the page", async ({ page }) => {
  await page.goto("/sessions/?status=converged");
  await expect(page).toHaveURL(/\/sessions\?status=converged$/);
  await isLive(page);
  await expect(page.getByRole("row", { name: /services\/gate whole/ })).toBeVisible();
});

test.describe("without scripts", () => {
  // Nothing runs the wasm that the page preloads.
  test.use({ javaScriptEnabled: false, expectedMessages: [/was preloaded using link preload but not used/] });

  test("lists, figures and charts are readable, and links and forms lead on", async ({ page }) => {
    await page.goto("/");
    await expect(page.getByText("services/ledger").first()).toBeVisible();
    await page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name: "Sessions" }).click();
    const running = page.getByRole("row", { name: /services\/ledger/ });
    await expect(running).toBeVisible();
    await page.getByRole("checkbox", { name: /Converged/ }).check();
    await page.getByRole("button", { name: "Apply" }).click();
    await expect(running).toHaveCount(0);
    await page.getByRole("link", { name: "services/gate whole" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("services/gate");
    await expect(page.locator("figure .figure-svg").first()).toBeVisible();
    await page.getByRole("navigation", { name: "Session" }).getByRole("link", { name: /Events/ }).click();
    await expect(page.getByText("Converged after 3 iterations").first()).toBeVisible();
    await page.getByRole("navigation", { name: "Session" }).getByRole("link", { name: /Findings/ }).click();
    await expect(page.getByText("Unchecked length").first()).toBeVisible();
  });
});

test.describe("what is not there", () => {
  test.use({ expectedMessages: [/Failed to load resource: .* 404/] });

  test("a page that is not there says so, and leads on", async ({ page }) => {
    const answer = await page.goto("/no/such/page");
    expect(answer.status()).toBe(404);
    await expect(page.getByRole("heading", { name: "Page not found" })).toBeVisible();
  });

  test("a session that is not there says so, and leads on", async ({ page }) => {
    const answer = await page.goto("/sessions/never-was");
    expect(answer.status()).toBe(404);
    await expect(page.getByRole("heading", { name: "Session not found" })).toBeVisible();
    await page.getByRole("link", { name: "All sessions" }).click();
    await expect(page).toHaveURL(/\/sessions$/);
  });
});
