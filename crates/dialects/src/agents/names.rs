//! The one table of names and their normal form. A name matches in any letter case.

use loopscope_event::Kind;

/// The session of events that name none and came from no named system.
pub const SYSTEM: &str = "agents";

/// The greeting of a server of this contract; it is no event.
pub const GREETING: &str = "connection_established";

/// Names as the contract writes them, then those of its sibling, and their normal form.
pub const NAMES: &[(&str, Kind)] = &[
    ("agent_execution_started", Kind::Agent),
    ("agent_execution_completed", Kind::Agent),
    ("opportunity_discovered", Kind::Opportunity),
    ("synthesis_started", Kind::StepStarted),
    ("synthesis_completed", Kind::StepCompleted),
    ("quality_score_updated", Kind::Metric),
    ("error_occurred", Kind::Error),
    ("system_health_updated", Kind::Metric),
    ("agent_registered", Kind::Agent),
    ("metrics_updated", Kind::Metric),
    ("reputation_updated", Kind::Agent),
    ("task_outcome_recorded", Kind::Agent),
    ("agent_started", Kind::Agent),
    ("agent_completed", Kind::Agent),
    ("workflow_started", Kind::StepStarted),
    ("workflow_completed", Kind::StepCompleted),
    ("task_started", Kind::StepStarted),
    ("task_completed", Kind::StepCompleted),
    ("metric_update", Kind::Metric),
    ("discovery_event", Kind::Opportunity),
    ("reputation_update", Kind::Agent),
    ("contract_event", Kind::Log),
    ("system_alert", Kind::Log),
];

/// How many of the table are the contract's own; the others are its sibling's.
const OWN: usize = 12;

/// Names of the table that others use too: alone they tell nothing.
const SHARED: &[&str] = &[
    "error_occurred",
    "metrics_updated",
    "agent_started",
    "agent_completed",
    "task_started",
    "task_completed",
    "metric_update",
];

/// The table's spelling of a name and its normal form; `None` where the table does not have it.
pub fn lookup(name: &str) -> Option<(&'static str, Kind)> {
    let name = name.trim();
    let same = |known: &&(&str, Kind)| known.0.eq_ignore_ascii_case(name);
    NAMES.iter().find(same).copied()
}

/// The normal form of a name; what the table does not have is read like a loop's.
pub fn kind(name: &str) -> Kind {
    lookup(name).map_or_else(|| crate::convergence::kind(name), |(_, kind)| kind)
}

/// Whether a name alone tells this dialect: one of the table that no other dialect has.
pub fn tells(name: &str) -> bool {
    lookup(name).is_some_and(|(known, _)| !SHARED.contains(&known))
}

/// Whether a name tells this dialect where its envelope is one of the contract: a name of the table, but for those that
/// orchestrators have for their agents.
pub fn may_tell(name: &str) -> bool {
    let is_orchestrators =
        || crate::orchestrator::lookup(name).is_some_and(|(known, _)| known.starts_with("agent:"));
    lookup(name).is_some() && !is_orchestrators()
}

/// Whether a name is of the sibling, whose times without an offset are its host's own.
pub(super) fn is_sibling(name: &str) -> bool {
    NAMES
        .get(OWN..)
        .unwrap_or_default()
        .iter()
        .any(|(known, _)| known.eq_ignore_ascii_case(name.trim()))
}
