// With JavaScript off a page is what the server sent: contents, figures and charts are all there, and links lead on.
import { expect, test } from "./fixtures.js";
import { crew } from "./crew.js";
import { listed, run, send } from "./loop.js";
import { orchestration } from "./orchestrator.js";
import { training } from "./train.js";

// Nothing runs the wasm that the page preloads.
test.use({ javaScriptEnabled: false, expectedMessages: [/was preloaded using link preload but not used/] });

// Under names of their own: other tests of the same server have runs too.
test.beforeAll(async ({ server }) => {
  await send(server.url, run("quarry", { target: "services/quarry" }));
  await send(server.url, run("kiln", { upTo: 14, target: "services/kiln" }));
  await send(server.url, orchestration("work"));
  await send(server.url, crew("crew-1"));
  await send(server.url, training("net-1"));
  await listed(server.url, "services/quarry", "services/kiln", "passkeys", "crew-1", "net-1");
});

/** Every chart of the page is an SVG with something drawn in it. */
async function chartsAreDrawn(page, least) {
  const charts = page.locator("figure .figure-svg");
  expect(await charts.count()).toBeGreaterThanOrEqual(least);
  for (const chart of await charts.all()) {
    await expect(chart).toBeVisible();
    expect(await chart.locator("path, polyline, polygon, rect, circle, line").count(), "something is drawn").toBeGreaterThan(0);
  }
}

test("the Overview shows its figures, sparklines, rows and events", async ({ page }) => {
  await page.goto("/");
  const totals = page.getByRole("region", { name: "Totals" });
  await expect(totals.getByRole("link", { name: /^Total sessions ?\d+/ })).toBeVisible();
  expect(await totals.locator("svg.spark path").count(), "sparklines are drawn").toBeGreaterThan(0);
  const running = page.getByRole("region", { name: "Running" });
  await expect(running.getByRole("link", { name: /services\/kiln/ })).toBeVisible();
  await expect(page.getByRole("region", { name: "Live events" }).getByRole("listitem").first()).toBeVisible();
  await running.getByRole("link", { name: /services\/kiln/ }).click();
  await expect(page).toHaveURL(/\/sessions\/kiln/);
});

test("Sessions shows its rows, facets with counts, and sorts by links", async ({ page }) => {
  await page.goto("/sessions?sort=name");
  for (const name of ["services/quarry", "services/kiln", "crew-1", "net-1"]) {
    await expect(page.getByRole("row", { name: new RegExp(name) })).toBeVisible();
  }
  await expect(page.getByRole("checkbox", { name: /Converged/ })).toBeVisible();
  await page.goto("/sessions?q=kiln");
  await expect(page.getByRole("row", { name: /services\/kiln/ })).toBeVisible();
  await expect(page.getByRole("row", { name: /services\/quarry/ })).toHaveCount(0);
});

test("a session shows its head, its stages and its charts", async ({ page }) => {
  await page.goto("/sessions/quarry");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("services/quarry");
  await expect(page.getByText("Converged").first()).toBeVisible();
  await chartsAreDrawn(page, 4);
});

test("a session's tabs show their contents, and lead from one to the next", async ({ page }) => {
  await page.goto("/sessions/quarry");
  const tabs = page.getByRole("navigation", { name: "Session" });
  await tabs.getByRole("link", { name: /^Events/ }).click();
  await expect(page.getByText("Converged after 3 iterations").first()).toBeVisible();
  await tabs.getByRole("link", { name: /^Findings/ }).click();
  await expect(page.getByText("Unchecked length").first()).toBeVisible();
  await tabs.getByRole("link", { name: /^Config/ }).click();
  await expect(page.getByText("max_iterations").first()).toBeVisible();
});

for (const [what, path, text, charts] of [
  ["a crew of agents", "/sessions/crew-1", "Scout", 0],
  ["an orchestration", "/sessions/work", "Move sign-in to passkeys", 0],
  ["a training run", "/sessions/net-1", "Parameter ratio", 2],
  ["a training run's metrics", "/sessions/net-1?tab=metrics", "val_accuracy", 2],
]) {
  test(`${what} is readable`, async ({ page }) => {
    await page.goto(path);
    await expect(page.getByRole("main").getByText(text).first()).toBeVisible();
    await chartsAreDrawn(page, charts);
  });
}

test("runs are compared: charts, results and what differs are there", async ({ page }) => {
  await page.goto("/compare?session=quarry&session=kiln");
  await expect(page.getByRole("list", { name: "Runs" }).getByRole("listitem")).toHaveCount(2);
  await chartsAreDrawn(page, 3);
  const results = page.getByRole("region", { name: "Results" });
  await expect(results.getByRole("row", { name: /^Iterations to converge/ })).toBeVisible();
  await expect(page.getByRole("region", { name: "Configuration" })).toBeVisible();
});

test("a timeline is drawn, and told as a table", async ({ page }) => {
  await page.goto("/sessions/quarry?tab=timeline");
  const bars = page.locator("svg.tl-svg").first();
  await expect(bars).toBeVisible();
  expect(await bars.locator("rect").count(), "bars are drawn").toBeGreaterThan(3);
  await page.getByText("As a table").click();
  await expect(page.getByRole("table").getByText("Validate").first()).toBeVisible();
});
