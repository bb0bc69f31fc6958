// Alerts in the browser: a rule is made, fires, is known, resolves; a channel is tried before it is trusted.
import { createServer } from "node:http";
import { expect, test } from "./fixtures.js";
import { send } from "./loop.js";

const isLive = (page) => expect(page.getByRole("button", { name: /^Connection: Live/ })).toBeVisible();
const panel = (page, name) => page.getByRole("region", { name, exact: true });
let n = 0;
const loss = (session, value) => {
  n += 1;
  return { event_id: `alert-${n}`, session_id: session, iteration: 1, event_type: "METRICS", data: { metrics: { "train/loss": value } } };
};

test("a rule that was made on the page fires once, is known, and resolves", async ({ page, server }) => {
  await page.goto("/alerts?tab=rules");
  await isLive(page);
  await page.getByRole("button", { name: "New rule" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("Loss beyond ten");
  await dialog.getByRole("button", { name: "Keep the rule" }).click();
  await expect(panel(page, "Rules")).toContainText("Loss beyond ten");
  await send(server.url, [loss("hot", 3), loss("hot", 40), loss("hot", 41)]);
  await page.goto("/alerts");
  await isLive(page);
  const firing = panel(page, "Firing now");
  await expect(firing.getByText("Loss beyond ten")).toHaveCount(1);
  await firing.getByRole("button", { name: "I know" }).click();
  await expect(firing).toContainText(/known/i);
  await send(server.url, [loss("hot", 1)]);
  await expect(firing.getByText("Loss beyond ten")).toHaveCount(0);
  await expect(panel(page, "History")).toContainText("Loss beyond ten");
  await page.goto("/sessions/hot?tab=alerts");
  await isLive(page);
  await expect(page.getByRole("main").getByText("Loss beyond ten").first()).toBeVisible();
});

test("a rule with a bad condition is refused by its field, and nothing is lost", async ({ page }) => {
  await page.goto("/alerts?tab=rules");
  await isLive(page);
  await page.getByRole("button", { name: "New rule" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("Broken");
  await dialog.getByLabel("Condition").fill('{"kind":"threshold"');
  await dialog.getByRole("button", { name: "Keep the rule" }).click();
  await expect(dialog.getByRole("alert")).toBeVisible();
  await expect(dialog.getByLabel("Name", { exact: true })).toHaveValue("Broken");
});

test("a channel is tried before it is trusted", async ({ page }) => {
  const taken = [];
  const hook = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => {
      taken.push({ headers: request.headers, body });
      response.writeHead(204).end();
    });
  });
  await new Promise((ready) => hook.listen(0, "127.0.0.1", ready));
  try {
    await page.goto("/alerts?tab=channels");
    await isLive(page);
    const form = panel(page, "New channel");
    await form.getByLabel("Name", { exact: true }).fill("Night watch");
    await form.getByLabel("Address").fill(`http://127.0.0.1:${hook.address().port}/hook`);
    await form.getByRole("button", { name: "Add the channel" }).click();
    const row = panel(page, "Channels").getByRole("listitem").filter({ hasText: "Night watch" });
    await row.getByRole("button", { name: "Test" }).click();
    await expect(page.getByText("The test was answered with 204")).toBeVisible();
    expect(taken).toHaveLength(1);
    expect(JSON.parse(taken[0].body).test).toBe(true);
  } finally {
    hook.close();
  }
});

test("what fires is said wherever one is, and counted", async ({ page, server }) => {
  await page.goto("/settings");
  await isLive(page);
  const rollback = (n) => ({ event_id: `rollback-${n}`, dialect: "training", session_id: "toasted", event_type: "GOVERNOR_ROLLBACK", severity: "critical", data: { reason: "loss ran away" } });
  await send(server.url, [rollback(1)]);
  await expect(page.getByRole("status").getByText("toasted", { exact: false }).first()).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name: /Alerts/ })).toContainText(/[1-9]/);
});
