// Widgets: declared by the form and moved by an event; pushed by a program; arranged, and there after a reload; readable
// without scripts; and nothing in them is ever markup.
import { expect, test } from "./fixtures.js";
import { run, send } from "./loop.js";

const HOSTILE = `<img src=x onerror="alert(1)"><b>&`;
const isLive = (page) => expect(page.getByRole("button", { name: /^Connection: Live/ })).toBeVisible();
const widgets = (page) => page.getByRole("region", { name: "Widgets", exact: true });
const tell = (url, session, n, step) =>
  send(url, [{ event_id: `${session}-w${n}`, session_id: session, iteration: n, event_type: "WIDGET_TICK", data: { step } }]);

/** Sends JSON; what is no success fails the test. */
async function call(url, method, path, body) {
  const response = await fetch(`${url}/api/v1/widgets${path}`, {
    method,
    headers: { "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
}

const ticks = (name, more = {}) => ({ name, select: { events: ["WIDGET_TICK"] }, x: "iteration", ...more });
const declare = (url, spec) => call(url, "PUT", `/${spec.name}`, spec);

// Other tests of the same server look at the same Overview.
const clear = async ({ server }) => {
  const { widgets: all } = await (await fetch(`${server.url}/api/v1/widgets`)).json();
  for (const { name } of all) await call(server.url, "DELETE", `/${name}`);
  await call(server.url, "PUT", "/arrangement", {});
};
test.beforeEach(clear);
test.afterEach(clear);

test("a widget that was declared by the form counts what comes", async ({ page, server }) => {
  await tell(server.url, "gauge", 1, "fix");
  await page.goto("/widgets");
  await isLive(page);
  await expect(page.getByRole("region", { name: "No widgets yet" })).toContainText("/api/v1/widgets");
  await page.getByRole("button", { name: "New widget" }).click();
  const dialog = page.getByRole("dialog", { name: "New widget" });
  await dialog.getByLabel("Title").fill("Ticks so far");
  await dialog.getByLabel("Event names").fill("WIDGET_*");
  await dialog.getByLabel("Session id").fill("gauge");
  await dialog.getByLabel("Chart type").selectOption("number");
  // What it would show stands beside the fields before it is kept.
  await expect(dialog.locator(".widget-number .v")).toHaveText("1");
  await dialog.getByRole("button", { name: "Save widget" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("region", { name: "All widgets" })).toContainText("ticks-so-far");

  await page.goto("/");
  await isLive(page);
  const own = page.getByRole("region", { name: "Ticks so far" });
  await expect(own.locator(".v")).toHaveText("1");
  await tell(server.url, "gauge", 2, "fix");
  await expect(own.locator(".v")).toHaveText("2");

  await page.goto("/sessions/gauge");
  await isLive(page);
  await expect(own.locator(".v")).toHaveText("2");
  await tell(server.url, "gauge", 3, "attack");
  await expect(own.locator(".v")).toHaveText("3");
});

test("what is wrong is told at its field, before it is sent", async ({ page }) => {
  await page.goto("/widgets");
  await isLive(page);
  await page.getByRole("button", { name: "New widget" }).click();
  const dialog = page.getByRole("dialog", { name: "New widget" });
  await dialog.getByLabel("Event names").fill("*");
  await dialog.getByLabel("Value").fill("loss");
  await expect(dialog.getByRole("alert")).toContainText("Value: a path into the payload");
  await expect(dialog.getByLabel("Value")).toHaveAttribute("aria-invalid", "true");
  await dialog.getByLabel("Value").fill("metric:loss");
  await expect(dialog.getByRole("alert")).toHaveCount(0);
  // All of it as JSON, and back.
  await dialog.getByRole("button", { name: "As JSON" }).click();
  await expect(dialog.getByLabel("Declaration (JSON)")).toHaveValue(/"y": "metric:loss"/);
  await dialog.getByRole("button", { name: "As fields" }).click();
  await expect(dialog.getByLabel("Value")).toHaveValue("metric:loss");
});

test("a pushed widget appears, and nothing in it is markup", async ({ page, server }) => {
  await tell(server.url, "pusher", 1, "fix");
  await page.goto("/sessions/pusher");
  await isLive(page);
  await expect(widgets(page)).toHaveCount(0);
  const push = (data) => call(server.url, "PUT", "/mine/state?session=pusher", { type: "chart", data, options: { title: HOSTILE, y: HOSTILE } });
  await push({ [HOSTILE]: 3, plain: 1 });
  const own = widgets(page).getByRole("region", { name: HOSTILE });
  await expect(own.getByText(HOSTILE).first()).toBeVisible();
  await expect(own.getByRole("listitem")).toHaveCount(2);
  await expect(page.locator("main img")).toHaveCount(0);
  await push({ [HOSTILE]: 3, plain: 7, third: 1 });
  await expect(own.getByRole("listitem")).toHaveCount(3);
  await expect(own).toContainText("pushed");
  await page.goto("/");
  await isLive(page);
  await expect(widgets(page), "it is of that session only").toHaveCount(0);
});

test("widgets are arranged by keyboard, and stay so", async ({ page, server }) => {
  await tell(server.url, "shelf", 1, "fix");
  for (const name of ["aa", "bb", "cc"]) await declare(server.url, ticks(name, { title: `Tick ${name}`, chart: "number" }));
  await page.goto("/widgets");
  await isLive(page);
  const overview = page.getByRole("region", { name: "On the Overview" });
  const later = overview.getByRole("button", { name: "Later: aa" });
  await later.focus();
  await page.keyboard.press("Enter");
  await expect(overview.getByRole("listitem").first()).toContainText("Tick bb");
  await expect(later, "the hand stays on its button").toBeFocused();
  await page.keyboard.press("Enter");
  await expect(overview.getByRole("listitem").last()).toContainText("Tick aa");
  await overview.getByRole("button", { name: "Hide: cc" }).click();
  await expect(overview.getByRole("button", { name: "Show: cc" })).toBeVisible();
  await overview.getByRole("button", { name: "Wider: bb" }).click();
  await expect(overview.getByRole("listitem").first()).toContainText("4 of 12");
  const kept = async () => (await (await fetch(`${server.url}/api/v1/widgets/arrangement`)).json()).overview;
  await expect.poll(kept).toEqual([{ name: "bb", width: 4 }, { name: "cc", width: 3, hidden: true }, { name: "aa", width: 3 }]);
  await page.reload();
  await isLive(page);
  await expect(overview.getByRole("listitem").last()).toContainText("Tick aa");
  await page.goto("/");
  await isLive(page);
  await expect(widgets(page).getByRole("heading", { level: 3 })).toHaveText(["Tick bb", "Tick aa"]);
  await expect(widgets(page).locator(".widget").first()).toHaveClass(/c4/);
});

test("an earlier moment of a session has its own figure", async ({ page, server }) => {
  await send(server.url, run("lookback"));
  await declare(server.url, { name: "told", title: "Events told", select: { events: ["*"], session: "lookback" }, chart: "number" });
  await page.goto("/sessions/lookback?at=4");
  await isLive(page);
  const own = page.getByRole("region", { name: "Events told" });
  await expect(own.locator(".v")).toHaveText("4");
  await page.locator("[data-live]").first().click();
  const { last_seq: all } = await (await fetch(`${server.url}/api/v1/sessions/lookback/board?at=4`)).json();
  await expect(own.locator(".v")).toHaveText(String(all));
});

test("a chart that comes and goes with the moment is drawn each time", async ({ page, server }) => {
  await send(server.url, run("comes-and-goes"));
  for (const n of [1, 2, 3]) await tell(server.url, "comes-and-goes", n, "fix");
  await declare(server.url, ticks("drawn", { title: "Ticks drawn", select: { events: ["WIDGET_TICK"], session: "comes-and-goes" } }));
  await page.goto("/sessions/comes-and-goes");
  await isLive(page);
  const own = page.getByRole("figure").filter({ hasText: "Ticks drawn" });
  for (let round = 0; round < 2; round += 1) {
    await own.scrollIntoViewIfNeeded();
    await expect(own.locator("canvas")).toBeVisible();
    await page.getByRole("slider", { name: /Moment/ }).press("Home");
    await expect(own).toHaveCount(0);
    await page.locator("[data-live]").first().click();
  }
  await own.scrollIntoViewIfNeeded();
  await expect(own.locator("canvas")).toBeVisible();
});

test.describe("without scripts", () => {
  // Nothing runs the wasm that the page preloads.
  test.use({ javaScriptEnabled: false, expectedMessages: [/was preloaded using link preload but not used/] });

  test("charts, numbers, bars and tables are read", async ({ page, server }) => {
    for (const [n, step] of ["fix", "fix", "attack"].entries()) await tell(server.url, "quiet", n, step);
    const of = { events: ["WIDGET_TICK"], session: "quiet" };
    await declare(server.url, ticks("a-line", { title: "A line", select: of }));
    await declare(server.url, ticks("b-bars", { title: HOSTILE, select: of, chart: "stacked_bars", group: "data.step" }));
    await declare(server.url, ticks("c-number", { title: "A number", select: of, chart: "number" }));
    await declare(server.url, ticks("d-names", { title: "By step", select: of, x: "group", group: "data.step", chart: "bars" }));
    await declare(server.url, ticks("e-table", { title: "A table", select: of, chart: "table" }));
    for (const path of ["/", "/sessions/quiet"]) {
      await page.goto(path);
      await expect(widgets(page).locator("figure .figure-svg path")).not.toHaveCount(0);
      await expect(widgets(page).getByRole("heading", { name: HOSTILE })).toBeVisible();
      await expect(page.getByRole("region", { name: "A number", exact: true }).locator(".v")).toHaveText("3");
      await expect(page.getByRole("region", { name: "By step" }).getByRole("listitem").first()).toContainText("fix");
      await expect(page.getByRole("region", { name: "A table", exact: true }).getByRole("row")).toHaveCount(4);
    }
    await page.goto("/widgets");
    await expect(page.getByRole("region", { name: "All widgets" })).toContainText("a-line");
  });
});
