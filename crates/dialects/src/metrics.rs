//! Named numbers of an event, whatever its dialect.
//!
//! In: a payload. Out: one fact of all its points: those of `metrics: {name: value}` in any event, those of the payload
//! itself in an event that is about nothing else.

use loopscope_event::{Fact, MetricsFact};

use crate::read::{self, Json, Object};

/// The most points of an event.
pub(crate) const MAX_POINTS: usize = 256;
/// The longest name of a metric, in characters.
pub(crate) const MAX_NAME_CHARS: usize = 128;
/// Where the points lie, and what stands beside them.
const COORDINATES: &[&str] = &["step", "x", "epoch", "_envelope", "_non_finite"];

/// Numbers of `metrics`, else of the payload itself.
pub(crate) fn facts(data: &Object<'_>) -> Option<Fact> {
    let inner = data.get("metrics").object();
    fact(data, if inner.is_empty() { data } else { &inner })
}

fn fact(data: &Object<'_>, named: &Object<'_>) -> Option<Fact> {
    let numbers = named
        .iter()
        .filter(|(name, _)| !COORDINATES.contains(name))
        .filter_map(|(name, value)| Some((read::cut(name, MAX_NAME_CHARS), value.number()?)));
    let points: Vec<_> = numbers.take(MAX_POINTS).collect();
    (!points.is_empty()).then(|| {
        Fact::Metrics(Box::new(MetricsFact {
            step: data.first(&["step", "x"], Json::number),
            epoch: data.get("epoch").number(),
            points,
        }))
    })
}
