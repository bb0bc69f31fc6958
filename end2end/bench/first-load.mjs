// The first load of a page in Chromium with a cold cache, as one JSON object on standard output.
//
// In: the server's address. Out: transferred_kb (compressed, over the wire), requests, first_paint_ms (first
// contentful paint), data_text_ms (a session's name stands in the document), live_ms (the page says it is live).
import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";

const url = process.argv[2];
const RUNS = 5;
const known = process.env.CHROMIUM ?? "/usr/bin/chromium";

const browser = await chromium.launch({
  ...(existsSync(known) ? { executablePath: known } : {}),
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});

/** One load in a context of its own, and so with an empty cache. */
async function load() {
  const context = await browser.newContext();
  const page = await context.newPage();
  const network = await context.newCDPSession(page);
  await network.send("Network.enable");
  let bytes = 0;
  let requests = 0;
  network.on("Network.loadingFinished", (event) => {
    bytes += event.encodedDataLength;
    requests += 1;
  });
  await page.addInitScript(() => {
    const since = (name) => (window[name] ??= performance.now());
    const look = () => {
      if (document.body?.textContent.includes("bench-page")) since("__data");
      if (document.querySelector('button[aria-label^="Connection: Live"]')) since("__live");
    };
    new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
    document.addEventListener("DOMContentLoaded", look);
  });
  await page.goto(url);
  await page.waitForFunction(() => window.__data && window.__live, undefined, { timeout: 10_000 });
  await page.waitForTimeout(300);
  const times = await page.evaluate(() => ({
    first_paint_ms: performance.getEntriesByName("first-contentful-paint")[0].startTime,
    data_text_ms: window.__data,
    live_ms: window.__live,
  }));
  await context.close();
  return { transferred_kb: bytes / 1000, requests, ...times };
}

await load(); // the browser's own start does not count
const runs = [];
for (let run = 0; run < RUNS; run += 1) runs.push(await load());
await browser.close();

const median = (field) => runs.map((run) => run[field]).sort((a, b) => a - b)[Math.floor(RUNS / 2)];
console.log(JSON.stringify(Object.fromEntries(Object.keys(runs[0]).map((field) => [field, median(field)]))));
