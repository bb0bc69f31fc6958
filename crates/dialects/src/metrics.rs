//! Named numbers of an event, whatever its dialect.
//!
//! In: a payload. Out: one fact of all its points: those of `metrics: {name: value}` in any event, those of the payload
//! itself in an event that is about nothing else. A `null` whose number is remembered as NaN or infinite is that number.

use loopscope_event::{Fact, MetricsFact};

use crate::non_finite;
use crate::read::{self, Json, Object};

/// The most points of an event.
pub(crate) const MAX_POINTS: usize = 256;
/// The longest name of a metric, in characters.
pub(crate) const MAX_NAME_CHARS: usize = 128;
/// What the steps of a loop count in their `metrics`: facts of their own, which are not told twice.
const COUNTED: &[&str] = &[
    "issues_found",
    "issues_addressed",
    "fixes_applied",
    "vulnerabilities_found",
    "critical",
    "high",
    "medium",
    "low",
    "info",
    "passed",
    "failed",
    "skipped",
    "errors",
    "total",
    "success_rate",
    "return_code",
    "total_findings",
    "total_fixes",
    "total_vulnerabilities",
    "tests_passed",
    "tests_failed",
    "iterations",
];
/// Where the points lie, and what stands beside them.
const COORDINATES: &[&str] = &["step", "x", "epoch", "_envelope", non_finite::KEY];

/// Numbers of `metrics`, else of the payload itself: of an event that is about numbers.
pub(crate) fn facts(data: &Object<'_>) -> Option<Fact> {
    named(data, false).or_else(|| fact(data, data, "", false))
}

/// Numbers of `metrics`: of any event. Of one that is `counted`, those that are no counts of a loop.
pub(crate) fn named(data: &Object<'_>, counted: bool) -> Option<Fact> {
    let inner = data.get("metrics");
    if !inner.as_str().starts_with('{') {
        return None;
    }
    fact(data, &inner.object(), "/metrics", counted)
}

fn fact(data: &Object<'_>, named: &Object<'_>, under: &str, counted: bool) -> Option<Fact> {
    let known = non_finite::of(data);
    let lost = |name: &str| {
        let pointer = format!("{under}/{}", name.replace('~', "~0").replace('/', "~1"));
        let found = known.iter().find(|(own, _)| *own == pointer);
        found.map(|(_, value)| *value)
    };
    let numbers = named
        .iter()
        .filter(|(name, _)| !COORDINATES.contains(name))
        .filter(|(name, _)| !(counted && COUNTED.contains(name)))
        .filter_map(|(name, value)| {
            let value = match value.as_str() {
                "null" if !known.is_empty() => lost(name),
                _ => value.number(),
            };
            Some((read::cut(name, MAX_NAME_CHARS), value?))
        });
    let points: Vec<_> = numbers.take(MAX_POINTS).collect();
    (!points.is_empty()).then(|| {
        Fact::Metrics(Box::new(MetricsFact {
            step: data.first(&["step", "x"], Json::number),
            epoch: data.get("epoch").number(),
            points,
        }))
    })
}
