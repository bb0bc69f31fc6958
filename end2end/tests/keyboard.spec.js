// Tab alone reaches everything that can be pressed, typed into or scrolled, and it is always seen where the focus is.
import { expect, test } from "./fixtures.js";
import { crew } from "./crew.js";
import { listed, run, send } from "./loop.js";
import { orchestration } from "./orchestrator.js";
import { training } from "./train.js";

const PAGES = [
  ["overview", "/"],
  ["sessions", "/sessions"],
  ["session", "/sessions/key-whole"],
  ["session, at an earlier moment", "/sessions/key-whole?at=9"],
  ["events", "/sessions/key-part?tab=events"],
  ["findings", "/sessions/key-whole?tab=findings"],
  ["config", "/sessions/key-whole?tab=config"],
  ["timeline", "/sessions/key-whole?tab=timeline"],
  ["orchestrator", "/sessions/key-work"],
  ...["skills", "files", "validation", "decisions", "agents", "checkpoints", "audit"].map((tab) => [`${tab} tab`, `/sessions/key-work?tab=${tab}`]),
  ["crew", "/sessions/key-crew"],
  ["training", "/sessions/key-net"],
  ["metrics", "/sessions/key-net?tab=metrics"],
  ["compare", "/compare?session=key-whole&session=key-part"],
  ["compare, a choice", "/compare?add=1"],
  ["decisions", "/decisions"],
  ["agents", "/systems"],
  ["alerts", "/alerts"],
  ["alerts, rules", "/alerts?tab=rules"],
  ["alerts, channels", "/alerts?tab=channels"],
  ["settings", "/settings"],
];

test.beforeAll(async ({ server }) => {
  await send(server.url, run("key-whole", { target: "services/lock" }));
  await send(server.url, run("key-part", { upTo: 14, target: "services/bolt" }));
  await send(server.url, orchestration("key-work"));
  await send(server.url, crew("key-crew"));
  await send(server.url, training("key-net"));
  await listed(server.url, "services/lock", "services/bolt", "passkeys", "key-crew", "key-net");
});

const isLive = (page) => expect(page.getByRole("button", { name: /^Connection: Live/ })).toBeVisible();

/** Numbers what can have the focus by Tab, and gives each a name; what is not shown is left out. */
const number = () => {
  const can = "a[href], button:not(:disabled), input:not(:disabled):not([type=hidden]), select:not(:disabled), textarea:not(:disabled), summary, [tabindex='0']";
  const isShown = (element) => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0 && !element.closest("[inert], dialog:not([open])");
  // The colour of the focus as it is computed, once: what asks for it at every press makes the whole page be styled anew.
  const probe = document.createElement("i");
  probe.style.setProperty("color", getComputedStyle(document.documentElement).getPropertyValue("--focus").trim());
  document.body.append(probe);
  window.focusColour = getComputedStyle(probe).color;
  probe.remove();
  const all = [...document.querySelectorAll(can)].filter((element) => isShown(element) && element.getAttribute("tabindex") !== "-1");
  return all.map((element, index) => {
    element.dataset.reach = index;
    return element.cloneNode().outerHTML.slice(0, 120);
  });
};

/** Notes in the page what has the focus, one after the other, and whether that is seen: by a line around it, around its
    box, or in it. */
const watch = () => {
  const hasLine = (one) => {
    const style = getComputedStyle(one);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  };
  window.walk = { reached: [], unseen: [] };
  document.addEventListener("focusin", ({ target: element }) => {
    const around = [element, element.parentElement, element.parentElement?.parentElement];
    const isDrawn = () => [...element.querySelectorAll("rect, path")].some((part) => [getComputedStyle(part).stroke, getComputedStyle(part).fill].includes(window.focusColour));
    if (!around.filter(Boolean).some(hasLine) && !isDrawn()) window.walk.unseen.push(element.cloneNode().outerHTML.slice(0, 120));
    if (element.dataset.reach !== undefined) window.walk.reached.push(Number(element.dataset.reach));
  });
};

/** So many presses are on their way at once: the page takes them in order, and nobody waits for an answer to each. */
const AT_ONCE = 12;

/** Presses Tab until the focus has left the page, or often enough. */
async function walk(page, most) {
  const keys = await page.context().newCDPSession(page);
  const press = (type) => keys.send("Input.dispatchKeyEvent", { type, key: "Tab", code: "Tab", windowsVirtualKeyCode: 9 });
  for (let pressed = 0; pressed < most; pressed += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, () => [press("rawKeyDown"), press("keyUp")]).flat());
    if (await page.evaluate((count) => new Set(window.walk.reached).size >= count, most - 40)) break;
  }
  await keys.detach();
  return page.evaluate(() => window.walk);
}

/** On a phone the bar, the sheet's button and what pages fold: a few pages have it all. */
const ON_A_PHONE = ["overview", "sessions", "session", "events", "timeline", "decisions", "settings"];

for (const [name, path] of PAGES) {
  for (const width of ON_A_PHONE.includes(name) ? [1440, 390] : [1440]) {
    test(`Tab goes everywhere: ${name}, ${width} px`, async ({ page }) => {
      await page.setViewportSize({ width, height: 844 });
      await page.goto(path);
      await isLive(page);
      const all = await page.evaluate(number);
      await page.evaluate(watch);
      const { reached: places, unseen } = await walk(page, all.length + 40);
      const reached = new Set(places);
      expect(unseen, "the focus is always seen").toEqual([]);
      // What was drawn anew meanwhile lost its number: only what still has it counts.
      const there = new Set(await page.evaluate(() => [...document.querySelectorAll("[data-reach]")].map((element) => Number(element.dataset.reach))));
      const missed = all.filter((_, index) => there.has(index) && !reached.has(index));
      expect(missed, "everything is reached").toEqual([]);
    });
  }
}
