// Every promise of the charts, one test each: zooming by wheel, brush and keys, for all charts of a page and in its
// address; the legend; axes by powers of ten; smoothing; files; the full screen; drawing only what is seen, once a frame.
// charts-touch.spec.js has the fingers; figures.spec.js the crosshair, the keys that walk and the table; series.spec.js the
// spike at every zoom.
import { chart, plot, painted, frames, passes, open, openRun, drag, zoom, menu } from "./charting.js";
import { expect, test } from "./fixtures.js";
import { send } from "./loop.js";

test("a brush looks closer in every chart with that axis, the address says it, a double click shows all", async ({ page, server, context }) => {
  await open(page, server, "zoomed");
  const findings = chart(page, "Findings and fixes");
  const severity = chart(page, "By severity");
  await drag(page, findings, 0.26, 0.49);
  // Slots 6 to 10 of 20, whole ones.
  await expect.poll(() => zoom(page, "Iteration")).toEqual([5.5, 10.5]);
  for (const figure of [findings, severity, chart(page, "Vulnerabilities")]) await expect(figure).toHaveClass(/zoomed/);
  // The other chart shows the same passes in the same places.
  const box = await severity.locator(".stage").boundingBox();
  await page.mouse.move(box.x + box.width * 0.1, box.y + 40);
  await expect(severity.locator(".tip")).toContainText("Iteration 6");
  await page.mouse.move(box.x + box.width * 0.9, box.y + 40);
  await expect(severity.locator(".tip")).toContainText("Iteration 10");

  const other = await context.newPage();
  await other.goto(page.url());
  await painted(other);
  await expect(chart(other, "By severity")).toHaveClass(/zoomed/);
  const there = await chart(other, "By severity").locator(".stage").boundingBox();
  await other.mouse.move(there.x + there.width * 0.1, there.y + 40);
  await expect(chart(other, "By severity").locator(".tip")).toContainText("Iteration 6");
  await other.close();

  await plot(severity).dblclick({ position: { x: 150, y: 60 } });
  await expect(page).not.toHaveURL(/zoom=/);
  await expect(findings).not.toHaveClass(/zoomed/);
});

test.describe("without a script", () => {
  test.use({ javaScriptEnabled: false });

  test("the address is drawn by the server: the stretch, the scale, what was put away", async ({ page, server }) => {
    await send(server.url, passes("still-zoomed", 20));
    const query = new URLSearchParams([
      ["zoom", "5.5..10.5:Iteration"],
      ["look", "log:Findings and fixes"],
      ["hide", "By severity:Low"],
    ]);
    await page.goto(`/sessions/still-zoomed?${query}`);
    const texts = async (name) => (await chart(page, name).locator(".figure-svg text").allTextContents()).join(" ");
    expect(await texts("Vulnerabilities")).toMatch(/\b6\b.*\b10\b/);
    expect(await texts("Vulnerabilities")).not.toMatch(/\b(5|11)\b/);
    // A scale by powers of ten has a line at 30, one from zero has not.
    expect(await texts("Findings and fixes")).toMatch(/\b30\b/);
    await expect(plot(chart(page, "By severity"))).toHaveAccessibleName(/Critical 1, High 2, Medium 3\./);
    await expect(chart(page, "By severity").locator(".tools")).toBeHidden();
    await page.goto("/sessions/still-zoomed");
    expect(await texts("Vulnerabilities")).toMatch(/\b20\b/);
    expect(await texts("Findings and fixes")).not.toMatch(/\b30\b/);
  });
});

test("the wheel zooms where the plot has the focus, and scrolls the page where it has not", async ({ page, server }) => {
  await openRun(page, server, "wheel");
  const accuracy = chart(page, "Accuracy");
  const middle = async () => {
    const box = await accuracy.locator(".stage").boundingBox();
    return [box.x + box.width * 0.5, box.y + Math.min(60, box.height / 2)];
  };
  await page.mouse.move(...(await middle()));
  const main = () => page.evaluate(() => Math.max(scrollY, ...[...document.querySelectorAll("main, body, .content")].map((e) => e.scrollTop)));
  await page.mouse.wheel(0, 200);
  await expect.poll(main).toBeGreaterThan(0);
  await page.mouse.wheel(0, -4000);
  await expect.poll(main).toBe(0);
  expect(zoom(page, "Epoch")).toBeUndefined();

  await page.mouse.click(...(await middle()));
  await expect(plot(accuracy)).toBeFocused();
  await page.mouse.wheel(0, -300);
  await expect.poll(() => zoom(page, "Epoch")).toBeTruthy();
  const [from, to] = zoom(page, "Epoch");
  // The middle stays in the middle.
  expect(to - from).toBeLessThan(45);
  expect(Math.abs((from + to) / 2 - 30.5)).toBeLessThan(2);
  expect(await main()).toBe(0);
  // The loss has the same axis; the page's other axes are as they were.
  await expect(chart(page, "Loss")).toHaveClass(/zoomed/);
  // Sideways it moves along, never past the end.
  await page.mouse.wheel(4000, 0);
  await expect.poll(() => zoom(page, "Epoch")[1]).toBeGreaterThan(to);
  for (let turn = 0; turn < 6; turn += 1) await page.mouse.wheel(4000, 0);
  await expect.poll(() => zoom(page, "Epoch")[1]).toBe(60);
});

test("keys zoom, move and show all", async ({ page, server }) => {
  await openRun(page, server, "zoom-keys");
  await plot(chart(page, "Accuracy")).focus();
  await page.keyboard.press("+");
  await page.keyboard.press("+");
  await expect.poll(() => zoom(page, "Epoch")).toBeTruthy();
  const [from, to] = zoom(page, "Epoch");
  expect(Math.round(to - from)).toBe(15);
  await page.keyboard.press("Shift+ArrowRight");
  await expect.poll(() => zoom(page, "Epoch")[0]).toBeGreaterThan(from);
  // A point that is walked to is brought into view.
  await page.keyboard.press("Home");
  await expect(chart(page, "Accuracy").locator(".tip")).toContainText(/Epoch 1$|Epoch 1[^\d]/);
  await page.keyboard.press("0");
  await expect(page).not.toHaveURL(/zoom=/);
});

test("the legend puts a series away and takes it back, Shift leaves only one, and the focus stays", async ({ page, server }) => {
  await open(page, server, "legend");
  const severity = chart(page, "By severity");
  const button = (name) => severity.getByRole("button", { name: new RegExp(`^${name} `) });
  await button("Low").focus();
  await page.keyboard.press("Enter");
  await expect(button("Low")).toHaveAttribute("aria-pressed", "false");
  await expect(button("Low")).toBeFocused();
  await expect(page).toHaveURL(/hide=By\+?(%20)?severity(%3A|:)Low/);
  // What comes while it is there moves the values, not the buttons.
  await send(server.url, passes("legend", 21).slice(-3));
  await expect(button("Low")).toBeFocused();
  await expect(plot(severity)).not.toHaveAccessibleName(/Low/);
  await page.keyboard.press("Enter");
  await expect(page).not.toHaveURL(/hide=/);

  for (const modifiers of [["Shift"], ["Alt"]]) {
    await button("High").click({ modifiers });
    for (const name of ["Critical", "Medium", "Low"]) await expect(button(name)).toHaveAttribute("aria-pressed", "false");
    await expect(button("High")).toHaveAttribute("aria-pressed", "true");
    await button("High").click({ modifiers });
    await expect(severity.locator("[aria-pressed=false]")).toHaveCount(0);
  }
});

test("lines without a legend are put away in the menu", async ({ page, server }) => {
  await open(page, server, "menu-series");
  const findings = chart(page, "Findings and fixes");
  const box = await menu(findings, "Findings and fixes");
  await box.getByRole("button", { name: /^Fixes/ }).click();
  await expect(box.getByRole("button", { name: /^Fixes/ })).toHaveAttribute("aria-pressed", "false");
  await expect(plot(findings)).not.toHaveAccessibleName(/Fixes 3/);
  await page.keyboard.press("Escape");
  await expect(box).toBeHidden();
  await expect(findings.getByRole("button", { name: "Findings and fixes: more" })).toBeFocused();
});

test("both axes go by powers of ten, and the address says so", async ({ page, server }) => {
  await openRun(page, server, "log");
  const loss = chart(page, "Loss");
  const box = await menu(loss, "Loss");
  await box.getByRole("button", { name: "Log scale, Y axis" }).click();
  await box.getByRole("button", { name: "Log scale, X axis" }).click();
  await expect(box.getByRole("button", { name: "Log scale, X axis" })).toHaveAttribute("aria-pressed", "true");
  await expect(page).toHaveURL(/look=log(%2C|,)log-x(%3A|:)Loss/);
  await page.keyboard.press("Escape");
  await expect(box).toBeHidden();
  // Epoch 10 of 60 is past the middle by powers of ten, and the crosshair knows.
  const stage = await loss.locator(".stage").boundingBox();
  await page.mouse.move(stage.x + stage.width * (Math.log(10) / Math.log(60)), stage.y + 20);
  await expect(loss.locator(".tip")).toContainText("Epoch 10");
  // A stretch is one of epochs, whatever the scale: the chart beside it shows it on its own.
  await drag(page, loss, 0.1, 0.5);
  await expect.poll(() => zoom(page, "Epoch")).toBeTruthy();
  const [from, to] = zoom(page, "Epoch");
  expect(from).toBeCloseTo(60 ** 0.1, 0);
  expect(to).toBeCloseTo(60 ** 0.5, 0);
});

test("a line is smoothed, the raw one stays beneath it and in the read-out", async ({ page, server }) => {
  await openRun(page, server, "smooth");
  const accuracy = chart(page, "Accuracy");
  const end = async () => (await plot(accuracy).getAttribute("aria-label")).match(/to ([\d.]+)%/)[1];
  const raw = await end();
  const box = await menu(accuracy, "Accuracy");
  await box.getByLabel(/^Smoothing/).fill("90");
  await expect(box.locator("label b")).toHaveText("90%");
  await expect(page).toHaveURL(/look=smooth-90(%3A|:)Accuracy/);
  await expect.poll(end).not.toBe(raw);
  await plot(accuracy).focus();
  await page.keyboard.press("End");
  await expect(accuracy.getByRole("status")).toContainText(`unsmoothed ${raw}%`);
});

test("a chart is saved as SVG, PNG and CSV as it is seen", async ({ page, server }) => {
  await open(page, server, "saved", "?zoom=5.5..10.5:Iteration");
  const severity = chart(page, "By severity");
  const box = await menu(severity, "By severity");
  const save = async (word) => {
    const [download] = await Promise.all([page.waitForEvent("download"), box.getByRole("button", { name: `Save as ${word}` }).click()]);
    expect(download.suggestedFilename()).toBe(`by-severity.${word.toLowerCase()}`);
    const chunks = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk);
    return Buffer.concat(chunks);
  };
  const svg = (await save("SVG")).toString();
  // On a page without a policy: what the file's own style sheet may do in other programs.
  const elsewhere = await page.context().newPage();
  const read = await elsewhere.evaluate((text) => {
    const root = new DOMParser().parseFromString(text, "image/svg+xml");
    return { error: !!root.querySelector("parsererror"), title: root.querySelector("title").textContent, texts: [...root.querySelectorAll("text")].map((t) => t.textContent), styles: root.querySelectorAll("[style]").length };
  }, svg);
  await elsewhere.close();
  expect(read).toMatchObject({ error: false, title: "By severity", styles: 0 });
  for (const text of ["By severity", "6", "10", "Critical 1"]) expect(read.texts).toContain(text);
  expect(read.texts).not.toContain("11");
  expect(svg).not.toContain("var(");

  const png = await save("PNG");
  expect([...png.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const stage = await severity.locator(".stage").boundingBox();
  expect(width).toBeGreaterThan(stage.width * 2);
  expect(height).toBeGreaterThan(stage.height * 2);
  const shades = await page.evaluate(async (bytes) => {
    const image = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: "image/png" }));
    const copy = new OffscreenCanvas(image.width, image.height).getContext("2d");
    copy.drawImage(image, 0, 0);
    return new Set(new Uint32Array(copy.getImageData(0, 0, image.width, image.height).data.buffer)).size;
  }, [...png]);
  expect(shades).toBeGreaterThan(8);

  const csv = (await save("CSV")).toString();
  expect(csv.split("\r\n")[0]).toBe("Iteration,Critical,High,Medium,Low");
  expect(csv.trim().split("\r\n")).toHaveLength(21);
});

test("a chart has the whole screen, and gives it back", async ({ page, server }) => {
  await open(page, server, "screen");
  const severity = chart(page, "By severity");
  const before = (await severity.locator("canvas").boundingBox()).height;
  await severity.hover();
  await severity.getByRole("button", { name: "By severity: full screen" }).click();
  await expect.poll(() => page.evaluate(() => document.fullscreenElement?.className ?? "")).toContain("chart");
  await expect.poll(async () => (await severity.locator("canvas").boundingBox()).height).toBeGreaterThan(before + 100);
  await page.evaluate(() => document.exitFullscreen());
  await expect.poll(async () => Math.round((await severity.locator("canvas").boundingBox()).height)).toBe(Math.round(before));
});

test("a chart that is not on screen draws zero times, one that is at most once a frame", async ({ page, server }) => {
  await page.addInitScript(() => {
    // Every drawing begins by clearing its canvas.
    const { clearRect } = CanvasRenderingContext2D.prototype;
    const seen = (window.draws = { counts: new Map(), most: 0, frame: 0, inFrame: new Map() });
    const next = () => {
      seen.frame += 1;
      seen.inFrame.clear();
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
    CanvasRenderingContext2D.prototype.clearRect = function (...args) {
      const name = this.canvas.closest?.(".chart")?.querySelector("h2")?.textContent ?? "";
      seen.counts.set(name, (seen.counts.get(name) ?? 0) + 1);
      const inFrame = (seen.inFrame.get(name) ?? 0) + 1;
      seen.inFrame.set(name, inFrame);
      seen.most = Math.max(seen.most, inFrame);
      return clearRect.apply(this, args);
    };
  });
  await page.setViewportSize({ width: 1440, height: 420 });
  await open(page, server, "counted");
  const count = (name) => page.evaluate((name) => window.draws.counts.get(name) ?? 0, name);
  const first = await count("Findings and fixes");
  expect(first).toBeGreaterThan(0);
  expect(await count("Vulnerabilities")).toBe(0);
  for (let n = 21; n < 25; n += 1) {
    await send(server.url, passes("counted", n).slice(-3));
    await expect(plot(chart(page, "Findings and fixes"))).toHaveAccessibleName(new RegExp(`Iteration ${n}\\)`));
  }
  await frames(page);
  expect(await count("Findings and fixes")).toBeGreaterThan(first);
  // Below the edge of the screen: told of everything, drawn not once.
  expect(await count("Vulnerabilities")).toBe(0);
  // A hundred moves of the hand in one frame are one drawing.
  await page.evaluate(() => {
    const stage = document.querySelector(".chart .plot");
    const box = stage.getBoundingClientRect();
    stage.focus();
    for (let n = 0; n < 100; n += 1) {
      stage.dispatchEvent(new WheelEvent("wheel", { bubbles: true, cancelable: true, deltaY: -10, clientX: box.x + 200, clientY: box.y + 40 }));
    }
  });
  await expect(chart(page, "Findings and fixes")).toHaveClass(/zoomed/);
  await frames(page);
  expect(await page.evaluate(() => window.draws.most)).toBe(1);
  await chart(page, "Vulnerabilities").scrollIntoViewIfNeeded();
  await expect.poll(() => count("Vulnerabilities")).toBeGreaterThan(0);
});
