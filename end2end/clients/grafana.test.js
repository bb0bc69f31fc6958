// A real Prometheus scrapes the real server; every expression of the dashboard and of the alert rules is asked of it.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startServer } from "../tests/server.js";

const deploy = resolve(dirname(fileURLToPath(import.meta.url)), "../../deploy/grafana");
const promtool = process.env.PROMTOOL ?? "promtool";
const beside = join(dirname(promtool), "prometheus");
const program = existsSync(beside) ? beside : "prometheus";
const dashboard = JSON.parse(readFileSync(join(deploy, "loopscope.json"), "utf8"));

/** What only appears when something goes wrong, or never on this machine: an empty answer is right. */
const MAY_BE_EMPTY = /refusals_total|http_errors_total|alerts_firing|== 0|> /;

let server;
let prometheus;
let dir;
let at;

const freePort = () =>
  new Promise((done) => {
    const listener = createServer().listen(0, "127.0.0.1", () => {
      const { port } = listener.address();
      listener.close(() => done(port));
    });
  });

async function until(what, look) {
  for (let end = Date.now() + 60_000; Date.now() < end; ) {
    const found = await look().catch(() => undefined);
    if (found) return found;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`gave up waiting for ${what}\n${prometheus.said()}`);
}

async function ask(expression) {
  const answer = await (await fetch(`${at}/api/v1/query?query=${encodeURIComponent(expression)}`)).json();
  assert.equal(answer.status, "success", `${expression}: ${answer.error}`);
  return answer.data.result;
}

async function tell(...events) {
  const answer = await fetch(`${server.url}/api/v1/events`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(events) });
  assert.equal(answer.status, 200);
}

before(async () => {
  dir = mkdtempSync(join(tmpdir(), "loopscope-prometheus-"));
  const port = await freePort();
  server = await startServer({ env: { LOOPSCOPE_LISTEN: `metrics=127.0.0.1:${port}` } });
  const found = { step: "diagnose", findings: [{ severity: "critical", description: "a hole" }] };
  await tell(
    { event_type: "SESSION_STARTED", session_id: "watched", data: { name: "Watched" } },
    { event_type: "STEP_COMPLETE", session_id: "watched", iteration: 1, data: found },
  );
  const config = readFileSync(join(deploy, "prometheus.yaml"), "utf8").replace("localhost:8766", `127.0.0.1:${port}`).replace("15s", "200ms");
  writeFileSync(join(dir, "prometheus.yaml"), `global:\n  evaluation_interval: 200ms\n${config}\nrule_files: ["${join(deploy, "alerts.yaml")}"]\n`);
  const own = await freePort();
  at = `http://127.0.0.1:${own}`;
  const child = spawn(program, ["--config.file", join(dir, "prometheus.yaml"), "--storage.tsdb.path", join(dir, "data"), "--web.listen-address", `127.0.0.1:${own}`], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk) => (said += chunk));
  const exited = new Promise((done) => child.on("exit", done));
  prometheus = { said: () => said, stop: () => (child.kill("SIGTERM"), exited) };
  await until("three scrapes", async () => Number((await ask('count_over_time(up{job="loopscope"}[5m])'))[0]?.value[1]) >= 3);
});
after(async () => {
  await prometheus?.stop();
  await server?.stop();
  rmSync(dir, { recursive: true, force: true });
});

test("the server is up, and says what stands", async () => {
  assert.equal((await ask('up{job="loopscope"}'))[0].value[1], "1");
  const open = await until("the finding", async () => {
    const found = await ask('loopscope_findings_open{severity="critical"}');
    return found[0]?.value[1] === "1" && found;
  });
  assert.equal(open.length, 1);
});

for (const panel of dashboard.panels) {
  for (const { expr } of panel.targets) {
    test(`dashboard, ${panel.title}: ${expr.slice(0, 60)}`, async () => {
      const expression = expr.replaceAll("$__rate_interval", "1m").replaceAll("$instance", ".*");
      const found = await ask(expression);
      assert.ok(found.length > 0 || MAY_BE_EMPTY.test(expr), `${expression} finds nothing`);
    });
  }
}

test("the dashboard's places do not overlap, and its ids are its own", () => {
  const ids = dashboard.panels.map((panel) => panel.id);
  assert.equal(new Set(ids).size, ids.length);
  for (const [n, { gridPos: a, title }] of dashboard.panels.entries()) {
    assert.ok(a.x + a.w <= 24, title);
    for (const { gridPos: b } of dashboard.panels.slice(n + 1)) {
      assert.ok(a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y, title);
    }
  }
});

test("the alert rules are rules, and Prometheus judges each", async () => {
  const said = execFileSync(promtool, ["check", "rules", join(deploy, "alerts.yaml")], { encoding: "utf8" });
  assert.match(said, /SUCCESS: 6 rules found/);
  const { data } = await (await fetch(`${at}/api/v1/rules`)).json();
  const rules = data.groups.flatMap((group) => group.rules);
  assert.equal(rules.length, 6);
  for (const rule of rules) {
    await ask(rule.query);
    // Every metric that a rule names is one that the server tells, or that only trouble makes.
    for (const metric of rule.query.match(/\bloopscope_\w+/g) ?? []) {
      const found = await ask(`count({__name__="${metric}"})`);
      assert.ok(found.length > 0 || MAY_BE_EMPTY.test(metric), `${rule.name}: nobody tells ${metric}`);
    }
  }
  await until("the alert for a critical finding", async () => (await ask('ALERTS{alertname="LoopscopeCriticalFindings"}')).length > 0);
});
