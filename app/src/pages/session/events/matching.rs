//! Whether a live event meets the conditions of the list, as the server tells it for stored ones.

use loopscope_event::Event;
use loopscope_protocol::EventsQuery;

/// Whether the event is wanted.
pub(super) fn matches(query: &EventsQuery, event: &Event) -> bool {
    (query.kinds.is_empty() || query.kinds.contains(&event.kind))
        && query
            .severity
            .is_none_or(|least| event.severity.is_some_and(|own| own <= least))
        && query
            .iteration
            .is_none_or(|iteration| event.iteration == iteration)
        && query
            .step
            .as_ref()
            .is_none_or(|step| is_of_step(event, step))
        && query.text.as_ref().is_none_or(|text| {
            let text = text.to_lowercase();
            event.name.to_lowercase().contains(&text)
                || event.data.as_str().to_lowercase().contains(&text)
        })
}

fn is_of_step(event: &Event, step: &str) -> bool {
    let data = event.data.value();
    let own = data.get("step").and_then(serde_json::Value::as_str);
    own.is_some_and(|own| own.eq_ignore_ascii_case(step))
}
