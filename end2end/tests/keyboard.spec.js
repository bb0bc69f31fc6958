// Tab alone reaches everything that can be pressed, typed into or scrolled, and it is always seen where the focus is.
import { expect, test } from "./fixtures.js";
import { crew } from "./crew.js";
import { listed, run, send } from "./loop.js";
import { orchestration } from "./orchestrator.js";

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
  await listed(server.url, "services/lock", "services/bolt", "passkeys", "key-crew");
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

/** What has the focus, and whether that is seen: by a line around it, around its box, or in it. */
const focused = () => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const hasLine = (one) => {
    const style = getComputedStyle(one);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  };
  const around = [element, element.parentElement, element.parentElement?.parentElement];
  const isDrawn = () => [...element.querySelectorAll("rect, path")].some((part) => [getComputedStyle(part).stroke, getComputedStyle(part).fill].includes(window.focusColour));
  return { index: element.dataset.reach, seen: around.filter(Boolean).some(hasLine) || isDrawn(), html: element.cloneNode().outerHTML.slice(0, 120) };
};

/** On a phone the bar, the sheet's button and what pages fold: a few pages have it all. */
const ON_A_PHONE = ["overview", "sessions", "session", "events", "timeline", "decisions", "settings"];

for (const [name, path] of PAGES) {
  for (const width of ON_A_PHONE.includes(name) ? [1440, 390] : [1440]) {
    test(`Tab goes everywhere: ${name}, ${width} px`, async ({ page }) => {
      await page.setViewportSize({ width, height: 844 });
      await page.goto(path);
      await isLive(page);
      const all = await page.evaluate(number);
      const reached = new Set();
      const unseen = [];
      for (let press = 0; press < all.length + 40; press += 1) {
        await page.keyboard.press("Tab");
        const now = await page.evaluate(focused);
        if (!now) break;
        if (!now.seen) unseen.push(now.html);
        if (now.index !== undefined) reached.add(Number(now.index));
      }
      expect(unseen, "the focus is always seen").toEqual([]);
      // What was drawn anew meanwhile lost its number: only what still has it counts.
      const there = new Set(await page.evaluate(() => [...document.querySelectorAll("[data-reach]")].map((element) => Number(element.dataset.reach))));
      const missed = all.filter((_, index) => there.has(index) && !reached.has(index));
      expect(missed, "everything is reached").toEqual([]);
    });
  }
}
