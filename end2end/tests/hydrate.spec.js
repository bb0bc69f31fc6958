// The page comes whole from the server, comes alive without a word on the console, and its policy is strict.
import { expect, test } from "./fixtures.js";

test("the page is readable without JavaScript and comes alive with it", async ({ page, request }) => {
  const html = await (await request.get("/")).text();
  expect(html).toMatch(/<h1[^>]*>Overview<\/h1>/);
  expect(html).not.toMatch(/ style="/);
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Overview");
  await expect(page.getByRole("button", { name: /^Connection: Live/ })).toBeVisible();
});

test("the policy allows scripts by nonce and nothing inline", async ({ request }) => {
  const response = await request.get("/");
  const policy = response.headers()["content-security-policy"];
  const nonce = policy.match(/'nonce-([^']+)'/)[1];
  expect(policy).not.toContain("unsafe-inline");
  expect(policy).not.toContain("'unsafe-eval'");
  const scripts = [...(await response.text()).matchAll(/<script[^>]*>/g)].map(([tag]) => tag);
  expect(scripts.length).toBeGreaterThan(0);
  for (const tag of scripts) expect(tag).toContain(`nonce="${nonce}"`);
});
