//! The one table of names and their normal form. A name matches in any letter case.

use loopscope_event::Kind;

/// The session of events that name none, until [`Runs`](super::Runs) gives them theirs.
pub const PLACEHOLDER: &str = "training";

/// Words in `type` of frames that hold no event.
pub const CONTROL: &[&str] = &["connected", "ping", "pong", "snapshot"];

/// Names as the contract writes them, of every generation, and their normal form.
pub const NAMES: &[(&str, Kind)] = &[
    ("TRAINING_STARTED", Kind::SessionStarted),
    ("EPOCH_COMPLETED", Kind::IterationEnded),
    ("BATCH_EPOCH_COMPLETED", Kind::IterationEnded),
    ("BATCH_COMPLETED", Kind::IterationEnded),
    ("PPO_UPDATE_COMPLETED", Kind::Metric),
    ("SEED_GERMINATED", Kind::StepStarted),
    ("SEED_STAGE_CHANGED", Kind::StateChanged),
    ("SEED_FOSSILIZED", Kind::StepCompleted),
    ("SEED_PRUNED", Kind::StepCompleted),
    ("SEED_CULLED", Kind::StepCompleted),
    ("SEED_GATE_EVALUATED", Kind::Validation),
    ("PLATEAU_DETECTED", Kind::Log),
    ("DEGRADATION_DETECTED", Kind::Log),
    ("IMPROVEMENT_DETECTED", Kind::Log),
    ("TAMIYO_INITIATED", Kind::Log),
    ("ANALYTICS_SNAPSHOT", Kind::Metric),
    ("COUNTERFACTUAL_MATRIX_COMPUTED", Kind::Metric),
    ("COUNTERFACTUAL_COMPUTED", Kind::Metric),
    ("EPISODE_OUTCOME", Kind::Metric),
    ("GOVERNOR_ROLLBACK", Kind::Error),
    ("RATIO_EXPLOSION_DETECTED", Kind::Error),
    ("RATIO_COLLAPSE_DETECTED", Kind::Error),
    ("VALUE_COLLAPSE_DETECTED", Kind::Error),
    ("NUMERICAL_INSTABILITY_DETECTED", Kind::Error),
    ("GRADIENT_ANOMALY", Kind::Error),
    ("GRADIENT_PATHOLOGY_DETECTED", Kind::Error),
    ("PERFORMANCE_DEGRADATION", Kind::Error),
    ("MEMORY_WARNING", Kind::Error),
    ("REWARD_HACKING_SUSPECTED", Kind::Error),
    ("CHECKPOINT_LOADED", Kind::Checkpoint),
    ("CHECKPOINT_SAVED", Kind::Checkpoint),
    ("MORPHOLOGY_CAUSAL_LOG", Kind::Log),
    ("TOPOLOGY_MANIFEST_RECORDED", Kind::Log),
    ("PHASE_PROFILE_COMPLETED", Kind::Metric),
    ("ALLOCATOR_STATS", Kind::Metric),
    ("REWARD_COMPUTED", Kind::Metric),
    ("ISOLATION_VIOLATION", Kind::Error),
    ("COMMAND_ISSUED", Kind::Command),
    ("COMMAND_EXECUTED", Kind::Command),
    ("COMMAND_FAILED", Kind::Command),
    ("GOVERNOR_PANIC", Kind::Error),
    ("GOVERNOR_SNAPSHOT", Kind::Log),
    ("POLICY_ACTION", Kind::Log),
    ("ANOMALY_DETECTED", Kind::Error),
];

/// Names of the table that others may use too: alone they tell nothing.
const SHARED: &[&str] = &[
    "CHECKPOINT_LOADED",
    "CHECKPOINT_SAVED",
    "COMMAND_ISSUED",
    "COMMAND_EXECUTED",
    "COMMAND_FAILED",
    "MEMORY_WARNING",
    "ANOMALY_DETECTED",
    "PERFORMANCE_DEGRADATION",
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

/// Whether a name alone tells this dialect: one of the table that nobody else uses.
pub fn tells(name: &str) -> bool {
    lookup(name).is_some_and(|(known, _)| !SHARED.contains(&known))
}

/// Whether a name tells this dialect where its envelope is one of the contract.
pub fn may_tell(name: &str) -> bool {
    lookup(name).is_some() && !crate::orchestrator::tells(name)
}
