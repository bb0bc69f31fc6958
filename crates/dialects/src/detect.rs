//! Which dialect an event is written in, told by looking at its name and the keys of its envelope.

use loopscope_event::Dialect;

use crate::convergence;

/// Prefixes of names that skill orchestrators use.
const ORCHESTRATOR: &[&str] = &[
    "skill:",
    "execution:",
    "validation:",
    "file:",
    "decision:",
    "checkpoint:",
    "agent:",
    "command:",
    "session:",
    "server:",
];

/// The dialect of an event with this name; `has_event_type` and `has_state` say which keys its envelope has.
pub fn detect(name: &str, has_event_type: bool, has_state: bool) -> Dialect {
    if name.starts_with("loopscope:") {
        Dialect::Loopscope
    } else if ORCHESTRATOR.iter().any(|prefix| name.starts_with(prefix)) {
        Dialect::Orchestrator
    } else if convergence::lookup(name).is_some() || (has_event_type && has_state) {
        Dialect::Convergence
    } else {
        Dialect::Generic
    }
}
