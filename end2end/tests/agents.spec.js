// Crews of agents on the page: every event type of the contract, the six figures, cards, table, systems side by side.
import { crew, event } from "./crew.js";
import { expect, test } from "./fixtures.js";
import { send } from "./loop.js";

const isLive = (page) => expect(page.getByRole("button", { name: /^Connection: Live/ })).toBeVisible();
const card = (page, label) => page.locator(".metrics.six .metric").filter({ has: page.getByText(label, { exact: true }) }).locator(".v");
const stream = (page) => page.getByRole("region", { name: "Live events" });

test("six figures in the contract's order, with its words", async ({ page, server }) => {
  await send(server.url, crew("figures"));
  await page.goto("/sessions/figures");
  await isLive(page);
  await expect(page.locator(".metrics.six .l")).toHaveText([
    "Total Events", "Agents Executed", "Opportunities Found", "Avg Quality Score", "Active Agents", "System Uptime",
  ]);
  await expect(page.locator(".metrics.six .n")).toHaveText([
    "all system events", "production agents run", "business opportunities discovered", "data quality across agents",
    "currently running", "time since startup",
  ]);
  await expect(card(page, "Total Events")).toHaveText("18");
  await expect(card(page, "Agents Executed")).toHaveText("2");
  await expect(card(page, "Opportunities Found")).toHaveText("2");
  // The mean of 96 and 60; the outcome of a task and its reputation change nothing.
  await expect(card(page, "Avg Quality Score")).toHaveText("78.0%");
  await expect(card(page, "Active Agents")).toHaveText("1");
  await expect(card(page, "System Uptime")).toHaveText("5m");
});

const TOLD = [
  ["agent_execution_started", { agent_id: "b1", agent_name: "Ada", task_description: "plan" }, "info", "Agent Ada started: plan", ""],
  ["agent_execution_completed", { agent_id: "b1", agent_name: "Ada", duration_ms: 1999.6, success: true, data_source: "web", quality_score: 98.5 }, "success", "Agent Ada completed in 2000ms", "2000 ms · web · 98.5%"],
  ["agent_execution_completed", { agent_id: "b1", agent_name: "Ada", duration_ms: 12, success: false }, "error", "Agent Ada failed in 12ms", "12 ms"],
  ["opportunity_discovered", { opportunity_id: "z", title: "Sell it", confidence_score: 0.7, category: "SaaS" }, "success", "Opportunity: Sell it", "70.0% · SaaS"],
  ["synthesis_started", { phase: "merge", description: "merging" }, "info", "merging", "merge"],
  ["synthesis_completed", { phase: "merge", duration_ms: 900, patterns_found: 7 }, "success", "Synthesis completed: 7 patterns found", "merge · 7 patterns · 900 ms"],
  ["quality_score_updated", { source: "review", overall_score: 88.25, dimension_scores: {} }, "error", "Quality score: 88.2%", "review · 88.2%"],
  ["error_occurred", { source: "disk", error_message: "full", error_type: "Io" }, "error", "Error in disk: full", ""],
  ["system_health_updated", { cpu_percent: 9, memory_percent: 40, active_agents: 3, uptime_seconds: 61 }, "info", "System health: 3 active agents, 61s uptime", "CPU 9% · memory 40%"],
  ["agent_registered", { agent_id: "b2", agent_name: "Bo" }, "info", "Agent Bo registered", ""],
  ["metrics_updated", { queue: 4 }, "info", "Metrics updated", "queue 4"],
  ["reputation_updated", { agent_id: "b1", agent_name: "Ada", old_score: 0.9, new_score: 0.8, change: -0.1, trend: "declining" }, "warning", "Ada reputation: 80.0% (-10.0% change, declining)", ""],
  ["task_outcome_recorded", { agent_id: "b1", agent_name: "Ada", task_id: "t-1", success: false }, "error", "Ada failed task t-1", ""],
  ["something_else", { depth: 3, message: "as it was sent" }, "Warning", "as it was sent", "depth 3"],
];

test("every event type is told in the live stream as it comes", async ({ page, server }) => {
  await send(server.url, [event("crew-told", "agent_registered", { agent_id: "x" })]);
  await page.goto("/sessions/crew-told");
  await isLive(page);
  for (const [type, data, severity, sentence, figures] of TOLD) {
    await send(server.url, [event("crew-told", type, data, { severity })]);
    const line = stream(page).locator("li").first();
    await expect(line.locator(".kind")).toHaveText(type);
    await expect(line.locator(".say")).toHaveText(sentence);
    await expect(line.locator(".fig")).toHaveText(figures);
    const tone = { success: "tone-success", warning: "tone-(medium|warning)", error: "tone-(high|error)", info: "tone-info" }[severity.toLowerCase()];
    await expect(line).toHaveClass(new RegExp(tone));
  }
  const events = page.getByRole("navigation", { name: "Session" }).getByRole("link", { name: /Events/ });
  await expect(events).toContainText(String(TOLD.length + 1));
  await events.click();
  await expect(page.locator(".vrow", { hasText: "something_else" })).toBeVisible();
});

test("opportunities are cards: confidence in its colour, one card a proposal", async ({ page, server }) => {
  await send(server.url, crew("cards"));
  await page.goto("/sessions/cards");
  await isLive(page);
  const panel = page.getByRole("region", { name: "Opportunities" });
  const first = panel.locator(".opp").first();
  await expect(first).toContainText("One way to read numbers");
  await expect(first).toContainText("Reuse");
  await expect(first).toContainText("$1M ARR");
  await expect(first.locator("dd b").first()).toHaveText("52%");
  await expect(first.locator("dd b").first()).toHaveClass(/tone-error/);
  await expect(panel.locator(".opp").nth(1).locator("dd b").first()).toHaveClass(/tone-success/);
  // The same one again is the same card with its newest word; one without anything is shown all the same.
  await send(server.url, [
    event("cards", "opportunity_discovered", { opportunity_id: "o1", title: "Split the parser", confidence_score: "0.61" }),
    event("cards", "opportunity_discovered", {}),
  ]);
  await expect(panel.locator(".opp")).toHaveCount(3);
  await expect(first).toContainText("Untitled Opportunity");
  await expect(first).toContainText("General");
  await expect(first).toContainText("N/A");
  await expect(panel.locator(".opp").nth(1).locator("dd b").first()).toHaveClass(/tone-warning/);
  await page.getByRole("navigation", { name: "Session" }).getByRole("link", { name: /Opportunities/ }).click();
  await expect(page.getByRole("list", { name: "Opportunities" }).locator(".opp")).toHaveCount(3);
});

test("the table says who runs and since when, and how their tasks went", async ({ page, server }) => {
  await send(server.url, crew("table"));
  await page.goto("/sessions/table?tab=agents");
  await isLive(page);
  const row = (name) => page.getByRole("row", { name: new RegExp(name) });
  await expect(page.locator(".crew-agents tbody tr").first()).toContainText("Reader");
  await expect(row("Reader")).toContainText("running");
  await expect(row("Reader")).toContainText(/for 2m/);
  await expect(row("Scout")).toContainText("reputation 85.0% (+5.0%)");
  await expect(row("Scout")).toContainText("100%");
  await expect(row("Scout")).toContainText("96.0%");
  await expect(row("Critic")).toContainText("no such file");
  await expect(row("Critic")).toContainText("0%");
  await send(server.url, [event("table", "agent_execution_completed", { agent_id: "a3", agent_name: "Reader", duration_ms: 5, success: true })]);
  await expect(row("Reader")).toContainText("idle");
  await expect(page.getByText("0 running, 3 idle")).toBeVisible();
});

test("quality is drawn by source and by dimension, phases stand on a timeline", async ({ page, server }) => {
  await send(server.url, crew("drawn"));
  await page.goto("/sessions/drawn");
  await isLive(page);
  const figure = page.locator("figure").filter({ hasText: "Quality" });
  const plot = figure.getByRole("img");
  await expect(plot).toHaveAttribute("aria-label", /review/);
  await page.getByRole("button", { name: "By dimension" }).click();
  await expect(plot).toHaveAttribute("aria-label", /depth/);
  const phases = page.getByRole("region", { name: "Synthesis" });
  await expect(phases.getByRole("img")).toHaveAttribute("aria-label", /merge 20 s, 3 patterns; rank running/);
});

test("systems stand side by side, and the page can be narrowed to one", async ({ page, server }) => {
  await send(server.url, [...crew("north"), ...crew("south"), event("south", "opportunity_discovered", { title: "Only in the south", opportunity_id: "s" })]);
  for (const path of ["/", "/systems"]) {
    await page.goto(path);
    await isLive(page);
    const systems = page.getByRole("region", { name: "Agent systems" });
    const of = (name) => systems.locator("li").filter({ has: page.locator(".label", { hasText: name }) });
    await expect(of("north")).toContainText("1 active");
    await expect(of("north")).toContainText("78.0%");
    await expect(of("south")).toContainText("3");
    await systems.getByRole("navigation").getByRole("link", { name: "north", exact: true }).click();
    await expect(page).toHaveURL(/\?system=north$/);
    await expect(of("south")).toBeHidden();
    await expect(page.getByRole("region", { name: "Opportunities" })).not.toContainText("Only in the south");
    await systems.getByRole("navigation").getByRole("link", { name: "All" }).click();
    await expect(of("south")).toBeVisible();
  }
  const agents = page.locator(".metrics.four .metric");
  await page.goto("/");
  await expect(agents.first()).toContainText("Agents executed");
});

test("a system is there as soon as it reports", async ({ page, server }) => {
  await page.goto("/systems");
  await isLive(page);
  await send(server.url, [event("newcomer", "agent_execution_started", { agent_id: "n", agent_name: "New" })]);
  await expect(page.getByRole("link", { name: /newcomer/ }).first()).toBeVisible();
});
