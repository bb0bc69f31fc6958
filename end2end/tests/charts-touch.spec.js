// Charts by touch, on a phone: reading, pinching, moving, and a page that scrolls as it should.
import { chart, plot, frames, open, openRun, zoom, menu } from "./charting.js";
import { expect, test } from "./fixtures.js";

test.describe("by touch, on a phone", () => {
  test.use({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });

  const touch = async (page, client, steps) => {
    for (const [type, points] of steps) {
      await client.send("Input.dispatchTouchEvent", { type, touchPoints: points.map(([id, x, y]) => ({ id, x, y })) });
      await frames(page);
    }
  };

  test("a finger reads values, two pinch, a part is moved, a double tap shows all, and the page scrolls", async ({ page, server }) => {
    await openRun(page, server, "touched");
    const accuracy = chart(page, "Accuracy");
    await accuracy.scrollIntoViewIfNeeded();
    let box = await accuracy.locator(".stage").boundingBox();
    const x = (share) => box.x + box.width * share;
    const y = box.y + box.height / 2;
    const fingers = await page.context().newCDPSession(page);
    await touch(page, fingers, [["touchStart", [[1, x(0.3), y]]], ["touchMove", [[1, x(0.5), y]]]]);
    await expect(accuracy.locator(".tip")).toContainText(/Epoch (29|3\d)/);
    await touch(page, fingers, [["touchEnd", []]]);
    // What was read stays when the finger is lifted, and a whole is not moved.
    await expect(accuracy.locator(".tip")).toBeAttached();
    expect(zoom(page, "Epoch")).toBeUndefined();

    await touch(page, fingers, [
      ["touchStart", [[1, x(0.4), y]]],
      ["touchStart", [[1, x(0.4), y], [2, x(0.6), y]]],
      ["touchMove", [[1, x(0.3), y], [2, x(0.7), y]]],
      ["touchMove", [[1, x(0.1), y], [2, x(0.9), y]]],
      ["touchEnd", []],
    ]);
    await expect.poll(() => zoom(page, "Epoch")).toBeTruthy();
    const [from, to] = zoom(page, "Epoch");
    expect(to - from).toBeLessThan(20);
    box = await accuracy.locator(".stage").boundingBox();
    await touch(page, fingers, [
      ["touchStart", [[1, x(0.8), y]]],
      ["touchMove", [[1, x(0.6), y]]],
      ["touchMove", [[1, x(0.3), y]]],
      ["touchEnd", []],
    ]);
    await expect.poll(() => zoom(page, "Epoch")[0]).toBeGreaterThan(from + 4);
    // Up and down belongs to the page.
    await expect(plot(accuracy)).toHaveCSS("touch-action", "pan-y");
    // Both in one turn: how long a machine takes between two taps says nothing of a finger.
    await plot(accuracy).evaluate((plot, at) => {
      for (const type of ["pointerdown", "pointerup", "pointerdown", "pointerup"]) {
        plot.dispatchEvent(new PointerEvent(type, { bubbles: true, pointerType: "touch", pointerId: 9, ...at }));
      }
    }, { clientX: x(0.5), clientY: y });
    await expect(page).not.toHaveURL(/zoom=/);
  });

  test("nothing scrolls sideways, not even with a read-out at the edge or the menu open", async ({ page, server }) => {
    await open(page, server, "narrow");
    const sideways = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    for (const name of ["Findings and fixes", "By severity", "Step time"]) {
      const figure = chart(page, name);
      await figure.scrollIntoViewIfNeeded();
      await plot(figure).focus();
      for (const key of ["End", "Home"]) {
        await page.keyboard.press(key);
        await frames(page);
        if (await figure.locator(".tip").count()) {
          const box = await figure.locator(".tip .box").boundingBox();
          expect(box.x).toBeGreaterThanOrEqual(0);
          expect(box.x + box.width).toBeLessThanOrEqual(390);
        }
        expect(await sideways()).toBeLessThanOrEqual(0);
      }
    }
    await menu(chart(page, "By severity"), "By severity");
    expect(await sideways()).toBeLessThanOrEqual(0);
  });
});
