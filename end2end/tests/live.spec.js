// What happens shows by itself: on the overview, in the list, on a session's page; and stands still when asked to.
import { expect, test } from "./fixtures.js";
import { listed, run, send, ticks } from "./loop.js";

const isLive = (page) => expect(page.getByRole("button", { name: /^Connection: Live/ })).toBeVisible();

test("the first event of a run shows on the overview", async ({ page, server }) => {
  await page.goto("/");
  await isLive(page);
  const target = "services/just-begun";
  // Begun now: only the newest of the running ones stand here, and other tests have some.
  const now = (events) => events.map((event) => ({ ...event, timestamp: new Date().toISOString() }));
  await send(server.url, now(run("just-begun", { upTo: 3, target })));
  const row = page.getByRole("region", { name: "Running" }).getByRole("link", { name: /services\/just-begun/ });
  await expect(row).toContainText("Diagnosing");
  await send(server.url, now(run("just-begun", { target }).slice(3, 6)));
  await expect(row).toContainText("Iteration 1 / 10");
});

test("the list waits with what is new, and changes rows in place", async ({ page, server }) => {
  await send(server.url, run("old", { upTo: 6, target: "services/old" }));
  await listed(server.url, "services/old");
  await page.goto("/sessions?q=services");
  await isLive(page);
  const row = page.getByRole("row", { name: /services\/old/ });
  await expect(row).toContainText("Running");
  await send(server.url, run("old", { target: "services/old" }).slice(6));
  await expect(row).toContainText("Converged");
  const now = run("fresh", { upTo: 3, target: "services/fresh" }).map((event) => ({ ...event, timestamp: new Date().toISOString() }));
  await send(server.url, now);
  await page.getByRole("button", { name: "1 new" }).click();
  await expect(page.getByRole("row", { name: /services\/fresh/ })).toBeVisible();
});

test("a session's page follows its run to the end", async ({ page, server }) => {
  const events = run("follow", { target: "services/follow" });
  await send(server.url, events.slice(0, 3));
  await page.goto("/sessions/follow");
  await isLive(page);
  await expect(page.locator(".strip li.on")).toContainText("Diagnosing");
  await send(server.url, events.slice(3));
  await expect(page.locator(".strip li.on")).toContainText("Converged");
  await expect(page.locator(".head .pill")).toHaveText("Converged");
  await expect(page.getByRole("link", { name: `Events ${events.length}` })).toBeVisible();
  await expect(page.getByRole("region", { name: "Live events" })).toContainText("Session ended");
});

test("a paused stream stands still and says what waits", async ({ page, server }) => {
  await send(server.url, ticks("pause", 0, 3));
  await page.goto("/sessions/pause");
  await isLive(page);
  const stream = page.getByRole("region", { name: "Live events" });
  await page.keyboard.press("p");
  await send(server.url, ticks("pause", 3, 4));
  await expect(stream.getByRole("button", { name: "Resume (4 new)" })).toBeVisible();
  const before = await stream.getByRole("listitem").count();
  expect(before).toBe(3);
  await page.keyboard.press("p");
  await expect(stream.getByRole("listitem")).toHaveCount(7);
});

test("any length of session can be scrolled anywhere, and its newest follow", async ({ page, server }) => {
  for (let from = 0; from < 5000; from += 1000) await send(server.url, ticks("long", from, 1000));
  await page.goto("/sessions/long?tab=events");
  await isLive(page);
  const list = page.locator(".vlist");
  await expect(list.locator(".vrow").first()).toContainText("5000");
  await list.evaluate((element) => element.scrollTo(0, element.scrollHeight));
  await expect(list.getByRole("button", { name: /^1 / })).toBeVisible();
  await send(server.url, ticks("long", 5000, 10));
  await page.getByRole("button", { name: "10 new" }).click();
  await expect(list.locator(".vrow").first()).toContainText("5010");
  await send(server.url, ticks("long", 5010, 1));
  await expect(list.locator(".vrow").first()).toContainText("5011");
  const drawn = await list.locator(".vrow").count();
  expect(drawn, "only what is seen is in the page").toBeLessThan(120);
});

test("an event opens to its payload, by mouse and by keys", async ({ page, server }) => {
  await send(server.url, run("open"));
  await page.goto("/sessions/open?tab=events&q=CONVERGENCE_REACHED");
  await isLive(page);
  await page.getByRole("button", { name: /CONVERGENCE_REACHED/ }).click();
  const part = page.getByRole("region", { name: /^Event / });
  await expect(part).toContainText("iterations");
  await page.getByRole("button", { name: /CONVERGENCE_REACHED/ }).press("Enter");
  await expect(part).toHaveCount(0);
});

test("sessions of one id in two projects are two sessions, to see and to steer", async ({ page, server }) => {
  await send(server.url, run("twin", { upTo: 3, target: "services/here" }));
  const there = run("twin", { upTo: 3, target: "services/there" }).map((event) => ({ ...event, event_id: undefined }));
  const answer = await fetch(`${server.url}/api/v1/events?project=lab`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(there),
  });
  expect(answer.ok).toBe(true);
  await page.goto("/sessions");
  await page.getByRole("link", { name: /services\/there/ }).click();
  await expect(page).toHaveURL(/project=lab/);
  await expect(page.getByText("services/there").first()).toBeVisible();
  await isLive(page);
  await page.getByRole("link", { name: /^Events/ }).click();
  await expect(page).toHaveURL(/project=lab&tab=events/);
  await page.getByRole("button", { name: "Halt" }).click();
  await page.getByRole("dialog").getByRole("button", { name: /Halt/ }).click();
  const commands = async (query) => (await (await fetch(`${server.url}/api/v1/sessions/twin/commands${query}`)).json()).commands.length;
  await expect.poll(() => commands("?project=lab")).toBe(1);
  expect(await commands("")).toBe(0);
});
