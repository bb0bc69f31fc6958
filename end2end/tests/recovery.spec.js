// A lost server leaves the last screen readable, marked; the page comes back by itself with every event.
import { expect, test } from "./fixtures.js";
import { send, ticks } from "./loop.js";
import { startServer } from "./server.js";

// A browser says on the console that a connection failed, and a page cannot keep it from doing so.
test.use({ expectedMessages: [/ERR_CONNECTION_REFUSED|ERR_SOCKET|WebSocket connection to|ERR_EMPTY_RESPONSE|net::ERR/] });

const badge = (page) => page.getByRole("button", { name: /^Connection: / });
const shown = (page) => page.getByRole("link", { name: /^Events/ });

test("a killed server: the badge tells, the screen stays, and every event is there afterwards", async ({ page }) => {
  let server = await startServer();
  const port = new URL(server.url).port;
  const dir = server.dir;
  try {
    await send(server.url, ticks("cut", 0, 50));
    await page.goto(`${server.url}/sessions/cut`);
    await expect(badge(page)).toHaveAccessibleName(/Live/);
    await expect(shown(page)).toContainText("50");
    await server.kill("SIGKILL");
    await expect(badge(page)).toHaveAccessibleName(/Offline/);
    await expect(page.locator(".app.is-stale")).toBeVisible();
    await expect(shown(page)).toContainText("50");
    server = await startServer({ dir, env: { DASHBOARD_PORT: port } });
    await send(server.url, ticks("cut", 50, 25));
    await badge(page).click();
    await expect(badge(page)).toHaveAccessibleName(/Live/);
    await expect(shown(page)).toContainText("75");
    await send(server.url, ticks("cut", 75, 5));
    await expect(shown(page)).toContainText("80");
  } finally {
    await server.stop();
  }
});

test("a page that was gone to while the server was away comes when it is back", async ({ page }) => {
  let server = await startServer();
  const port = new URL(server.url).port;
  const dir = server.dir;
  try {
    await send(server.url, ticks("away", 0, 5));
    await page.goto(`${server.url}/sessions/away`);
    await expect(badge(page)).toHaveAccessibleName(/Live/);
    await server.kill("SIGKILL");
    await expect(badge(page)).toHaveAccessibleName(/Offline/);
    await page.getByRole("navigation").getByRole("link", { name: "Sessions", exact: true }).click();
    const lost = page.getByRole("heading", { name: "The sessions could not be loaded" });
    await expect(lost).toBeVisible();
    server = await startServer({ dir, env: { DASHBOARD_PORT: port } });
    await expect(badge(page)).toHaveAccessibleName(/Live/);
    await expect(lost).toHaveCount(0);
    await expect(page.getByRole("link", { name: /away/ }).first()).toBeVisible();
  } finally {
    await server.stop();
  }
});

test("without WebSockets a session's page follows by other ways", async ({ page, server }) => {
  await page.addInitScript(() => {
    // A proxy that knows no upgrades: every socket fails.
    window.WebSocket = class extends EventTarget {
      constructor() {
        super();
        this.readyState = 3;
        setTimeout(() => this.dispatchEvent(new CloseEvent("close", { code: 1006 })), 0);
      }
      close() {}
      send() {}
    };
  });
  await send(server.url, ticks("bare", 0, 5));
  await page.goto("/sessions/bare");
  await expect(badge(page)).toHaveAccessibleName(/Live|Polling/);
  await send(server.url, ticks("bare", 5, 5));
  await expect(shown(page)).toContainText("10");
});

test("without WebSockets and event streams the overview polls, and says so", async ({ page, server }) => {
  await page.addInitScript(() => {
    window.WebSocket = class extends EventTarget {
      constructor() {
        super();
        this.readyState = 3;
        setTimeout(() => this.dispatchEvent(new CloseEvent("close", { code: 1006 })), 0);
      }
      close() {}
      send() {}
    };
  });
  await page.goto("/");
  await expect(badge(page)).toHaveAccessibleName(/Polling/);
  await send(server.url, ticks("seen-by-polling", 0, 2));
  await expect(page.getByRole("link", { name: /seen-by-polling/ }).first()).toBeVisible();
});
