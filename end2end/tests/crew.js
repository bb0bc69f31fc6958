// A crew of agents for the page tests: every event type of its contract, as a producer sends it.

let number = 0;

/** One event of a system. Times have no offset, as the reference writes them: they are UTC. */
export function event(system, event_type, data, { ago = 0, severity } = {}) {
  number += 1;
  const timestamp = new Date(Date.now() - ago * 1000).toISOString().replace("Z", "");
  const session_id = system;
  return { dialect: "agents", event_id: `${system}-${number}`, session_id, event_type, timestamp, severity, data };
}

/** A crew at work: one agent done, one failed, one running; two opportunities, assessments, phases, health. */
export function crew(system, { seconds = 300 } = {}) {
  const at = (ago, type, data, severity) => event(system, type, data, { ago, severity });
  const done = (id, name, task, more) => ({ agent_id: id, agent_name: name, task_description: task, ...more });
  return [
    at(seconds, "agent_registered", { agent_id: "a1", agent_name: "Scout", role: "research" }, "info"),
    at(290, "agent_execution_started", done("a1", "Scout", "scan the tree"), "info"),
    at(288, "agent_execution_started", done("a2", "Critic", "review the parser"), "info"),
    at(280, "agent_execution_completed", done("a1", "Scout", "scan the tree", { duration_ms: 10000.4, success: true, data_source: "src/", quality_score: 96 }), "success"),
    at(270, "agent_execution_completed", done("a2", "Critic", "review the parser", { duration_ms: 18000, success: false, error: "no such file", quality_score: 60 }), "error"),
    at(260, "synthesis_started", { phase: "merge", description: "merging what was found" }, "info"),
    at(240, "synthesis_completed", { phase: "merge", duration_ms: 20000, patterns_found: 3 }, "success"),
    at(230, "synthesis_started", { phase: "rank", description: "ranking what was merged" }, "info"),
    at(220, "quality_score_updated", { source: "review", overall_score: 91.2, dimension_scores: { depth: 88, truth: 99 } }, "warning"),
    at(210, "quality_score_updated", { source: "review", overall_score: 96.4, dimension_scores: { depth: 92, truth: 99 } }, "success"),
    at(200, "opportunity_discovered", { opportunity_id: "o1", title: "Split the parser", description: "Four functions are longer than a screen.", confidence_score: 0.85, revenue_potential: "2 h a week", category: "Refactoring" }, "success"),
    at(190, "opportunity_discovered", { opportunity_id: "o2", title: "One way to read numbers", description: "Three copies differ in a sign.", confidence_score: 0.52, revenue_potential: "$1M ARR", category: "Reuse" }, "success"),
    at(180, "system_health_updated", { cpu_percent: 12.5, memory_percent: null, active_agents: 4, uptime_seconds: 120 }, "info"),
    at(170, "error_occurred", { source: "disk", error_message: "no space left", error_type: "IoError" }, "error"),
    at(160, "reputation_updated", { agent_id: "a1", agent_name: "Scout", old_score: 0.8, new_score: 0.85, change: 0.05, total_tasks: 9, trend: "improving" }, "success"),
    at(150, "task_outcome_recorded", { agent_id: "a1", agent_name: "Scout", task_id: "t-9", success: true, quality_score: null, duration_ms: 12 }, "success"),
    at(140, "metrics_updated", { queue: 4 }, "info"),
    at(130, "agent_execution_started", done("a3", "Reader", "count the lines"), "info"),
  ];
}
