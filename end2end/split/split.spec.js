// A browser half that was parted into files: each page comes alive with its own, a page that is gone to is loaded then,
// and a file that cannot be had is said so.
import { crew } from "../tests/crew.js";
import { expect, test } from "../tests/fixtures.js";
import { run, send } from "../tests/loop.js";
import { training } from "../tests/train.js";

test.beforeAll(async ({ server }) => {
  await send(server.url, run("whole"));
  await send(server.url, crew("crew-1"));
  await send(server.url, training("net-1"));
});

const isLive = (page) => expect(page.getByRole("button", { name: /^Connection: Live/ })).toBeVisible();
const rail = (page, name) => page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name });

/** The wasm files that a page has asked for so far, by name. */
function asked(page) {
  const names = new Set();
  page.on("request", (request) => {
    const name = request.url().match(/\/([^/]+\.wasm)$/);
    if (name) names.add(name[1]);
  });
  return names;
}

for (const [path, file] of [
  ["/", "overview"],
  ["/sessions", "lists"],
  ["/sessions/whole", "session"],
  ["/sessions/whole?tab=metrics", "session"],
  ["/sessions/crew-1", "session"],
  ["/sessions/net-1", "session"],
  ["/decisions", "lists"],
  ["/systems", "lists"],
  ["/compare?session=whole", "rest"],
  ["/alerts", "rest"],
  ["/alerts?tab=rules", "rest"],
  ["/settings", "rest"],
]) {
  test(`${path} comes alive with its own file, announced with the page`, async ({ page, request }) => {
    const html = await (await request.get(path)).text();
    expect(html).toMatch(new RegExp(`<link rel="preload" href="/pkg/([^"/]+/)?split_${file}\\.wasm"`));
    const names = asked(page);
    await page.goto(path);
    await isLive(page);
    expect([...names].filter((name) => name.startsWith("split_"))).toEqual([`split_${file}.wasm`]);
  });
}

test("a page that is gone to is loaded then, once, and works", async ({ page }) => {
  const names = asked(page);
  await page.goto("/");
  await isLive(page);
  expect([...names]).not.toContain("split_lists.wasm");
  await rail(page, "Sessions").click();
  await expect(page.getByRole("row", { name: /services\/gate/ })).toBeVisible();
  expect([...names]).toContain("split_lists.wasm");
  await page.getByRole("link", { name: /services\/gate/ }).first().click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("services/gate");
  await expect(page.locator("figure canvas").first()).toBeVisible();
  await page.getByRole("navigation", { name: "Session" }).getByRole("link", { name: /^Findings/ }).click();
  await expect(page.getByText("Unchecked length").first()).toBeVisible();
  for (const [name, heading] of [["Decisions", "Decisions"], ["Agents", "Agents"], ["Alerts", "Alerts"], ["Settings", "Settings"], ["Overview", "Overview"]]) {
    await rail(page, name).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(heading);
  }
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Settings");
});

test("what happens arrives on a page that was gone to", async ({ page, server }) => {
  await page.goto("/settings");
  await isLive(page);
  await rail(page, "Sessions").click();
  await expect(page.getByRole("row", { name: /services\/gate/ })).toBeVisible();
  await page.getByRole("link", { name: /services\/gate/ }).first().click();
  await page.getByRole("navigation", { name: "Session" }).getByRole("link", { name: /^Events/ }).click();
  await send(server.url, [{ session_id: "whole", event_type: "METRICS", iteration: 3, data: { arrived: 77 } }]);
  await expect(page.getByText("METRICS").first()).toBeVisible();
});

test.describe("a file that cannot be had", () => {
  test.use({ expectedMessages: [/Failed to load resource|Failed to fetch|TypeError/] });

  test("leaves the frame at work, and the page comes when it is tried again", async ({ page }) => {
    await page.goto("/");
    await isLive(page);
    await page.route(/split_lists\.wasm/, (route) => route.abort());
    await rail(page, "Sessions").click();
    await expect(page.getByRole("heading", { name: "This page could not be loaded" })).toBeVisible();
    await rail(page, "Overview").click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Overview");
    await rail(page, "Sessions").click();
    await expect(page.getByRole("heading", { name: "This page could not be loaded" })).toBeVisible();
    await page.unroute(/split_lists\.wasm/);
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByRole("row", { name: /services\/gate/ })).toBeVisible();
    await isLive(page);
  });

  test("leaves the page as it was sent until the file comes", async ({ page }) => {
    let refused = 0;
    await page.route(/split_overview\.wasm/, (route) => {
      refused += 1;
      return refused < 4 ? route.abort() : route.continue();
    });
    await page.goto("/");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Overview");
    await isLive(page);
    expect(refused).toBeGreaterThanOrEqual(4);
  });
});
