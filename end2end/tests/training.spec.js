// A training run on its page: every event type of the contract, derived figures, zero and null, seeds, alerts.
import { expect, test } from "./fixtures.js";
import { send } from "./loop.js";
import { ALERTS, epoch, event, training } from "./train.js";

const isLive = (page) => expect(page.getByRole("button", { name: /^Connection: Live/ })).toBeVisible();
const card = (page, label) => page.getByRole("group", { name: label, exact: true });
const panel = (page, name) => page.getByRole("region", { name, exact: true });

test("the figures are derived as the contract says", async ({ page, server }) => {
  await send(server.url, training("net-figures"));
  await page.goto("/sessions/net-figures");
  await isLive(page);
  // The mean of both environments, against the host alone.
  await expect(card(page, "Accuracy")).toContainText("50.0%");
  // One of two environments carries 1,500 more.
  await expect(card(page, "Parameter ratio")).toContainText("1.07");
  await expect(card(page, "Value variance")).toContainText("0.25");
  await expect(card(page, "Entropy")).toContainText("0.61");
  await expect(card(page, "Entropy")).toContainText("exploring");
  await expect(card(page, "KL divergence")).toContainText("0.012");
  await expect(page.getByText("SPARSE")).toBeVisible();
  await expect(page.getByText("1 / 150")).toBeVisible();
  const seeds = panel(page, "Seeds");
  await expect(seeds.getByRole("row", { name: /r0c0/ })).toContainText("+2.5");
  await expect(seeds.getByRole("row", { name: /r0c0/ })).toContainText("Fossilized");
  await expect(seeds.getByRole("row", { name: /r0c1/ })).toContainText("Pruned");
  const actions = page.getByRole("list", { name: "Recent actions" });
  await expect(actions.getByRole("listitem").first()).toHaveText("GERMINATE(r0c0)");
  await expect(actions).toContainText("FOSSILIZE(r0c0)");
  await expect(panel(page, "Life of seeds").getByRole("listitem")).toHaveCount(2);
});

test("zero takes the place of what was measured, null does not", async ({ page, server }) => {
  await send(server.url, [epoch("zero", 5, 75.5)]);
  await page.goto("/sessions/zero");
  await isLive(page);
  await expect(card(page, "Accuracy")).toContainText("75.5%");
  await send(server.url, [epoch("zero", 6, null)]);
  await expect(page.getByText("6 / 100")).toBeVisible();
  await expect(card(page, "Accuracy")).toContainText("75.5%");
  await send(server.url, [epoch("zero", 0, 0)]);
  await expect(card(page, "Accuracy")).toContainText("0.0%");
  await expect(page.getByText("0 / 100")).toBeVisible();
});

test("every type is told in the live stream as it comes", async ({ page, server }) => {
  const events = training("told");
  await send(server.url, events.slice(0, 1));
  await page.goto("/sessions/told");
  await isLive(page);
  for (const one of events.slice(1)) {
    await send(server.url, [one]);
    const line = panel(page, "Live events").locator("li").first();
    await expect(line.locator(".kind")).toHaveText(one.event_type);
    await expect(line.locator(".say")).not.toBeEmpty();
  }
});

test("what the contract calls an alert is one on the page, and fires as a rule", async ({ page, server }) => {
  await send(server.url, [epoch("trouble", 1, 50)]);
  await page.goto("/sessions/trouble");
  await isLive(page);
  for (const [type, data, severity, text] of ALERTS) {
    await send(server.url, [event("trouble", type, data, { severity })]);
    await expect(panel(page, "Alerts")).toContainText(text);
  }
  await page.goto("/alerts");
  await isLive(page);
  await expect(panel(page, "Firing now")).toContainText("trouble");
});

test("numbers that JSON cannot say are shown as what they are", async ({ page, server, request }) => {
  const text = '{"event_type":"PPO_UPDATE_COMPLETED","dialect":"training","session_id":"nan","epoch":3,"data":{"skipped":false,"entropy":NaN,"policy_loss":0.5}}';
  const answer = await request.post(`${server.url}/api/v1/events`, { data: Buffer.from(text), headers: { "content-type": "application/json" } });
  expect((await answer.json()).accepted).toBe(1);
  await page.goto("/sessions/nan?tab=metrics");
  await isLive(page);
  await expect(page.getByText("ppo/entropy").first()).toBeVisible();
  await expect(page.getByText(/NaN/).first()).toBeVisible();
});
