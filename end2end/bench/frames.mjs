// A session's page under load in Chromium: what a frame takes while 1,000 events a second come into it, whether memory
// stays where it is, and whether a list of half a million events can be scrolled without a gap. One JSON object on
// standard output; progress on standard error.
//
// In: the server's address; --seconds N (600), --rate N (1,000), --events N (500,000, of the list). The load is sent from
// here, by POST. Out: frame_p50_ms, frame_p95_ms, frame_p99_ms, frame_max_ms (from one picture to the next, while a person
// also points at a chart), busy_p95_ms (what the page's own work takes of a frame), long_tasks (over 50 ms, a minute),
// heap_start_mb, heap_end_mb, heap_growth_mb_per_hour (after a collection: JavaScript and WebAssembly together),
// behind (events that the page had not shown at the end), rows_p95_ms and rows_max_ms (from a jump in the list to every
// row in view), rows_missing (rows that were not there or not in order).
import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";

const url = process.argv[2];
const option = (name, usual) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? usual : Number(process.argv[at + 1]);
};
const SECONDS = option("seconds", 600);
const RATE = option("rate", 1000);
const EVENTS = option("events", 500_000);
const JUMPS = 120;
const known = process.env.CHROMIUM ?? "/usr/bin/chromium";
const say = (words) => process.stderr.write(`frames: ${words}\n`);

const STEPS = ["diagnose", "fix", "attack", "validate"];
/** The n-th event of a loop: passes of 64 events, so that charts and strips move too. */
function event(session, n) {
  const pass = Math.floor(n / 64) + 1;
  const step = STEPS[Math.floor((n % 64) / 16)];
  const findings = (n * 7) % 23;
  const [event_type, data] =
    n % 64 === 0
      ? ["ITERATION_STARTED", { iteration: pass }]
      : n % 16 === 15
        ? ["STEP_COMPLETE", { step, success: true, findings_count: findings, fixes_count: n % 5, metrics: { issues_found: findings, critical: n % 2, high: n % 3, medium: n % 5, low: n % 7, passed: 400, failed: n % 4 } }]
        : ["STEP_PROGRESS", { step, message: `File ${n % 311} of 311`, metrics: { files: n % 311 } }];
  return {
    event_id: `${session}-${n}`,
    session_id: session,
    timestamp: new Date(Date.UTC(2026, 0, 5, 10) + n).toISOString(),
    iteration: pass,
    state: { diagnose: "DIAGNOSING", fix: "FIXING", attack: "ATTACKING", validate: "VALIDATING" }[step],
    event_type,
    data,
  };
}

async function send(session, from, to) {
  const body = JSON.stringify(Array.from({ length: to - from }, (_, i) => event(session, from + i)));
  const response = await fetch(`${url}/api/v1/events`, { method: "POST", headers: { "content-type": "application/json" }, body });
  if (!response.ok) throw new Error(`events: ${response.status} ${await response.text()}`);
  await response.arrayBuffer();
}

const percentile = (values, share) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
};

const browser = await chromium.launch({
  ...(existsSync(known) ? { executablePath: known } : {}),
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--enable-precise-memory-info"],
});

async function open(path) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.on("pageerror", (error) => say(`the page failed: ${error.message}`));
  await page.addInitScript(() => {
    // The memory of WebAssembly is no part of the heap that is told.
    const { instantiate, instantiateStreaming } = WebAssembly;
    const keep = (made) => {
      const memory = Object.values((made.instance ?? made).exports).find((part) => part instanceof WebAssembly.Memory);
      if (memory) window.__memory = memory;
      return made;
    };
    WebAssembly.instantiate = async (...args) => keep(await instantiate(...args));
    WebAssembly.instantiateStreaming = async (...args) => keep(await instantiateStreaming(...args));
  });
  await page.goto(`${url}${path}`);
  await page.waitForFunction(() => document.querySelector('button[aria-label^="Connection: Live"]'), undefined, { timeout: 60_000 });
  return page;
}

/** Frames and memory of an open page while events come into it. */
async function load() {
  const session = "frames";
  await send(session, 0, 640);
  const page = await open(`/sessions/${session}`);
  const tools = await page.context().newCDPSession(page);
  await tools.send("HeapProfiler.enable");
  const heap = async () => {
    for (const _ of [1, 2]) await tools.send("HeapProfiler.collectGarbage");
    const { usedSize } = await tools.send("Runtime.getHeapUsage");
    const wasm = await page.evaluate(() => window.__memory?.buffer.byteLength ?? 0);
    return { used: usedSize / 1e6, wasm: wasm / 1e6 };
  };
  await page.evaluate((most) => {
    // The room is taken at once: what is measured must not grow by being measured.
    const log = () => ({ values: new Float64Array(most), count: 0 });
    const add = (log, value) => log.count < most && (log.values[log.count++] = value);
    const seen = (window.__frames = { gaps: log(), busy: log(), long: 0 });
    let last = performance.now();
    const channel = new MessageChannel();
    let began = 0;
    // A message that is sent in a frame comes behind that frame's work.
    channel.port1.onmessage = () => add(seen.busy, performance.now() - began);
    const next = (now) => {
      add(seen.gaps, now - last);
      last = now;
      began = performance.now();
      channel.port2.postMessage(0);
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
    new PerformanceObserver((list) => (seen.long += list.getEntries().length)).observe({ type: "longtask" });
  }, SECONDS * 150);
  const stage = await page.locator(".chart .stage").first().boundingBox();
  let sent = 640;
  const began = performance.now();
  const samples = [];
  let sampled = -1;
  while (performance.now() - began < SECONDS * 1000) {
    const elapsed = (performance.now() - began) / 1000;
    const due = 640 + Math.floor(elapsed * RATE);
    if (due > sent) {
      const to = Math.min(due, sent + 500);
      await send(session, sent, to);
      sent = to;
    }
    await page.mouse.move(stage.x + ((elapsed * 120) % stage.width), stage.y + 40);
    const tenth = Math.floor((elapsed / SECONDS) * 10);
    if (tenth > sampled) {
      sampled = tenth;
      samples.push({ elapsed, ...(await heap()) });
      say(`${Math.round(elapsed)} s, heap ${samples.at(-1).used.toFixed(1)} MB, wasm ${samples.at(-1).wasm.toFixed(1)} MB`);
    }
    await new Promise((done) => setTimeout(done, 50));
  }
  const frames = await page.evaluate(() => {
    const all = ({ values, count }) => [...values.subarray(0, count)];
    const { gaps, busy, long } = window.__frames;
    return { gaps: all(gaps), busy: all(busy), long };
  });
  // What was sent last is on its way for a moment.
  await new Promise((done) => setTimeout(done, 500));
  // The live panel's note: how many events the page has taken in.
  const note = await page.getByRole("region", { name: "Live events" }).locator(".panel-head").textContent();
  const shown = Number(note.match(/([\d,]+) events/)[1].replaceAll(",", ""));
  samples.push({ elapsed: SECONDS, ...(await heap()) });
  await page.close();
  // In the first half the lists of the page fill up to their bounds.
  const [from, to] = [samples[Math.floor(samples.length / 2)], samples.at(-1)];
  const hours = Math.max(to.elapsed - from.elapsed, 1) / 3600;
  const whole = (sample) => sample.used + sample.wasm;
  const gaps = frames.gaps.slice(10);
  return {
    sent,
    frames: gaps.length,
    frame_p50_ms: percentile(gaps, 0.5),
    frame_p95_ms: percentile(gaps, 0.95),
    frame_p99_ms: percentile(gaps, 0.99),
    frame_max_ms: Math.max(...gaps),
    busy_p95_ms: percentile(frames.busy, 0.95),
    long_tasks_per_minute: (frames.long * 60) / SECONDS,
    heap_start_mb: whole(from),
    heap_end_mb: whole(to),
    heap_growth_mb_per_hour: (whole(to) - whole(from)) / hours,
    behind: Math.max(0, sent - shown),
  };
}

/** Jumps all over the list of a long session, and some way on from each. */
async function scroll() {
  const session = "frames-long";
  for (let from = 0; from < EVENTS; from += 5000) {
    await send(session, from, Math.min(from + 5000, EVENTS));
    if (from % 100_000 === 0) say(`${from} events sent`);
  }
  const page = await open(`/sessions/${session}?tab=events`);
  await page.locator(".vlist .vrow").first().waitFor();
  const result = await page.evaluate(async (jumps) => {
    const list = document.querySelector(".vlist");
    const frame = () => new Promise(requestAnimationFrame);
    const view = () => {
      const { top, bottom } = list.getBoundingClientRect();
      const rows = [...list.querySelectorAll(".vrow")].filter((row) => {
        const box = row.getBoundingClientRect();
        return box.bottom > top + 1 && box.top < bottom - 1;
      });
      const first = rows[0]?.getBoundingClientRect().top ?? Infinity;
      const last = rows.at(-1)?.getBoundingClientRect().bottom ?? -Infinity;
      const seqs = rows.map((row) => Number(row.querySelector(".seq").textContent));
      const covered = first <= top + 1 && last >= bottom - 1;
      const whole = covered && rows.every((row) => !row.classList.contains("blank"));
      const ordered = seqs.every((seq, i) => i === 0 || seq === seqs[i - 1] - 1);
      return { whole, covered, ordered };
    };
    const times = [];
    let missing = 0;
    const settle = async () => {
      const began = performance.now();
      for (;;) {
        await frame();
        const { whole, covered, ordered } = view();
        if (covered && !ordered) missing += 1;
        if (whole) break;
        if (performance.now() - began > 10_000) {
          missing += 1;
          break;
        }
      }
      times.push(performance.now() - began);
    };
    const most = () => list.scrollHeight - list.clientHeight;
    for (let jump = 0; jump < jumps; jump += 1) {
      // The same places in every run, all over the list, its ends among them.
      list.scrollTop = jump === 0 ? 0 : jump === 1 ? most() : ((jump * 0.618034) % 1) * most();
      await settle();
      for (let on = 0; on < 5; on += 1) {
        list.scrollTop += list.clientHeight * 0.8;
        await settle();
      }
    }
    return { times, missing, height: list.scrollHeight };
  }, JUMPS);
  await page.close();
  return {
    rows_p50_ms: percentile(result.times, 0.5),
    rows_p95_ms: percentile(result.times, 0.95),
    rows_max_ms: Math.max(...result.times),
    rows_missing: result.missing,
  };
}

const frames = SECONDS > 0 ? await load() : {};
const rows = EVENTS > 0 ? await scroll() : {};
await browser.close();
console.log(JSON.stringify({ ...frames, ...rows }));
