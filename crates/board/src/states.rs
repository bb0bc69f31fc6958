//! The words for where a run stands, by dialect.

/// The states of a convergence loop, least advanced first.
pub const CONVERGENCE_STATES: [&str; 7] = [
    "IDLE",
    "DIAGNOSING",
    "FIXING",
    "ATTACKING",
    "VALIDATING",
    "CONVERGED",
    "FAILED",
];

/// The states of an orchestrator's run.
pub const ORCHESTRATOR_STATES: [&str; 6] = [
    "IDLE",
    "RUNNING",
    "HALTED",
    "COMPLETED",
    "FAILED",
    "INTERRUPTED",
];

/// How far a state is along the loop; `None` for a state that the loop does not have.
pub(crate) fn rank(state: &str) -> Option<usize> {
    CONVERGENCE_STATES.iter().position(|known| *known == state)
}

/// The state in which a step of a convergence loop works; `None` for a step that the loop does not have.
pub fn state_of_step(step: &str) -> Option<&'static str> {
    Some(match step {
        "diagnose" => "DIAGNOSING",
        "fix" => "FIXING",
        "attack" => "ATTACKING",
        "validate" => "VALIDATING",
        _ => return None,
    })
}
