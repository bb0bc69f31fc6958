//! What orchestrators send: every name, every shape of an event, every spelling of a field.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails with the test")]

mod shapes;
mod spellings;

use jiff::tz::TimeZone;
use loopscope_dialects::{DecodeContext, Warning, decode, facts};
use loopscope_event::{Dialect, Event, Fact, NewEvent, Offset, Seq, Timestamp};

pub(crate) fn context() -> DecodeContext {
    DecodeContext {
        dialect: Some(Dialect::Orchestrator),
        naive_zone: TimeZone::fixed(jiff::tz::offset(2)),
        ..DecodeContext::new(Timestamp::from_micros(1_767_607_200_000_000))
    }
}

pub(crate) fn read(text: &str) -> (NewEvent, Vec<Warning>) {
    let decoded = decode(text.as_bytes(), &context()).unwrap();
    decoded.items.into_iter().next().unwrap().unwrap()
}

pub(crate) fn event(name: &str, data: &str) -> Event {
    let body = format!(
        r#"{{"event_type":"{name}","event_id":"e","session_id":"s","timestamp":"2026-01-05T10:00:00","data":{data}}}"#
    );
    read(&body).0.placed(Offset(1), Seq(1))
}

pub(crate) fn said(name: &str, data: &str) -> Vec<Fact> {
    facts(&event(name, data))
}
