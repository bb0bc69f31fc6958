// Alerts in the browser: a rule is made, fires, is known, resolves; a channel is tried before it is trusted.
import { createHmac } from "node:crypto";
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
  await dialog.getByRole("button", { name: "Save rule" }).click();
  await expect(panel(page, "Rules")).toContainText("Loss beyond ten");
  await send(server.url, [loss("hot", 3), loss("hot", 40), loss("hot", 41)]);
  await page.goto("/alerts");
  await isLive(page);
  const firing = panel(page, "Firing now");
  await expect(firing.getByText("Loss beyond ten")).toHaveCount(1);
  await firing.getByRole("button", { name: "Acknowledge" }).click();
  await expect(firing).toContainText(/acknowledged by/);
  await send(server.url, [loss("hot", 1)]);
  await expect(firing.getByText("Loss beyond ten")).toHaveCount(0);
  await expect(panel(page, "History")).toContainText("Loss beyond ten");
  await page.goto("/sessions/hot?tab=alerts");
  await isLive(page);
  await expect(page.getByRole("main").getByText("Loss beyond ten").first()).toBeVisible();
});

test.describe("a refusal", () => {
  test.use({ expectedMessages: [/Failed to load resource: .* 4\d\d/] });

  test("of a rule that cannot be is shown at its field, and nothing is lost", async ({ page }) => {
    await page.goto("/alerts?tab=rules");
    await isLive(page);
    await page.getByRole("button", { name: "New rule" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name", { exact: true }).fill("Broken");
    await dialog.getByLabel("Fires below").fill("50");
    await dialog.getByRole("button", { name: "Save rule" }).click();
    await expect(dialog.getByRole("alert")).toContainText("Fires below: must not be higher than `above`");
    await expect(dialog.getByLabel("Fires below")).toHaveAttribute("aria-invalid", "true");
    await expect(dialog.getByLabel("Fires above")).not.toHaveAttribute("aria-invalid", "true");
    await expect(dialog.getByLabel("Name", { exact: true })).toHaveValue("Broken");
    await expect(dialog.getByLabel("Fires below")).toHaveValue("50");
  });
});

/** The rule of a name, as the server keeps it. */
const kept = async (request, name) => (await (await request.get("/api/v1/alerts/rules")).json()).rules.find((rule) => rule.name === name);

test("every kind of rule has a form, and comes back into it as it was", async ({ page, request }) => {
  await page.goto("/alerts?tab=rules");
  await isLive(page);
  const dialog = page.getByRole("dialog");
  const kinds = [
    ["threshold", "Metric threshold", { "Metric": "ppo/kl", "Fires above": "0.5", "Resolve threshold": "0.2", "For at least": "3" }, { metric: "ppo/kl", above: 0.5, resolve_at: 0.2, for_seconds: 3 }],
    ["silence", "No events for a period", { "Silent for": "60" }, { seconds: 60 }],
    ["stuck", "Stuck in one state", { "State or status": "ATTACKING", "Stuck for": "90" }, { state: "ATTACKING", seconds: 90 }],
    ["step_failed", "Step failed", { "Step": "validate" }, { step: "validate" }],
    ["new_critical_finding", "New critical finding", { "Minimum severity": "high" }, { severity: "high" }],
    ["non_finite", "Metric is NaN or infinite", { "Metrics": "a/*, b" }, { metrics: ["a/*", "b"] }],
    ["rate", "Event rate", { "Fires above": "50", "Fires below": "2", "Rate per": "minute", "Window": "30" }, { above: 50, below: 2, per: "minute", window_seconds: 30 }],
    ["event", "Matching event", { "Event names": "X_*", "Except": "X_1", "Minimum severity": "low" }, { names: ["X_*"], except: ["X_1"], severity: "low", all: false }],
  ];
  for (const [kind, label, fields, condition] of kinds) {
    await page.getByRole("button", { name: "New rule" }).click();
    await dialog.getByLabel("Name", { exact: true }).fill(`A ${kind}`);
    await dialog.getByLabel("Condition type").selectOption({ label });
    for (const [field, value] of Object.entries(fields)) {
      const entry = dialog.getByLabel(new RegExp(`^${field}`));
      if (await entry.evaluate((element) => element.tagName === "SELECT")) await entry.selectOption(value);
      else await entry.fill(value);
    }
    await dialog.getByLabel("Session name or id").fill(`only-${kind}`);
    await dialog.getByRole("button", { name: "Save rule" }).click();
    await expect(dialog).toBeHidden();
    expect((await kept(request, `A ${kind}`)).condition).toMatchObject({ kind, ...condition });
    const row = panel(page, "Rules").getByRole("listitem").filter({ hasText: `A ${kind}` });
    await row.getByRole("button", { name: "Edit" }).click();
    for (const [field, value] of Object.entries(fields)) await expect(dialog.getByLabel(new RegExp(`^${field}`))).toHaveValue(value);
    const before = await kept(request, `A ${kind}`);
    await dialog.getByRole("button", { name: "Save rule" }).click();
    await expect(dialog).toBeHidden();
    const after = await kept(request, `A ${kind}`);
    expect({ ...after, updated_at: "" }).toEqual({ ...before, updated_at: "" });
  }
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
    await page.getByRole("button", { name: "New channel" }).click();
    const form = page.getByRole("dialog");
    await form.getByLabel("Name", { exact: true }).fill("Night watch");
    await form.getByLabel("URL").fill(`http://127.0.0.1:${hook.address().port}/hook`);
    await form.getByRole("button", { name: "Add channel" }).click();
    const row = panel(page, "Channels").getByRole("listitem").filter({ hasText: "Night watch" });
    await row.getByRole("button", { name: "Test" }).click();
    await expect(page.getByText("The test was answered with 204")).toBeVisible();
    expect(taken).toHaveLength(1);
    expect(JSON.parse(taken[0].body).test).toBe(true);

    // It is changed without its address, which is shown to nobody, and gets a new secret, which is shown once.
    const signed = (delivery, secret) => {
      const fields = Object.fromEntries(delivery.headers["loopscope-signature"].split(",").map((part) => part.split("=")));
      return createHmac("sha256", secret).update(`${fields.t}.`).update(delivery.body).digest("hex") === fields.v1;
    };
    await row.getByRole("button", { name: "Edit" }).click();
    await expect(form.getByLabel("URL")).toHaveValue("");
    await form.getByLabel("Name", { exact: true }).fill("Day watch");
    await form.getByLabel("Minimum severity").selectOption("high");
    await form.getByLabel("Also send resolved alerts").uncheck();
    await form.getByRole("button", { name: "Save channel" }).click();
    const changed = panel(page, "Channels").getByRole("listitem").filter({ hasText: "Day watch" });
    await expect(changed).toContainText("at least high · firing alerts only");
    await changed.getByRole("button", { name: "Edit" }).click();
    await form.getByRole("button", { name: "New secret…" }).click();
    await form.getByRole("button", { name: "Confirm: old secret stops working" }).click();
    const said = page.getByRole("status").filter({ hasText: "shown only once" });
    const secret = (await said.locator("code").textContent()).trim();
    await changed.getByRole("button", { name: "Test" }).click();
    await expect(page.getByText("The test was answered with 204")).toBeVisible();
    expect(taken).toHaveLength(2);
    expect(signed(taken[1], secret)).toBe(true);
    expect(signed(taken[0], secret)).toBe(false);

    await changed.getByRole("button", { name: "Edit" }).click();
    await form.getByLabel("Enabled").uncheck();
    await form.getByRole("button", { name: "Save channel" }).click();
    await expect(changed).toContainText("off");
    await changed.getByRole("button", { name: "Edit" }).click();
    await form.getByRole("button", { name: "Remove…" }).click();
    await form.getByRole("button", { name: /^Remove with/ }).click();
    await expect(changed).toHaveCount(0);
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
