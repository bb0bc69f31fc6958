// The `test` that every page test uses: a server of its own, and a page on which any console message of any
// level, any uncaught error and any policy violation fails the test.
import { test as base, expect } from "@playwright/test";
import { startServer } from "./server.js";

// The browser says so where a machine is too busy to come from a page's load to its script within a few seconds. Whether
// what is preloaded is used is tested by counting what is fetched (`pages.spec.js`).
const SLOW = /was preloaded using link preload but not used within a few seconds/;

export const test = base.extend({
  server: [
    async ({}, use) => {
      const server = await startServer();
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],
  baseURL: async ({ server }, use) => use(server.url),
  /** Messages that a test expects, as regular expressions; everything else on the console fails it. */
  expectedMessages: [[], { option: true }],
  page: async ({ page, expectedMessages }, use) => {
    const messages = [];
    page.on("console", (message) => messages.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => messages.push(`uncaught: ${error.message}`));
    await use(page);
    const unexpected = messages.filter((text) => ![SLOW, ...expectedMessages].some((known) => known.test(text)));
    expect(unexpected, "the console stays silent").toEqual([]);
  },
});

export { expect };
