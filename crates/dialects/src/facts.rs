//! What an event says, read by its dialect. In: an event. Out: facts in the normal form.

use loopscope_event::{Dialect, Event, Fact};

use crate::{convergence, loopscope, read};

/// What an event says, in the normal form; most events say one thing, some none.
///
/// Derived from name and payload on each call and never stored, so that a better reader improves old runs too.
pub fn facts(event: &Event) -> Vec<Fact> {
    let data = event.data.value();
    match event.dialect {
        Dialect::Loopscope => loopscope::facts(&event.name, &data),
        // The generic envelope shares the convergence loop's names; the others get readers of their own.
        Dialect::Convergence
        | Dialect::Generic
        | Dialect::Agents
        | Dialect::Orchestrator
        | Dialect::Training => convergence::facts(event, &data),
    }
}

/// The words that an event has for people in its payload (`message`, `description`, `detail`, `reason`), if any.
pub fn message(event: &Event) -> Option<String> {
    let fields = ["message", "description", "detail", "reason", "text"];
    read::first(&event.data.value(), &fields, read::text)
}
