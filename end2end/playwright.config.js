// End-to-end tests in Debian's Chromium. `cargo xtask test` builds the server first and sets LOOPSCOPE_BIN.
import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  fullyParallel: true,
  workers: 2,
  forbidOnly: !!process.env.CI,
  // A machine that stalls for half a minute fails a test once. Whatever passes only then is named at the end of the run.
  retries: process.env.CI ? 1 : 0,
  timeout: 90_000,
  // The unoptimised browser half takes a while to compile where two pages load at once.
  expect: { timeout: 20_000 },
  reporter: process.env.CI ? [["list"]] : [["list"]],
  use: {
    browserName: "chromium",
    viewport: { width: 1440, height: 900 },
    trace: "retain-on-failure",
    launchOptions: {
      ...(existsSync(executablePath) ? { executablePath } : {}),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
