// A loop for the page tests: writes down a run's events and sends them as a producer would.

/** The events of a whole run; `upTo` stops it early, so that the session still runs. */
export function run(session, { iterations = 3, target = "services/gate", findings = 12, upTo = Infinity } = {}) {
  const start = Date.now() - 600_000;
  const events = [];
  const add = (event_type, iteration, data, seconds = 1) => {
    const at = new Date(start + events.length * 1000 + seconds);
    events.push({
      event_id: `${session}-${events.length}`,
      session_id: session,
      timestamp: at.toISOString(),
      iteration,
      state: "IDLE",
      event_type,
      data,
    });
  };
  add("SESSION_STARTED", 0, { session_id: session, target, config: { max_iterations: 10, steps: ["diagnose", "fix"] } });
  for (let pass = 1; pass <= iterations; pass += 1) {
    const found = Math.max(0, findings - pass * 4);
    add("ITERATION_STARTED", pass, { iteration: pass });
    add("STEP_STARTED", pass, { step: "diagnose", tool: "cargo clippy", args: [] });
    const list = ["critical", "high", "medium"].slice(0, found).map((severity, n) => ({
      severity,
      description: `Unchecked length ${n} in \`read\``,
      file: "src/read.rs",
      line: 10 + n,
    }));
    const metrics = { issues_found: found, critical: 1, high: 1, medium: Math.max(0, found - 2), low: 0 };
    add("STEP_COMPLETE", pass, { step: "diagnose", success: true, findings_count: found, findings: list, metrics });
    add("STEP_STARTED", pass, { step: "fix", tool: "cargo fix", args: [] });
    add("STEP_COMPLETE", pass, { step: "fix", success: true, fixes_count: 4, metrics: { fixes_applied: 4 } });
    add("STEP_STARTED", pass, { step: "attack", tool: "proptest", args: [] });
    add("STEP_COMPLETE", pass, { step: "attack", success: true, findings_count: pass === 1 ? 1 : 0, metrics: { vulnerabilities_found: pass === 1 ? 1 : 0 } });
    add("STEP_STARTED", pass, { step: "validate", tool: "cargo test", args: [] });
    add("STEP_COMPLETE", pass, { step: "validate", success: pass === iterations, metrics: { passed: 40 + pass, failed: iterations - pass, skipped: 0, total: 40 + iterations } });
    if (pass < iterations) add("ITERATION_ENDED", pass, { iteration: pass, state: "IDLE" });
  }
  add("CONVERGENCE_REACHED", iterations, { iterations });
  add("SESSION_ENDED", iterations, { session_id: session });
  return events.slice(0, upTo);
}

/** Sends events and waits until they are on disk. */
export async function send(url, events) {
  const response = await fetch(`${url}/api/v1/events`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(events),
  });
  if (!response.ok) throw new Error(`the server answered ${response.status}: ${await response.text()}`);
}

/** Waits until lists know sessions by these words: their rows are written behind the events, twice a second. */
export async function listed(url, ...words) {
  for (const word of words) {
    for (let end = Date.now() + 20_000; ; ) {
      const page = await (await fetch(`${url}/api/v1/sessions?q=${encodeURIComponent(word)}`)).json();
      // A list finds sessions by the words of their events too; here their rows are waited for.
      if (page.sessions.some((row) => [row.name, row.target, row.session_id].some((text) => text?.includes(word)))) break;
      if (Date.now() > end) throw new Error(`no session is listed by "${word}"`);
      await new Promise((done) => setTimeout(done, 20));
    }
  }
}

/** Small events of one session, numbered from `from`. */
export function ticks(session, from, count) {
  return Array.from({ length: count }, (_, n) => ({
    event_id: `${session}-tick-${from + n}`,
    session_id: session,
    iteration: 1,
    event_type: "METRICS",
    data: { tick: from + n },
  }));
}
