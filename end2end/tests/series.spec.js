// The Metrics tab: every point of every metric, a spike of one among many, zooming, words for what is no number.
import { expect, test } from "./fixtures.js";

const SPIKE = 7_777;

/** Points of a session, a thousand events a request: `loss` falls, with one spike; `ppo/kl` has what is no number. */
async function log(request, session, from, to) {
  for (let begin = from; begin < to; begin += 5000) {
    const events = [];
    for (let n = begin; n < Math.min(begin + 5000, to); n += 1) {
      const metrics = { loss: n === SPIKE ? 900 : Number((1 + 40 / (1 + n / 300)).toFixed(4)) };
      if (n % 100 === 0) metrics["ppo/kl"] = n === 5000 ? "NaN" : Math.sin(n / 900);
      events.push({
        event_id: `${session}-${n}`,
        session_id: session,
        iteration: 1,
        event_type: "METRICS",
        timestamp: new Date(Date.UTC(2026, 0, 5, 10, 0, 0, n * 10)).toISOString(),
        data: { step: n, epoch: Math.floor(n / 1000), metrics },
      });
    }
    const response = await request.post("/api/v1/events", { data: events });
    expect(response.ok(), await response.text()).toBe(true);
  }
}

const chart = (page, name) => page.locator(".chart", { has: page.getByRole("heading", { name, exact: true }) });

/** The tab, alive. */
async function open(page, session, query = "") {
  await page.goto(`/sessions/${session}?tab=metrics${query}`);
  await expect(page.locator(".chart canvas").first()).toHaveAttribute("width", /\d{3,}/);
}

/** Points at the place of a share of the plot's width. */
async function point(page, figure, share) {
  const box = await figure.locator(".stage").boundingBox();
  await page.mouse.move(box.x + box.width * share, box.y + 40);
  return box;
}

/** What the read-out says within two pixels of a place: a pointer stands on whole pixels, a point does not. */
async function around(page, figure, share) {
  const box = await figure.locator(".stage").boundingBox();
  const said = [];
  for (const off of [-2, -1, 0, 1, 2]) {
    await page.mouse.move(box.x + box.width * share + off, box.y + 40);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    said.push((await figure.locator(".tip").allTextContents()).join(""));
  }
  return said.join("\n");
}

test.describe("without a script", () => {
  test.use({ javaScriptEnabled: false });

  test("the charts are in the page, and links narrow it", async ({ page, request }) => {
    await log(request, "series-still", 0, 300);
    await page.goto("/sessions/series-still?tab=metrics");
    await expect(chart(page, "loss").getByRole("img")).toHaveAccessibleName(/loss fell from 41 to/);
    await expect(chart(page, "loss").locator(".figure-svg path").first()).toBeVisible();
    await page.getByRole("navigation", { name: "Metric groups" }).getByRole("link", { name: /^ppo\// }).click();
    await expect(page).toHaveURL(/group=ppo%2F/);
    await expect(chart(page, "loss")).toHaveCount(0);
    await expect(chart(page, "ppo/kl")).toBeVisible();
    expect(await page.locator(".metric-card [style]").count()).toBe(0);
  });
});

test("what comes without a pause is taken into the series meanwhile, and does not pile up in the page", async ({ page, request }) => {
  const session = "series-flow";
  await log(request, session, 0, 10);
  await open(page, session);
  let asked = 0;
  page.on("request", (sent) => (asked += /\/series\?/.test(sent.url()) ? 1 : 0));
  // No pause between two: the page is never at rest.
  let sent = 10;
  const until = Date.now() + 30_000;
  while (asked < 2 && Date.now() < until) {
    await log(request, session, sent, sent + 200);
    sent += 200;
  }
  expect(asked, `asked of ${sent} points`).toBeGreaterThanOrEqual(2);
  const card = page.locator(".metric-card", { has: page.getByRole("heading", { name: "loss", exact: true }) });
  await expect(card).toContainText(`${sent.toLocaleString("en")} points`);
});

test("a spike of one point is seen at every zoom, and the address restores the view", async ({ page, request, context }) => {
  const session = "series-spike";
  await log(request, session, 0, 20_000);
  await open(page, session);
  const loss = chart(page, "loss");
  const share = SPIKE / 19_999;
  // The whole: the read-out under the pointer is the spike, one of many.
  await expect
    .poll(() => around(page, loss, share))
    .toMatch(/Step 7,?777.*900.*1 of \d\d points/);

  // A brush around it, twice.
  const span = () => {
    const [from, to] = ["from", "to"].map((name) => Number(new URL(page.url()).searchParams.get(name)));
    return to > from ? to - from : 20_000;
  };
  for (const _ of [1, 2]) {
    const before = span();
    const box = await point(page, loss, 0.3);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + 50, { steps: 4 });
    await expect(loss.locator(".brush")).toBeAttached();
    await page.mouse.up();
    // A fifth of what was seen.
    await expect.poll(span).toBeLessThan(before / 4);
    await expect(loss.getByRole("img")).toHaveAccessibleName(/loss/);
  }
  const shown = new URL(page.url());
  const [from, to] = ["from", "to"].map((name) => Number(shown.searchParams.get(name)));
  expect(to - from).toBeLessThan(20_000 / 20);
  expect(from).toBeLessThan(SPIKE);
  expect(to).toBeGreaterThan(SPIKE);
  await expect(loss.getByRole("img")).toHaveAccessibleName(/loss/);

  const other = await context.newPage();
  await open(other, session, `&${shown.searchParams.toString().replace("tab=metrics&", "")}`);
  const again = chart(other, "loss");
  await expect
    .poll(() => around(other, again, (SPIKE - from) / (to - from)))
    .toMatch(/Step 7,?777.*900/);
  await other.close();

  // A double click shows all of it again.
  await loss.locator(".plot").dblclick({ position: { x: 200, y: 60 } });
  await expect(page).not.toHaveURL(/from=/);
});

test("what is no number is shown as what it is, on every axis", async ({ page, request }) => {
  const session = "series-words";
  await log(request, session, 0, 8_000);
  await open(page, session, "&group=ppo%2F");
  const kl = chart(page, "ppo/kl");
  await expect(page.locator(".chart-foot")).toContainText("80 points · 1 NaN");
  await expect
    .poll(() => around(page, kl, 5_000 / 7_900))
    .toMatch(/Step 5,?000.*NaN/);
  for (const [word, said] of [
    ["Epoch", /Epoch 7/],
    ["Time", /10:01:19/],
    ["Order", /Point 79/],
  ]) {
    await page.getByRole("link", { name: word, exact: true }).click();
    await expect(page).toHaveURL(new RegExp(`axis=${word === "Order" ? "index" : word.toLowerCase()}`));
    await expect(kl.getByRole("img")).toHaveAccessibleName(said);
  }
  await page.getByRole("link", { name: "Log scale" }).click();
  await expect(page).toHaveURL(/log=1/);
  await expect(page.locator(".chart-foot")).toContainText("not shown on a logarithmic scale");
});

test("points are appended as they come, metrics are pinned, lines are smoothed", async ({ page, request }) => {
  const session = "series-live";
  await log(request, session, 0, 200);
  await open(page, session);
  const loss = chart(page, "loss");
  await log(request, session, 200, 260);
  await expect(page.locator(".metric-card").first().locator(".chart-foot")).toContainText("260 points");
  await expect(loss.getByRole("img")).toHaveAccessibleName(/Step 259/);

  await page.getByRole("link", { name: "Pin ppo/kl" }).click();
  await expect(page).toHaveURL(/pin=ppo%2Fkl/);
  await expect(page.locator(".metric-card h2").first()).toHaveText("ppo/kl");
  await page.getByLabel(/Smoothing/).fill("90");
  await expect(page).toHaveURL(/smooth=90/);
  await expect(loss.locator(".unit")).toHaveText("smoothed 90%");
  const csv = await request.get(`/api/v1/sessions/${session}/series?name=ppo%2Fkl&format=csv`);
  expect((await csv.text()).trim().split("\n")).toHaveLength(4);
});
