// The list of sessions: facets, tags, what is done with many, saved views, order, and links that restore all of it; and
// the search over everything.
import { expect, test } from "./fixtures.js";
import { listed, run, send } from "./loop.js";

const isLive = (page) => expect(page.getByRole("button", { name: /^Connection: Live/ })).toBeVisible();
const filters = (page) => page.getByRole("region", { name: "Filters" });
const rows = (page) => page.getByRole("region", { name: "Sessions" }).locator("tbody tr");
const row = (page, name) => rows(page).filter({ hasText: name });

test.beforeAll(async ({ server }) => {
  await send(server.url, run("depot-alpha", { target: "depot/alpha" }));
  await send(server.url, run("depot-beta", { target: "depot/beta", iterations: 5, findings: 30 }));
  await send(server.url, run("depot-gamma", { target: "depot/gamma", upTo: 12 }));
  await send(server.url, run("depot-delta", { target: "depot/delta", upTo: 12 }));
  await listed(server.url, "depot/alpha", "depot/beta", "depot/gamma", "depot/delta");
});

/** Waits until the words of everything that was sent are kept. */
const kept = (server) => expect.poll(async () => (await (await fetch(`${server.url}/api/v1/search?q=x`)).json()).behind).toBe(0);

const count = (page, label) => filters(page).locator("label").filter({ hasText: label }).locator(".n");

const post = (server, path, body) =>
  fetch(`${server.url}${path}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

test("sessions are chosen, tagged, and found by their tag", async ({ page }) => {
  await page.goto("/sessions?q=depot");
  await isLive(page);
  await row(page, "depot/alpha").getByRole("checkbox").check();
  await row(page, "depot/beta").getByRole("checkbox").check();
  await expect(page).toHaveURL(/sel=depot-alpha&sel=depot-beta/);
  await expect(page.getByText("2 selected")).toBeVisible();
  await page.getByRole("button", { name: "Tag…" }).click();
  const dialog = page.getByRole("dialog", { name: "Tag 2 sessions" });
  await dialog.getByRole("combobox", { name: /Tag to add/ }).fill("nightly");
  await dialog.getByRole("button", { name: "Add tag" }).click();
  await expect(dialog).toBeHidden();
  await expect(row(page, "depot/alpha").getByText("nightly")).toBeVisible();
  await page.reload();
  await isLive(page);
  await expect(page.getByText("2 selected")).toBeVisible();
  await expect(count(page, "nightly")).toHaveText("2");
  await expect(count(page, "Converged")).toHaveText("2");
  await expect(count(page, "Running")).toHaveText("2");
  await filters(page).getByRole("checkbox", { name: /nightly/ }).check();
  await expect(page).toHaveURL(/tag=nightly/);
  // The other facets count under the choice that was made.
  await expect(count(page, "Converged")).toHaveText("2");
  await expect(count(page, "Running")).toHaveCount(0);
  await expect(rows(page)).toHaveCount(2);
  await page.getByRole("button", { name: "Tag…" }).click();
  await dialog.getByRole("button", { name: "Remove the tag nightly" }).click();
  await expect(dialog).toBeHidden();
  await expect(row(page, "depot/alpha").getByText("nightly")).toHaveCount(0);
});

test("chosen sessions are compared", async ({ page }) => {
  await page.goto("/sessions?q=depot");
  await isLive(page);
  await row(page, "depot/alpha").getByRole("checkbox").check();
  await expect(page.getByRole("button", { name: "Compare" })).toBeDisabled();
  await row(page, "depot/beta").getByRole("checkbox").check();
  await page.getByRole("region", { name: "Sessions" }).getByRole("link", { name: "Compare" }).click();
  await expect(page).toHaveURL(/\/compare\?session=depot-alpha&session=depot-beta/);
});

test("a view is saved with its filters, shared, opened again, and removed", async ({ page, browser }) => {
  await page.goto("/sessions?status=converged&target=depot%2Falpha&target=depot%2Fbeta&sort=findings&order=asc");
  await isLive(page);
  await page.getByRole("button", { name: "Save view" }).click();
  const dialog = page.getByRole("dialog", { name: "Save this view" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("Done, by what is left");
  await dialog.getByRole("button", { name: "Save view" }).click();
  await expect(dialog).toBeHidden();
  await page.goto("/sessions?q=depot");
  await isLive(page);
  const saved = page.getByRole("group", { name: "Saved views" });
  await saved.getByRole("link", { name: "Done, by what is left 2" }).click();
  await expect(page).toHaveURL(/status=converged&target=depot%2Falpha&target=depot%2Fbeta&sort=findings&order=asc/);
  await expect(filters(page).getByRole("checkbox", { name: /Converged/ })).toBeChecked();
  // Whoever has the address sees the same, and has the view too.
  const other = await browser.newPage();
  await other.goto(page.url());
  await expect(other.getByRole("group", { name: "Saved views" }).getByRole("link", { name: "Done, by what is left 2" })).toHaveAttribute("aria-current", "true");
  await expect(rows(other)).toHaveCount(2);
  await other.close();
  await saved.getByRole("button", { name: "Remove the view Done, by what is left" }).click();
  await expect(saved.getByRole("link", { name: "Done, by what is left" })).toHaveCount(0);
});

test("every column sorts, and the address keeps it", async ({ page }) => {
  await page.goto("/sessions?q=depot");
  await isLive(page);
  for (const [name, word] of [["Status", "status"], ["Name", "name"], ["Kind", "kind"], ["Started", "started"], ["Duration", "duration"], ["Iteration", "iteration"], ["Findings", "findings"], ["Fixes", "fixes"], ["Quality", "quality"]]) {
    await page.getByRole("columnheader", { name }).getByRole("link").click();
    await expect(page).toHaveURL(new RegExp(`sort=${word}`));
    await expect(page.getByRole("columnheader", { name })).toHaveAttribute("aria-sort", "descending");
  }
  await page.getByRole("columnheader", { name: "Name" }).getByRole("link").click();
  await expect(rows(page).first()).toContainText("depot/gamma");
  await page.getByRole("columnheader", { name: "Name" }).getByRole("link").click();
  await expect(rows(page).first()).toContainText("depot/alpha");
  await expect(page).toHaveURL(/sort=name&order=asc/);
});

test("all that are listed are chosen at once, and let go", async ({ page }) => {
  await page.goto("/sessions?q=depot");
  await isLive(page);
  const all = page.getByRole("checkbox", { name: "Select all listed sessions" });
  await row(page, "depot/alpha").getByRole("checkbox").check();
  await expect(all).toHaveJSProperty("indeterminate", true);
  await all.click();
  await expect(page.getByText("4 selected")).toBeVisible();
  await expect(all).toBeChecked();
  await all.click();
  await expect(page.getByText(/selected/)).toHaveCount(0);
});

test("a range of days restricts the list, and its chip takes it away", async ({ page }) => {
  await page.goto("/sessions?q=depot&since=2001-01-01&until=2001-12-31");
  await isLive(page);
  await expect(page.getByText("No session matches these filters.")).toBeVisible();
  await expect(filters(page).getByLabel("From")).toHaveValue("2001-01-01");
  await expect(filters(page).getByLabel("To")).toHaveValue("2001-12-31");
  await page.getByRole("link", { name: "Remove the latest start" }).click();
  await expect(page).toHaveURL(/since=2001-01-01$/);
  await expect(row(page, "depot/alpha")).toHaveCount(1);
});

test("deleting asks first, names what goes, and is noted", async ({ page, server }) => {
  await send(server.url, run("depot-doomed", { target: "depot/doomed" }));
  await listed(server.url, "depot/doomed");
  await page.goto("/sessions?q=doomed");
  await isLive(page);
  await row(page, "depot/doomed").getByRole("checkbox").check();
  await page.getByRole("button", { name: "Delete…" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete 1 session?" });
  await expect(dialog.getByRole("button", { name: "Cancel" })).toBeFocused();
  await expect(dialog.getByRole("listitem")).toHaveText(["depot/doomed"]);
  await dialog.getByRole("button", { name: "Delete 1 session" }).click();
  await expect(dialog).toBeHidden();
  await expect(row(page, "depot/doomed")).toHaveCount(0);
  const gone = await fetch(`${server.url}/api/v1/sessions/depot-doomed`);
  expect(gone.status).toBe(404);
  const audit = await (await fetch(`${server.url}/api/v1/audit`)).json();
  expect(JSON.stringify(audit)).toContain("session.deleted");
});

test("what cannot be done names its field", async ({ server }) => {
  for (const [path, body, field] of [
    ["/api/v1/tags", { sessions: ["depot-alpha"] }, "add"],
    ["/api/v1/tags", { sessions: [], add: ["x"] }, "sessions"],
    ["/api/v1/tags", { sessions: ["depot-alpha"], add: ["x".repeat(49)] }, "add"],
    ["/api/v1/deletions", { sessions: [] }, "sessions"],
    ["/api/v1/views", { name: " " }, "name"],
    ["/api/v1/views", { name: "long", query: "q=" + "x".repeat(5000) }, "query"],
  ]) {
    const answer = await post(server, path, body);
    expect(answer.status, path).toBe(422);
    expect((await answer.json()).error.field, path).toBe(field);
  }
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false, expectedMessages: [/was preloaded using link preload but not used/] });

  test("chosen sessions are compared, and tags filter", async ({ page, server }) => {
    await post(server, "/api/v1/tags", { sessions: ["depot-gamma"], add: ["by hand"] });
    await page.goto("/sessions?q=depot");
    await filters(page).getByRole("checkbox", { name: /by hand/ }).check();
    await page.getByRole("button", { name: "Apply" }).click();
    await expect(rows(page)).toHaveCount(1);
    await page.goto("/sessions?q=depot");
    await row(page, "depot/alpha").getByRole("checkbox").check();
    await row(page, "depot/beta").getByRole("checkbox").check();
    await page.getByRole("button", { name: "Compare selection" }).click();
    await expect(page).toHaveURL(/\/compare\?session=[\w-]+&session=[\w-]+/);
    await expect(page.getByRole("list", { name: "Runs" }).getByRole("listitem")).toHaveCount(2);
  });
});

test("words lead to sessions, and to events at their place", async ({ page, server }) => {
  await kept(server);
  await page.goto("/");
  await isLive(page);
  await page.keyboard.press("/");
  await page.getByRole("searchbox", { name: "Search sessions and events" }).fill("depot/alpha");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/search\?q=depot%2Falpha/);
  await expect(page.getByRole("region", { name: "Sessions found" }).getByRole("link", { name: /depot\/alpha/ })).toBeVisible();
  await page.getByRole("searchbox", { name: "Search terms" }).fill("unchec length qqabsent");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await expect(page.getByText("No sessions or events match all of these words.")).toBeVisible();
  await page.getByRole("searchbox", { name: "Search terms" }).fill("unchec length");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await expect(page.getByText("No exact matches.", { exact: false })).toBeVisible();
  const hit = page.getByRole("region", { name: "Events found" }).getByRole("link").first();
  await expect(hit.locator("mark").first()).toHaveText("Unchecked");
  await hit.click();
  await expect(page).toHaveURL(/\/sessions\/[^?]+\?tab=events&event=\d+/);
  const seq = new URL(page.url()).searchParams.get("event");
  const opened = page.getByRole("region", { name: `Event ${seq}`, exact: true });
  await expect(opened).toContainText("Unchecked length");
  await expect(opened).toBeInViewport();
  await page.goBack();
  await expect(page.getByRole("region", { name: "Events found" })).toBeVisible();
});

test("a link to an event opens it, however many came since", async ({ page, server }) => {
  const many = Array.from({ length: 700 }, (_, n) => ({ event_id: `deep-${n}`, session_id: "deep", event_type: "NOTE", iteration: 1, data: { message: `note ${n}` } }));
  await send(server.url, many);
  await page.goto("/sessions/deep?tab=events&event=120");
  await isLive(page);
  const opened = page.getByRole("region", { name: "Event 120", exact: true });
  await expect(opened).toContainText("note 119");
  await expect(opened).toBeInViewport();
  await expect(page.getByRole("button", { name: /\b119\b.*NOTE/ })).toBeVisible();
  // One that is not there opens nothing, and breaks nothing.
  await page.goto("/sessions/deep?tab=events&event=999999");
  await isLive(page);
  await expect(page.getByRole("button", { name: /\b700\b.*NOTE/ })).toBeVisible();
  await page.goto("/sessions/deep?tab=events&event=nonsense");
  await isLive(page);
  await expect(page.getByRole("button", { name: /\b700\b.*NOTE/ })).toBeVisible();
});

test("all of it works by keys alone", async ({ page, server }) => {
  await kept(server);
  await page.goto("/sessions?q=depot&sort=name&order=asc");
  await isLive(page);
  await page.keyboard.press("j");
  await expect(page.getByRole("link", { name: /depot\/alpha/ })).toBeFocused();
  await page.keyboard.press("x");
  await expect(page.getByText("1 selected")).toBeVisible();
  await expect(page.getByRole("link", { name: /depot\/alpha/ })).toBeFocused();
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await expect(page).toHaveURL(/sel=depot-alpha&sel=depot-beta/);
  await page.keyboard.press("x");
  await expect(page.getByText("1 selected")).toBeVisible();
  await page.getByRole("button", { name: "Tag…" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("combobox", { name: /Tag to add/ })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Tag…" })).toBeFocused();
  await page.keyboard.press("/");
  await page.keyboard.type("unchecked length");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Events found" })).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/tab=events&event=\d+/);
  await expect(page.getByRole("region", { name: /^Event \d+$/ })).toContainText("Unchecked length");
});

test("on a phone sessions are chosen, and words are found", async ({ page, server }) => {
  await kept(server);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/sessions?q=depot");
  await isLive(page);
  await row(page, "depot/alpha").getByRole("checkbox").check();
  await row(page, "depot/beta").getByRole("checkbox").check();
  for (const name of ["Tag…", "Delete…"]) await expect(page.getByRole("button", { name })).toBeInViewport();
  await page.getByRole("link", { name: "Search", exact: true }).click();
  await page.getByRole("searchbox", { name: "Search terms" }).fill("unchecked");
  await page.keyboard.press("Enter");
  const hit = page.getByRole("region", { name: "Events found" }).getByRole("link").first();
  await expect(hit.locator("mark").first()).toBeVisible();
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(sideways).toBeLessThanOrEqual(0);
});

test("sessions are found by the words of their events", async ({ page, server }) => {
  await send(server.url, [{ event_id: "rare-1", session_id: "rare", event_type: "NOTE", iteration: 1, data: { message: "a quetzalcoatlus appeared" } }]);
  const found = async () => (await (await fetch(`${server.url}/api/v1/sessions?q=quetzalcoatlus`)).json()).total;
  await expect.poll(found).toBe(1);
  await page.goto("/sessions?q=quetzalcoatlus");
  await isLive(page);
  await expect(rows(page)).toHaveCount(1);
  await expect(row(page, "rare")).toBeVisible();
});

test("chosen sessions leave as one file", async ({ page, request }) => {
  await page.goto("/sessions?q=depot&sel=depot-alpha&sel=depot-beta");
  await isLive(page);
  const href = await page.getByRole("link", { name: "Export" }).getAttribute("href");
  expect(href).toBe("/api/v1/export?project=default&session=depot-alpha&project=default&session=depot-beta");
  expect((await request.get(href)).status()).toBe(200);
});
