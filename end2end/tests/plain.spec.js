// A program of no dialect of its own: its Overview begins with its own numbers and shows nothing that it never told of.
import { expect, test } from "./fixtures.js";

const isLive = (page) => expect(page.getByRole("button", { name: /^Connection: Live/ })).toBeVisible();

/** Sends events in the words of our own libraries. */
async function tell(url, session, events) {
  const body = events.map(([event_type, data], n) => ({ event_id: `${session}-${n}-${event_type}`, session_id: session, event_type, data }));
  const response = await fetch(`${url}/api/v1/events?dialect=generic`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
}

const told = [
  ["SESSION_STARTED", { name: "A plain program" }],
  ...[0.9, 0.5, 0.25].map((loss, step) => ["METRICS", { step, metrics: { loss } }]),
  ["FINDING", { description: "An unchecked length", severity: "high" }],
];

for (const scripts of [true, false]) {
  test.describe(scripts ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled: scripts, expectedMessages: scripts ? [] : [/was preloaded using link preload but not used/] });

    test("its numbers and findings are the page", async ({ page, server }) => {
      const session = `plain-${scripts}`;
      await tell(server.url, session, told);
      await page.goto(`/sessions/${session}`);
      if (scripts) await isLive(page);
      const main = page.getByRole("main");
      await expect(main.getByRole("figure").filter({ hasText: "loss" })).toBeVisible();
      await expect(main).toContainText("1 open, 0 fixed");
      await expect(main.getByText("Iteration", { exact: true })).toHaveCount(0);
      await expect(main.getByRole("figure").filter({ hasText: "Tests" })).toHaveCount(0);
    });
  });
}

test("what it ends with is what it said, and its findings are counted in the list", async ({ page, server }) => {
  await tell(server.url, "plain-end", told);
  await page.goto("/sessions/plain-end");
  await isLive(page);
  await tell(server.url, "plain-end", [["SESSION_ENDED", { outcome: "completed" }]]);
  await expect(page.getByRole("main").getByText("Completed").first()).toBeVisible();
  const { sessions } = await (await fetch(`${server.url}/api/v1/sessions?q=plain-end`)).json();
  expect(sessions[0]).toMatchObject({ status: "completed", findings_open: 1, open_by_severity: { high: 1 } });
});
