// A timeline of 50,000 bars in Chromium, zoomed and moved by hand, as one JSON object on standard output.
//
// In: the server's address. Out: spans (how many there are), first_answer_ms (the server's first answer, read from the
// journal), again_ms (its next), open_ms (from the address to all bars in the page), and for each of the three layouts
// <layout>_fps and <layout>_p95_ms: frames a second and the time between two while every frame zooms or moves.
import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";

const url = process.argv[2];
const PASSES = Number(process.argv[3] ?? 10_000);
const FRAMES = 240;
const STEPS = ["diagnose", "fix", "attack", "validate"];
const START = Date.UTC(2026, 0, 5, 10, 0, 0);

/** Sends passes of four steps: five spans a pass. */
async function send() {
  let events = [];
  let sent = 0;
  const flush = async () => {
    const response = await fetch(`${url}/api/v1/events`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(events),
    });
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
    events = [];
  };
  const say = (seconds, iteration, event_type, data) =>
    events.push({
      event_id: `t${(sent += 1)}`,
      session_id: "bench-timeline",
      iteration,
      event_type,
      timestamp: new Date(START + seconds * 1000).toISOString(),
      data,
    });
  for (let pass = 1; pass <= PASSES; pass += 1) {
    const at = (pass - 1) * 10;
    say(at, pass, "ITERATION_STARTED", { iteration: pass });
    for (const [n, step] of STEPS.entries()) {
      say(at + n * 2, pass, "STEP_STARTED", { step });
      say(at + n * 2 + 1.8, pass, "STEP_COMPLETE", { step, success: (pass + n) % 17 !== 0, findings_count: n });
    }
    say(at + 9, pass, "ITERATION_ENDED", { iteration: pass });
    if (events.length >= 4_000) await flush();
  }
  await flush();
}

/** Asks for all spans. */
async function ask() {
  const begun = performance.now();
  const answer = await (await fetch(`${url}/api/v1/sessions/bench-timeline/spans?limit=50000`)).json();
  return { took: performance.now() - begun, answer };
}

await send();
const first = await ask();
const again = await ask();

const known = process.env.CHROMIUM ?? "/usr/bin/chromium";
const browser = await chromium.launch({
  ...(existsSync(known) ? { executablePath: known } : {}),
  args: ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
const out = { spans: again.answer.total, first_answer_ms: first.took, again_ms: again.took };

/** Zooms and moves in every frame, and tells the time between frames. */
const drive = (frames) =>
  page.evaluate(async (frames) => {
    const canvas = document.querySelector(".tl-lanes canvas");
    const box = canvas.getBoundingClientRect();
    const next = () => new Promise((done) => requestAnimationFrame(done));
    const times = [];
    let last = await next();
    for (let n = 0; n < frames; n += 1) {
      const moves = n % 4 === 3;
      canvas.dispatchEvent(
        new WheelEvent("wheel", {
          bubbles: true,
          cancelable: true,
          ctrlKey: !moves,
          shiftKey: moves,
          deltaY: moves ? 60 : n % 120 < 60 ? -40 : 40,
          clientX: box.left + box.width * 0.4,
          clientY: box.top + 20,
        }),
      );
      const now = await next();
      times.push(now - last);
      last = now;
    }
    return times.sort((a, b) => a - b);
  }, frames);

for (const mode of ["compact", "lanes", "history"]) {
  const begun = performance.now();
  await page.goto(`${url}/sessions/bench-timeline?tab=timeline&mode=${mode}`);
  await page.waitForFunction(
    () => !document.querySelector(".tl-foot")?.textContent.includes("spans merged") && document.querySelector("[data-bars]"),
    undefined,
    { timeout: 60_000 },
  );
  out.open_ms ??= performance.now() - begun;
  await drive(30);
  const times = await drive(FRAMES);
  out[`${mode}_fps`] = (times.length * 1000) / times.reduce((sum, time) => sum + time, 0);
  out[`${mode}_p95_ms`] = times[Math.floor(times.length * 0.95)];
}
await browser.close();
console.log(JSON.stringify(out));
