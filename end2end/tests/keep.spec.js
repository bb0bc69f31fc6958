// What leaves the server as a file and comes in again: a session from its page, the whole store from Settings.
import { readFileSync } from "node:fs";
import { expect, test } from "./fixtures.js";
import { run, send } from "./loop.js";

const isLive = (page) => expect(page.getByRole("button", { name: /^Connection: Live/ })).toBeVisible();

/** Presses what leads to a file and gives its name and its bytes. */
async function fetched(page, link) {
  const coming = page.waitForEvent("download");
  await link.click();
  const download = await coming;
  return { name: download.suggestedFilename(), path: await download.path() };
}

test("a session's page hands it out as a file, and Settings takes the file in", async ({ page, server }) => {
  const events = run("to keep", { target: "services/keep" });
  await send(server.url, events);
  await page.goto("/sessions/to%20keep");
  await isLive(page);
  const file = await fetched(page, page.getByRole("link", { name: "Export this session" }));
  expect(file.name).toBe("to-keep.jsonl.zst");
  expect([...readFileSync(file.path).subarray(0, 4)]).toEqual([0x28, 0xb5, 0x2f, 0xfd]);

  await page.goto("/settings");
  await isLive(page);
  const panel = page.getByRole("region", { name: "Import" });
  await panel.getByLabel("File").setInputFiles(file.path);
  await panel.getByRole("button", { name: "Import" }).click();
  await expect(panel.getByRole("status")).toHaveText(`1 session · 0 events stored · ${events.length} already stored`);
  const text = JSON.stringify({ ...events[0], session_id: "by hand", event_id: "by hand" });
  await panel.getByLabel("File").setInputFiles({ name: "x.jsonl", mimeType: "text/plain", buffer: Buffer.from(`${text}\nnonsense\n`) });
  await panel.getByRole("button", { name: "Import" }).click();
  await expect(panel.getByRole("status")).toContainText("1 event stored · 1 refused");
  await expect(panel.getByRole("status")).toContainText("Line 2:");
  await page.goto("/sessions/by%20hand");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
});

test("a backup of the whole store is made and fetched under Settings", async ({ page, server }) => {
  await send(server.url, run("backed up"));
  await page.goto("/settings");
  await isLive(page);
  const panel = page.getByRole("region", { name: "Backup" });
  await panel.getByRole("button", { name: "Back up" }).click();
  const link = panel.getByRole("link", { name: /^Download/ });
  await expect(link).toBeVisible();
  const file = await fetched(page, link);
  expect(file.name).toMatch(/^loopscope-\d{8}T\d{6}Z\.db$/);
  expect(readFileSync(file.path).subarray(0, 15).toString()).toBe("SQLite format 3");
  // It is still there for who comes later.
  await page.reload();
  await isLive(page);
  await expect(link).toBeVisible();
});
