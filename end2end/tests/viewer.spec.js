// The static viewer: exported sessions in a browser, without a server, under any path.
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join, normalize, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "./fixtures.js";
import { run, send } from "./loop.js";

const built = resolve(dirname(fileURLToPath(import.meta.url)), "../../target/viewer");
const types = { html: "text/html", js: "text/javascript", css: "text/css", svg: "image/svg+xml", wasm: "application/wasm" };

// At work it may not be built; in CI it always is, and a missing one fails.
test.skip(!process.env.CI && !existsSync(join(built, "index.html")), "cargo xtask viewer makes what is tested here");

/** A static host that has the viewer below a path, and nothing else. */
async function host(under) {
  const asked = [];
  const server = createServer((request, response) => {
    const at = new URL(request.url, "http://x").pathname;
    asked.push(at);
    const name = at === under ? "index.html" : at.startsWith(under) ? at.slice(under.length) : null;
    const file = name && join(built, normalize(`/${name}`));
    if (!file || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": types[file.split(".").pop()] ?? "application/octet-stream" });
    response.end(readFileSync(file));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  return { asked, url: `http://127.0.0.1:${port}${under}`, stop: () => new Promise((done) => server.close(done)) };
}

/** Chooses files as a person does. */
async function choose(page, files) {
  await expect(page.locator("html")).toHaveAttribute("data-ready", "");
  await page.locator("#open-file").setInputFiles(files);
}

const lines = (session, upTo) =>
  run(session, { target: `services/${session}`, upTo }).map((event) => JSON.stringify(event)).join("\n");

const heading = (page, session) => page.getByRole("heading", { level: 1, name: `services/${session}` });

const text = (name, body) => ({ name, mimeType: "application/x-ndjson", buffer: Buffer.from(body) });

let viewer;
test.beforeAll(async () => {
  viewer = await host("/deep/below/");
});
test.afterAll(async () => {
  await viewer.stop();
});

test("a session that a server exported is shown without one", async ({ page, server, request }) => {
  await send(server.url, run("kept", { target: "services/kept" }));
  const exported = await request.get(`${server.url}/api/v1/sessions/kept/export`);
  expect(exported.ok()).toBe(true);
  const archive = await exported.body();
  viewer.asked.length = 0;
  await page.goto(viewer.url);
  await choose(page, { name: "kept.jsonl.zst", mimeType: "application/zstd", buffer: archive });
  await expect(heading(page, "kept")).toBeVisible();
  await expect(page.locator(".head .pill")).toHaveText("Converged");
  await expect(page).toHaveURL(/\/deep\/below\/#\/sessions\/kept$/);
  await expect(page.getByRole("button", { name: "Connection: File" })).toBeVisible();

  await page.getByRole("link", { name: /Events/ }).first().click();
  await expect(page).toHaveURL(/#\/sessions\/kept\?tab=events/);
  await expect(page.locator("#main")).toContainText("STEP_COMPLETE");
  await page.goBack();
  await expect(page).toHaveURL(/#\/sessions\/kept$/);
  await page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name: "Sessions" }).click();
  await expect(page.getByRole("row", { name: /services\/kept/ })).toBeVisible();
  expect(viewer.asked.filter((at) => !at.startsWith("/deep/below/"))).toEqual([]);
});

test("a link leads to its page once its file is there", async ({ page }) => {
  await page.goto(`${viewer.url}#/sessions/one?tab=events`);
  await choose(page, text("runs.jsonl", `${lines("one", 12)}\n${lines("two", 5)}`));
  await expect(page).toHaveURL(/#\/sessions\/one\?tab=events/);
  await expect(page.locator("#main")).toContainText("STEP_COMPLETE");
  // Another file is added to what is open.
  await choose(page, text("more.jsonl", lines("three", 5)));
  await expect(heading(page, "three")).toBeVisible();
  await page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name: "Sessions" }).click();
  for (const name of ["one", "two", "three"]) {
    await expect(page.getByRole("row", { name: new RegExp(`services/${name}`) })).toBeVisible();
  }
});

test("a file can be dropped", async ({ page }) => {
  await page.goto(viewer.url);
  await expect(page.locator("html")).toHaveAttribute("data-ready", "");
  const files = await page.evaluateHandle((body) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([body], "dropped.jsonl"));
    return transfer;
  }, lines("dropped", 8));
  await page.dispatchEvent("#landing", "drop", { dataTransfer: files });
  await expect(heading(page, "dropped")).toBeVisible();
});

test("files that are none say so", async ({ page }) => {
  await page.goto(viewer.url);
  const said = page.locator("#landing-said");
  await choose(page, text("empty.jsonl", ""));
  await expect(said).toContainText("The file is empty");
  await choose(page, text("photo.png", "\u0089PNG not a session"));
  await expect(said).toContainText("photo.png cannot be shown");
  await choose(page, { name: "cut.jsonl.zst", mimeType: "application/zstd", buffer: Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 4, 0]) });
  await expect(said).toContainText("damaged or cut off");
  await choose(page, text("new.jsonl", '{"archive":"loopscope.session","version":99}'));
  await expect(said).toContainText("version 99");
  // What is good of a file is shown, and the rest is told.
  await choose(page, text("mixed.jsonl", `${lines("mixed", 4)}\nnonsense`));
  await expect(heading(page, "mixed")).toBeVisible();
  await expect(page.locator("#viewer-note")).toContainText("One line of mixed.jsonl could not be read");
});
