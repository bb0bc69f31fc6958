// The command palette, the list of keys, what this browser remembers: by keyboard alone, and on a phone.
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "./fixtures.js";
import { listed, run, send } from "./loop.js";
import { attach, orchestration } from "./orchestrator.js";

const isLive = (page) => expect(page.getByRole("button", { name: /^Connection: Live/ })).toBeVisible();
const palette = (page) => page.getByRole("dialog", { name: "Commands" });
const field = (page) => palette(page).getByRole("combobox", { name: "Command" });
const options = (page) => palette(page).getByRole("option");

/** Opens the palette by its keys and types. */
async function type(page, text) {
  await page.keyboard.press("Control+k");
  await expect(field(page)).toBeFocused();
  await page.keyboard.type(text);
}

/** What axe finds on the page as it is. */
async function faults(page) {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

test("it goes to pages and sessions by a few letters", async ({ page, server }) => {
  await send(server.url, run("pal-a", { target: "zebrawood/lamps" }));
  await listed(server.url, "zebrawood");
  await page.goto("/");
  await isLive(page);
  await type(page, "alert");
  await expect(options(page).first()).toHaveText("Alerts");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/alerts$/);
  await expect(palette(page)).toBeHidden();

  await type(page, "zebrawood");
  await expect(options(page)).toHaveText([/zebrawood\/lamps/]);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/sessions\/pal-a$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("zebrawood/lamps");
});

test("Escape and a press beside it close it, and the focus goes back", async ({ page }) => {
  await page.goto("/settings");
  await isLive(page);
  const link = page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name: "Sessions" });
  await link.focus();
  await page.keyboard.press("Control+k");
  await expect(field(page)).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(palette(page)).toBeHidden();
  await expect(link).toBeFocused();
  // The same keys close it, too.
  await page.keyboard.press("Control+k");
  await expect(field(page)).toBeFocused();
  await page.keyboard.press("Control+k");
  await expect(palette(page)).toBeHidden();
  await expect(link).toBeFocused();
  await page.keyboard.press("Control+k");
  await expect(field(page)).toBeFocused();
  await page.mouse.click(5, 5);
  await expect(palette(page)).toBeHidden();
});

test("arrows go through the list, and a screen reader hears of it", async ({ page }) => {
  await page.goto("/settings");
  await isLive(page);
  await page.getByRole("button", { name: "Commands" }).press("Enter");
  await expect(field(page)).toBeFocused();
  await page.keyboard.type("theme");
  await expect(options(page)).toHaveText(["Theme: system", "Theme: dark", "Theme: light"]);
  await expect(palette(page).getByRole("listbox", { name: "Commands" }).getByRole("group", { name: "Appearance" })).toBeVisible();
  await expect(palette(page).getByRole("status")).toHaveText("3 found");
  await page.keyboard.press("ArrowUp");
  await expect(options(page).nth(2)).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  const chosen = palette(page).getByRole("option", { selected: true });
  await expect(chosen).toHaveText("Theme: dark");
  await expect(field(page)).toHaveAttribute("aria-activedescendant", await chosen.getAttribute("id"));
  await page.keyboard.press("Enter");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await isLive(page);
  await type(page, "nothing has this name");
  await expect(palette(page)).toContainText("No matching commands.");
  await expect(field(page)).not.toHaveAttribute("aria-activedescendant");
  await page.keyboard.press("Enter");
  await expect(palette(page)).toBeVisible();
});

test("a session's commands go through their own dialog, and leave with the session", async ({ page, server }) => {
  await send(server.url, orchestration("pal-work", { ask: false }));
  const program = await attach(server.url, "pal-work", { obey: (_, answer) => answer("succeeded") });
  await page.goto("/sessions/pal-work");
  await isLive(page);
  await type(page, "halt move");
  await expect(options(page).first()).toHaveText(/^Halt Move sign-in to passkeys/);
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: /^Halt / });
  await expect(dialog).toBeVisible();
  expect(program.got, "nothing is sent before it is confirmed").toEqual([]);
  await dialog.getByLabel(/^Reason/).fill("by the palette");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status", { name: "Receipt" })).toContainText("succeeded");
  expect(program.got[0]).toMatchObject({ type: "HALT", reason: "by the palette" });

  await type(page, "skills");
  await expect(options(page).first()).toHaveText("Skills");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/tab=skills/);
  await page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name: "Settings" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Settings" })).toBeVisible();
  await type(page, "roll back");
  await expect(palette(page)).toContainText("No matching commands.");
  await program.close();
});

test("of an earlier moment only Halt is offered, as on the buttons", async ({ page, server }) => {
  await send(server.url, orchestration("pal-early"));
  await page.goto("/sessions/pal-early");
  await isLive(page);
  const offered = palette(page).getByRole("group", { name: "Act" }).getByRole("option");
  await page.keyboard.press("Control+k");
  await expect(offered).toHaveText([/^Halt /, /^Roll back .*…/, /^Redirect .*…/, /^Inject .*…/]);
  await page.keyboard.press("Escape");
  await page.goto("/sessions/pal-early?at=4");
  await isLive(page);
  await expect(page.getByRole("button", { name: "Roll back…" })).toBeDisabled();
  await page.keyboard.press("Control+k");
  await expect(offered).toHaveText([/^Halt /]);
});

test.describe("zones", () => {
  test.use({ timezoneId: "America/New_York" });

  /** A run over the night in which Berlin's clocks go from two to three. */
  async function night(server, session) {
    const say = (n, timestamp, event_type) => ({ event_id: `${session}-${n}`, session_id: session, iteration: 1, event_type, timestamp, data: { n } });
    await send(server.url, [say(1, "2026-03-29T00:59:30Z", "SESSION_STARTED"), say(2, "2026-03-29T01:00:30Z", "SESSION_ENDED")]);
  }
  const times = (page) => page.locator(".vrow .time");

  test("the server writes times as the browser does, also when clocks change", async ({ page, context, baseURL, server, browser }) => {
    await night(server, "pal-night");
    const path = "/sessions/pal-night?tab=events";
    const still = await browser.newContext({ javaScriptEnabled: false });
    for (const [cookie, shown] of [
      ["Europe/Berlin", ["01:59:30.000", "03:00:30.000"]],
      ["local:America/New_York", ["20:59:30.000", "21:00:30.000"]],
      ["Asia/Kolkata", ["06:29:30.000", "06:30:30.000"]],
      ["utc", ["00:59:30.000", "01:00:30.000"]],
    ]) {
      const cookies = [{ name: "zone", value: cookie, url: baseURL }];
      await context.addCookies(cookies);
      await still.addCookies(cookies);
      const sent = await still.newPage();
      await sent.goto(baseURL + path);
      expect((await times(sent).allTextContents()).sort(), cookie).toEqual(shown);
      await sent.close();
      await page.goto(path);
      await isLive(page);
      expect((await times(page).allTextContents()).sort(), cookie).toEqual(shown);
    }
    await still.close();
  });

  test("a zone is chosen by its name, and remembered", async ({ page, server }) => {
    await night(server, "pal-zone");
    await page.goto("/sessions/pal-zone?tab=events");
    await isLive(page);
    await page.getByRole("button", { name: "Time zone: UTC" }).press("Enter");
    const zones = page.getByRole("dialog", { name: "Time zone" });
    const name = zones.getByRole("combobox", { name: "Other time zone" });
    await name.fill("Atlantis/Port");
    await page.keyboard.press("Enter");
    await expect(zones).toContainText("Unknown time zone.");
    await name.fill("asia/kolkata");
    await page.keyboard.press("Enter");
    await expect(zones).toBeHidden();
    const button = page.getByRole("button", { name: "Time zone: Kolkata" });
    await expect(button).toBeFocused();
    await expect(times(page).first()).toHaveText(/^06:/);
    await page.reload();
    await expect(times(page).first()).toHaveText(/^06:/);
    await isLive(page);
    await expect(button).toBeVisible();
    // And by the palette: a city is enough.
    await type(page, "new york");
    await expect(options(page)).toHaveText(["Times in America/New York"]);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("button", { name: "Time zone: New York" })).toBeVisible();
    await type(page, "times local");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("button", { name: "Time zone: Local" })).toBeVisible();
    const cookies = await page.context().cookies();
    expect(cookies.find(({ name }) => name === "zone").value).toBe("local:America/New_York");
  });

  test("a copied link shows the same times to anybody", async ({ page, context, server, baseURL }) => {
    await night(server, "pal-link");
    await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: baseURL });
    await context.addCookies([{ name: "zone", value: "Europe/Berlin", url: baseURL }]);
    await page.goto("/sessions/pal-link?tab=events");
    await isLive(page);
    await type(page, "copy link");
    await page.keyboard.press("Enter");
    const copied = () => page.evaluate(() => navigator.clipboard.readText());
    await expect.poll(copied).toBe(`${baseURL}/sessions/pal-link?tab=events&zone=Europe/Berlin`);
    const link = await copied();
    await context.clearCookies();
    await page.goto(link);
    await isLive(page);
    await expect(times(page).last()).toHaveText(/^(01:59|03:00)/);
    expect((await context.cookies()).filter(({ name }) => name === "zone"), "a link changes no preference").toEqual([]);
  });
});

test("this browser's choices stand in the settings", async ({ page }) => {
  await page.goto("/settings");
  await isLive(page);
  const here = page.getByRole("region", { name: "This browser" });
  await here.getByRole("button", { name: "Compact" }).press("Enter");
  await here.getByRole("button", { name: "Light" }).press("Enter");
  await here.getByRole("button", { name: "Local" }).press("Enter");
  for (const name of ["Compact", "Light", "Local"]) await expect(here.getByRole("button", { name })).toHaveAttribute("aria-pressed", "true");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-density", "compact");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
  await isLive(page);
  for (const name of ["Compact", "Light", "Local"]) await expect(here.getByRole("button", { name })).toHaveAttribute("aria-pressed", "true");
});

test("the keys are listed", async ({ page }) => {
  await page.goto("/");
  await isLive(page);
  await page.keyboard.press("?");
  const keys = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(keys).toContainText("Commands, pages, sessions");
  // One thing at a time: the palette does not open over a dialog.
  await page.keyboard.press("Control+k");
  await page.keyboard.press("Escape");
  await expect(keys).toBeHidden();
  await expect(palette(page)).toBeHidden();
});

for (const theme of ["dark", "light"]) {
  for (const width of [1440, 390]) {
    test(`what opens is sound, ${theme}, ${width} px`, async ({ page, context, baseURL, server }) => {
      await send(server.url, run("pal-axe", { target: "axe/sound" }));
      await context.addCookies([{ name: "theme", value: theme, url: baseURL }]);
      await page.setViewportSize({ width, height: 844 });
      await page.goto("/sessions/pal-axe");
      await isLive(page);
      await page.keyboard.press("Control+k");
      await expect(options(page).first()).toBeVisible();
      expect(await faults(page)).toEqual([]);
      await page.keyboard.type("another zone");
      await page.keyboard.press("Enter");
      await expect(page.getByRole("dialog", { name: "Time zone" })).toBeVisible();
      expect(await faults(page)).toEqual([]);
      await page.keyboard.press("Escape");
      await page.keyboard.press("?");
      await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
      expect(await faults(page)).toEqual([]);
      const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(sideways, "nothing scrolls sideways").toBeLessThanOrEqual(0);
    });
  }
}

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });
  const more = (page) => page.getByRole("navigation", { name: "More sections" });

  test("what has no room in the bar is behind More", async ({ page }) => {
    await page.goto("/");
    await isLive(page);
    const button = page.getByRole("button", { name: "More" });
    await button.press("Enter");
    await expect(more(page)).toBeVisible();
    expect(await faults(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await expect(more(page)).toBeHidden();
    for (const [name, path] of [["Compare", /\/compare$/], ["Agents", /\/systems$/], ["Settings", /\/settings$/]]) {
      await button.click();
      await more(page).getByRole("link", { name }).click();
      await expect(page).toHaveURL(path);
      await expect(more(page)).toBeHidden();
    }
    await button.click();
    await page.getByRole("button", { name: "Theme: system" }).click();
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    await button.click();
    await page.getByRole("button", { name: "Commands" }).click();
    await expect(field(page)).toBeFocused();
    await palette(page).getByRole("option", { name: "Compare" }).click();
    await expect(page).toHaveURL(/\/compare$/);
  });
});

test.describe("without scripts", () => {
  // Nothing runs the wasm that the page preloads.
  test.use({ javaScriptEnabled: false, expectedMessages: [/was preloaded using link preload but not used/] });

  test("no button stands there that does nothing, and a phone reaches every page", async ({ page }) => {
    await page.goto("/settings");
    await expect(page.getByRole("heading", { level: 1, name: "Settings" })).toBeVisible();
    await expect(page.getByRole("banner").getByRole("button").and(page.locator(":enabled"))).toHaveCount(0);
    const here = page.getByRole("region", { name: "This browser" });
    await expect(here.getByRole("button")).toHaveCount(0);
    await expect(here).toContainText("need JavaScript");
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("navigation", { name: "More sections" }).getByRole("link", { name: "Compare" }).click();
    await expect(page).toHaveURL(/\/compare$/);
    await expect(page.getByRole("heading", { level: 1, name: "Compare" })).toBeVisible();
  });
});
