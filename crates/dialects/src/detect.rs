//! Which dialect an event is written in, told by looking at its name and the keys of its envelope.

use loopscope_event::Dialect;

use crate::{agents, convergence, orchestrator, training};

/// The dialect of an event with this name; `has_event_type` and `has_state` say which keys its envelope has.
pub fn detect(name: &str, has_event_type: bool, has_state: bool) -> Dialect {
    if name.starts_with("loopscope:") {
        Dialect::Loopscope
    } else if orchestrator::tells(name) {
        Dialect::Orchestrator
    } else if agents::tells(name) {
        Dialect::Agents
    } else if training::tells(name) {
        Dialect::Training
    } else if convergence::lookup(name).is_some() || (has_event_type && has_state) {
        Dialect::Convergence
    } else if has_event_type && agents::may_tell(name) {
        // After the loops: what names a state is theirs, where others use its name too.
        Dialect::Agents
    } else if has_event_type && training::may_tell(name) {
        Dialect::Training
    } else {
        Dialect::Generic
    }
}
