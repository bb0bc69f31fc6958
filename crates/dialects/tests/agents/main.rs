//! What crews of agents send: every row of the contract, every quirk, and the frame made again.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails with the test")]

mod frames;
mod quirks;
mod rows;
mod says;

use jiff::tz::TimeZone;
use loopscope_dialects::{DecodeContext, Warning, decode, facts};
use loopscope_event::{Dialect, Event, Fact, NewEvent, Offset, Seq, Timestamp};

pub(crate) fn context() -> DecodeContext {
    DecodeContext {
        dialect: Some(Dialect::Agents),
        naive_zone: TimeZone::fixed(jiff::tz::offset(2)),
        ..DecodeContext::new(Timestamp::from_micros(1_767_607_200_000_000))
    }
}

pub(crate) fn read(text: &str) -> (NewEvent, Vec<Warning>) {
    let decoded = decode(text.as_bytes(), &context()).unwrap();
    decoded.items.into_iter().next().unwrap().unwrap()
}

pub(crate) fn placed(text: &str) -> Event {
    read(text).0.placed(Offset(1), Seq(1))
}

/// An event with an id and a time as the reference writes them.
pub(crate) fn event(name: &str, data: &str) -> Event {
    placed(&format!(
        r#"{{"event_id":"e","event_type":"{name}","timestamp":"2026-01-05T10:00:00.123456","data":{data}}}"#
    ))
}

/// What an event says, but for its numbers.
pub(crate) fn said(name: &str, data: &str) -> Vec<Fact> {
    let mut facts = facts(&event(name, data));
    facts.retain(|fact| !matches!(fact, Fact::Metrics(_)));
    facts
}

/// The numbers of an event.
pub(crate) fn numbers(name: &str, data: &str) -> Vec<(String, f64)> {
    let facts = facts(&event(name, data)).into_iter();
    let points = facts.filter_map(|fact| match fact {
        Fact::Metrics(metrics) => Some(metrics.points),
        _ => None,
    });
    points.flatten().collect()
}
