//! The page's address as a query, both ways.

use leptos_router::params::ParamsMap;
use loopscope_event::Seq;
use loopscope_protocol::{EventsQuery, SessionsQuery};

use crate::text::{self, Zone};

const SESSIONS: [&str; 12] = [
    "q", "status", "kind", "project", "target", "tag", "since", "until", "errors", "open", "sort",
    "order",
];
const EVENTS: [&str; 6] = ["before", "kind", "severity", "step", "iteration", "q"];

fn pairs(params: &ParamsMap, names: &[&'static str]) -> Vec<(&'static str, String)> {
    let values = |name: &'static str| {
        let all = params.get_all(name).unwrap_or_default();
        all.into_iter().map(move |value| (name, value))
    };
    names.iter().copied().flat_map(values).collect()
}

fn borrowed<'a>(pairs: &'a [(&'static str, String)]) -> impl Iterator<Item = (&'a str, &'a str)> {
    pairs.iter().map(|(name, value)| (*name, value.as_str()))
}

/// The sessions that the address asks for. What it says wrongly is passed over.
pub(super) fn sessions(params: &ParamsMap) -> SessionsQuery {
    let mut pairs = pairs(params, &SESSIONS);
    pairs.extend(self::pairs(params, &["after"]));
    SessionsQuery::read(borrowed(&pairs)).0
}

/// The event that the address opens: the list stands at it, and its payload shows.
pub(super) fn event(params: &ParamsMap) -> Option<Seq> {
    let seq = params.get("event")?.parse().ok()?;
    (1..u64::MAX).contains(&seq).then_some(Seq(seq))
}

/// The events that the address asks for; a time without an offset is one in the zone. `at` is the moment that the whole
/// page shows, so the jump of the list is `time`.
pub(super) fn events(params: &ParamsMap, zone: Zone) -> EventsQuery {
    let mut query = EventsQuery::read(borrowed(&pairs(params, &EVENTS))).0;
    query.at = params
        .get("time")
        .and_then(|at| text::from_input(&at, zone));
    if let Some(seq) = event(params) {
        query.before = Some(Seq(seq.0 + 1));
    }
    query
}

/// The address of the list that a query stands for, from its first page.
pub(super) fn sessions_href(query: &SessionsQuery) -> String {
    let first = SessionsQuery {
        after: None,
        limit: 0,
        ..query.clone()
    };
    match first.to_query_string().as_str() {
        "" => "/sessions".to_owned(),
        query => format!("/sessions?{query}"),
    }
}
