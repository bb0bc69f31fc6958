//! What an event says, read by its dialect. In: an event. Out: facts in the normal form.

use loopscope_event::{Dialect, Event, Fact, Kind};

use crate::read::{Json, Object};
use crate::{agents, convergence, loopscope, metrics, orchestrator, training};

/// What an event says, in the normal form; most events say one thing, some none.
///
/// Derived from name and payload on each call and never stored, so that a better reader improves old runs too.
pub fn facts(event: &Event) -> Vec<Fact> {
    let data = Object::read(event.data.as_str());
    let mut facts = of_dialect(event, &data);
    let is_measured = |fact: &Fact| matches!(fact, Fact::Metrics(_));
    if event.dialect != Dialect::Loopscope && !facts.iter().any(is_measured) {
        let counts = |fact: &Fact| matches!(fact, Fact::Step(_) | Fact::Converged { .. });
        facts.extend(metrics::named(&data, facts.iter().any(counts)));
    }
    facts
}

/// Whether an event may hold numbers: `false` where [`facts`] certainly has no [`Fact::Metrics`]. Much cheaper than to
/// read it.
pub fn may_measure(event: &Event) -> bool {
    let data = event.data.as_str();
    match event.dialect {
        Dialect::Loopscope => false,
        Dialect::Agents | Dialect::Training => true,
        Dialect::Convergence | Dialect::Orchestrator | Dialect::Generic => {
            // A key may be written in escapes.
            event.kind == Kind::Metric || data.contains("\"metrics\"") || data.contains("\\u")
        }
    }
}

fn of_dialect(event: &Event, data: &Object<'_>) -> Vec<Fact> {
    match event.dialect {
        Dialect::Loopscope => loopscope::facts(&event.name, data),
        Dialect::Orchestrator => orchestrator::facts(event, data),
        // A loop that obeys HALT and RESUME says so in the orchestrator's words.
        _ if orchestrator::is_halting(&event.name) => orchestrator::facts(event, data),
        // So does any program that asks a person, takes a checkpoint, changes a file, or checks something.
        Dialect::Convergence | Dialect::Generic
            if orchestrator::borrowed(&event.name).is_some() =>
        {
            orchestrator::facts(event, data)
        }
        // The generic envelope shares the convergence loop's names; the others get readers of their own.
        Dialect::Agents => agents::facts(event, data),
        Dialect::Training => training::facts(event, data),
        Dialect::Convergence | Dialect::Generic => convergence::facts(event, data),
    }
}

/// The words that an event has for people in its payload (`message`, `description`, `detail`, `reason`), if any.
pub fn message(event: &Event) -> Option<String> {
    let fields = ["message", "description", "detail", "reason", "text"];
    Object::read(event.data.as_str()).first(&fields, Json::text)
}
