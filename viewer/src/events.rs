//! A page of a session's events. In: a query. Out: what `GET /api/v1/sessions/{id}/events` answers.

use loopscope_event::{Event, Severity};
use loopscope_protocol::{EventsPage, EventsQuery};

use crate::shelf::Held;

/// How many events a page has where nothing is said.
const PAGE: usize = 200;

/// `after` reads on; everything else reads back, and is answered in order all the same.
pub(crate) fn page(held: &Held, query: &EventsQuery) -> EventsPage {
    let limit = match query.limit {
        0 => PAGE,
        limit => limit as usize,
    };
    let words: Vec<String> = query
        .text
        .iter()
        .flat_map(|text| text.split_whitespace())
        .map(str::to_lowercase)
        .collect();
    let step = query.step.as_ref().map(|step| step.to_lowercase());
    let fits = |event: &&Event| {
        (query.kinds.is_empty() || query.kinds.contains(&event.kind))
            && query.severity.is_none_or(|least| is_at_least(event, least))
            && query
                .iteration
                .is_none_or(|number| event.iteration == number)
            && query.at.is_none_or(|at| event.timestamp <= at)
            && step.as_ref().is_none_or(|step| is_of_step(event, step))
            && words.iter().all(|word| holds(event, word))
    };
    let after = |event: &&Event| query.after.is_none_or(|after| event.seq > after);
    let before = |event: &&Event| query.before.is_none_or(|before| event.seq < before);
    let all = held.events.iter();
    let mut wanted = all.filter(|event| after(event) && before(event) && fits(event));
    let mut events: Vec<Event>;
    let more;
    if query.after.is_some() {
        events = wanted.by_ref().take(limit).cloned().collect();
        more = wanted.next().is_some();
    } else {
        let mut back = wanted.rev();
        events = back.by_ref().take(limit).cloned().collect();
        more = back.next().is_some();
        events.reverse();
    }
    EventsPage {
        last_seq: held.last(),
        first_seq: held.first(),
        total: Some(held.events.iter().filter(fits).count() as u64),
        events,
        more,
    }
}

fn is_at_least(event: &Event, least: Severity) -> bool {
    event.severity.is_some_and(|severity| severity <= least)
}

fn is_of_step(event: &Event, step: &str) -> bool {
    let data = event.data.value();
    let said = data.get("step").and_then(serde_json::Value::as_str);
    said.is_some_and(|said| said.to_lowercase() == step)
}

fn holds(event: &Event, word: &str) -> bool {
    event.name.to_lowercase().contains(word) || event.data.as_str().to_lowercase().contains(word)
}
