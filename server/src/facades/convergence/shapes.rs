//! What the contract's REST routes answer (section 4, "Field lists"), one struct a shape. Filled in [`super::views`].

use loopscope_event::{Dialect, SessionId, Severities, Timestamp};
use serde::Serialize;

/// The dialects of this facade: loops, and events that are of no known dialect. Our own `loopscope:` events and what
/// the other contracts' programs send are not of this contract.
pub(crate) const SERVED: [Dialect; 2] = [Dialect::Convergence, Dialect::Generic];

/// Whether this facade shows sessions and events of a dialect.
pub(crate) fn is_served(dialect: Dialect) -> bool {
    SERVED.contains(&dialect)
}

/// One session in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct SessionItem {
    /// Its id.
    pub(crate) session_id: SessionId,
    /// When it began.
    pub(crate) start_time: Timestamp,
    /// When it ended.
    pub(crate) end_time: Option<Timestamp>,
    /// `running`, `converged`, `failed`.
    pub(crate) status: &'static str,
    /// The pass it is in.
    pub(crate) current_iteration: u32,
    /// The same, as the reference system names it.
    pub(crate) iterations: u32,
    /// What it works on.
    pub(crate) target: Option<String>,
    /// The state it ended in; null while it runs.
    pub(crate) final_state: Option<String>,
    /// Whether it converged.
    pub(crate) convergence_reached: bool,
    /// How long it ran, in seconds; up to its newest event while it runs.
    pub(crate) duration_seconds: f64,
    /// Silent for an hour though it has not ended.
    pub(crate) stale: bool,
}

/// `GET /api/sessions`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct SessionsAnswer {
    /// The rows, newest start first.
    pub(crate) sessions: Vec<SessionItem>,
    /// How many there are in all.
    pub(crate) total: u64,
    /// The limit that was applied.
    pub(crate) limit: usize,
    /// The offset that was applied.
    pub(crate) offset: u64,
}

/// `GET /api/sessions/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct SessionDetail {
    /// Its id.
    pub(crate) session_id: SessionId,
    /// When it began.
    pub(crate) start_time: Timestamp,
    /// When it ended.
    pub(crate) end_time: Option<Timestamp>,
    /// `running`, `converged`, `failed`.
    pub(crate) status: &'static str,
    /// What it works on.
    pub(crate) target: Option<String>,
    /// The bounds that it was started with, where it said.
    pub(crate) config: SessionConfig,
    /// The stage it is in.
    pub(crate) current_state: String,
    /// The pass it is in.
    pub(crate) current_iteration: u32,
    /// The state it ended in; null while it runs.
    pub(crate) final_state: Option<String>,
    /// Silent for an hour though it has not ended.
    pub(crate) stale: bool,
    /// Its numbers.
    pub(crate) metrics: SessionTotals,
}

/// The bounds that a session was started with; none of both where it did not say that it has any.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct SessionConfig {
    /// Both of them.
    #[serde(flatten)]
    pub(crate) bounds: Option<SessionBounds>,
}

/// Two bounds; null where only the other is known.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct SessionBounds {
    /// How many passes it may take.
    pub(crate) max_iterations: Option<u32>,
    /// How long it may take; a whole number where it is one.
    pub(crate) timeout_seconds: Option<serde_json::Number>,
}

/// A session's numbers, summed over its passes (section 4.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct SessionTotals {
    /// Findings of the diagnose steps.
    pub(crate) total_findings: u64,
    /// Fixes.
    pub(crate) total_fixes: u64,
    /// Findings of the attack steps.
    pub(crate) total_vulnerabilities: u64,
    /// Validate steps that passed.
    pub(crate) tests_passed: u64,
    /// Validate steps that failed.
    pub(crate) tests_failed: u64,
}

/// `GET /api/metrics`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct SystemMetrics {
    /// All sessions.
    pub(crate) total_sessions: u64,
    /// Sessions that run.
    pub(crate) active_sessions: u64,
    /// Sessions that converged.
    pub(crate) converged_sessions: u64,
    /// Sessions that ended without.
    pub(crate) failed_sessions: u64,
    /// Mean iterations of the sessions that had any.
    pub(crate) average_iterations: f64,
    /// Mean duration of ended sessions, in seconds.
    pub(crate) average_duration: f64,
    /// Diagnosed findings by severity, all five always there.
    pub(crate) findings_by_severity: Severities,
}

/// `GET /api/stats`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Stats {
    /// All sessions.
    pub(crate) total_sessions: u64,
    /// Sessions that converged.
    pub(crate) converged_sessions: u64,
    /// The share of them, 0.0 to 1.0.
    pub(crate) convergence_rate: f64,
    /// Mean iterations of the sessions that had any, two decimals.
    pub(crate) avg_iterations: f64,
    /// All events.
    pub(crate) total_events: u64,
}

/// `GET /api/sessions/{id}/metrics`. All arrays are as long as there were iterations.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct SessionMetrics {
    /// Its id.
    pub(crate) session_id: SessionId,
    /// How many iterations there were.
    pub(crate) iterations: u32,
    /// How long it ran.
    pub(crate) duration_seconds: f64,
    /// Findings of each iteration's diagnose step.
    pub(crate) findings_per_iteration: Vec<u64>,
    /// Fixes of each iteration.
    pub(crate) fixes_per_iteration: Vec<u64>,
    /// Seconds that each iteration's steps took.
    pub(crate) step_durations: StepDurations,
}

/// Seconds by step and iteration; 0 where the step did not run.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct StepDurations {
    /// Looking.
    pub(crate) diagnose: Vec<f64>,
    /// Mending.
    pub(crate) fix: Vec<f64>,
    /// Attacking.
    pub(crate) attack: Vec<f64>,
    /// Validating.
    pub(crate) validate: Vec<f64>,
}

/// `GET /api/state`, and the first frame of `/ws`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct StateAnswer<L> {
    /// The session that counts as current.
    #[serde(flatten)]
    pub(crate) state: CurrentState,
    /// Its newest events, oldest first.
    pub(crate) logs: L,
}

/// Where the current session stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct CurrentState {
    /// Its stage.
    pub(crate) state: String,
    /// Its pass.
    pub(crate) iteration: u32,
    /// Its id; empty before any event.
    pub(crate) session_id: String,
    /// Its findings.
    pub(crate) findings: u64,
    /// Its fixes.
    pub(crate) fixes: u64,
    /// Its findings by attack.
    pub(crate) vulnerabilities: u64,
}
