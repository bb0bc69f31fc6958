//! The frames that the contract's sockets carry (section 3.4). In: an event or an answer. Out: JSON text.
//!
//! Both event shapes write the payload as the producer sent it, byte for byte.

use loopscope_event::{Event, EventId, RawJson, SessionId, Timestamp};
use serde::Serialize;

use super::actions::Refusal;
use super::evidence::published_state;

/// The fields of an event as this contract names them.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct PublishedEvent<'a> {
    /// The producer's id, else ours.
    pub(crate) event_id: &'a EventId,
    /// When it happened, UTC with `Z`.
    pub(crate) timestamp: Timestamp,
    /// Its run.
    pub(crate) session_id: &'a SessionId,
    /// The pass; 0 before the first.
    pub(crate) iteration: u32,
    /// What [`published_state`] says of it.
    pub(crate) state: std::borrow::Cow<'a, str>,
    /// Its name as sent.
    pub(crate) event_type: &'a str,
    /// Its payload as sent.
    pub(crate) data: std::borrow::Cow<'a, RawJson>,
}

impl<'a> From<&'a Event> for PublishedEvent<'a> {
    fn from(event: &'a Event) -> Self {
        Self {
            event_id: &event.event_id,
            timestamp: event.timestamp,
            session_id: &event.session_id,
            iteration: event.iteration,
            state: published_state(event),
            event_type: &event.name,
            data: loopscope_dialects::sent(&event.data),
        }
    }
}

/// An event in a list of one session's events: the same fields without the session.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct EventItem<'a> {
    event_id: &'a EventId,
    timestamp: Timestamp,
    event_type: &'a str,
    iteration: u32,
    state: std::borrow::Cow<'a, str>,
    data: std::borrow::Cow<'a, RawJson>,
}

impl<'a> From<&'a Event> for EventItem<'a> {
    fn from(event: &'a Event) -> Self {
        Self {
            event_id: &event.event_id,
            timestamp: event.timestamp,
            event_type: &event.name,
            iteration: event.iteration,
            state: published_state(event),
            data: loopscope_dialects::sent(&event.data),
        }
    }
}

#[derive(Serialize)]
struct Flat<'a> {
    r#type: &'static str,
    #[serde(flatten)]
    event: PublishedEvent<'a>,
}

#[derive(Serialize)]
struct Nested<T> {
    r#type: &'static str,
    data: T,
}

#[derive(Serialize)]
struct Response<'a, T> {
    r#type: &'static str,
    request_action: &'a str,
    data: T,
}

#[derive(Serialize)]
struct Pong {
    r#type: &'static str,
    timestamp: Timestamp,
}

#[derive(Serialize)]
struct Failure<'a> {
    r#type: &'static str,
    request_action: Option<&'a str>,
    error: &'a str,
    message: &'a str,
}

/// Writes the documented event frame: the fields beside `type`.
pub(crate) fn write_flat(event: &Event, out: &mut Vec<u8>) {
    let event = event.into();
    write(
        &Flat {
            r#type: "event",
            event,
        },
        out,
    );
}

/// Writes the event frame of the reference's own page: the fields under `data`.
pub(crate) fn write_nested(event: &Event, out: &mut Vec<u8>) {
    let data = PublishedEvent::from(event);
    write(
        &Nested {
            r#type: "event",
            data,
        },
        out,
    );
}

/// The first frame of `/ws`.
pub(crate) fn state(data: impl Serialize) -> String {
    text(&Nested {
        r#type: "state",
        data,
    })
}

/// The answer to an action.
pub(crate) fn response(request_action: &str, data: impl Serialize) -> String {
    text(&Response {
        r#type: "response",
        request_action,
        data,
    })
}

/// The answer to a ping.
pub(crate) fn pong(timestamp: Timestamp) -> String {
    text(&Pong {
        r#type: "pong",
        timestamp,
    })
}

/// An action was refused; the socket stays open.
pub(crate) fn error(refusal: &Refusal) -> String {
    text(&Failure {
        r#type: "error",
        request_action: refusal.request_action.as_deref(),
        error: refusal.error,
        message: &refusal.message,
    })
}

fn write(frame: &impl Serialize, out: &mut Vec<u8>) {
    // Plain data: only a payload that is no JSON could fail, and intake lets none through.
    let start = out.len();
    if let Err(error) = serde_json::to_writer(&mut *out, frame) {
        tracing::error!(%error, "a frame cannot be written as JSON");
        out.truncate(start);
        out.extend_from_slice(br#"{"type":"error","request_action":null,"error":"internal","message":"an event cannot be written"}"#);
    }
}

fn text(frame: &impl Serialize) -> String {
    let mut out = Vec::new();
    write(frame, &mut out);
    // serde_json writes UTF-8.
    String::from_utf8(out).unwrap_or_default()
}

#[cfg(test)]
mod tests;
