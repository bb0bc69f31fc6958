//! What the decoders of streams share: events as `{event_id, event_type, timestamp, data, …}`, in every shape that
//! producers send.
//!
//! In: an object's fields. Out: one of its parts each, with what was odd about it. Only a name that is none and an id
//! that cannot be one are refused.

use std::borrow::Cow;

use jiff::tz::TimeZone;
use loopscope_event::{EventId, RawJson, SessionId, Timestamp};

use crate::envelope::epoch_text;
use crate::read::{self, Json, Object, type_name};
use crate::refusal::Refusal;
use crate::{DecodeContext, Warning};

/// Fields that the event itself holds, or that are given anew here; `ack` is the transport's.
const HELD: &[&str] = &[
    "event_id",
    "timestamp",
    "data",
    "severity",
    "session_id",
    "project",
    "dialect",
    "kind",
    "offset",
    "seq",
    "received_at",
    "iteration",
    "state",
    "ack",
];

/// What was odd about an event that was taken.
#[derive(Default)]
pub(crate) struct Odd(pub(crate) Vec<Warning>);

impl Odd {
    pub(crate) fn add(&mut self, field: &'static str, message: impl Into<String>) {
        self.0.push(Warning {
            field,
            message: message.into(),
        });
    }
}

/// The event's name, and which of `keys` it stands in: the first that holds a text of something.
pub(crate) fn name<'a>(
    fields: &Object<'a>,
    keys: &[&'static str],
    ctx: &DecodeContext,
) -> Result<(&'static str, Cow<'a, str>), Refusal> {
    let named = keys.iter().find_map(|key| {
        let name = fields.get(key).string()?;
        (!name.trim().is_empty()).then_some((*key, name))
    });
    let Some((field, name)) = named else {
        return Err(Refusal::field("event_type", "must be a text of something"));
    };
    if name.len() > ctx.limits.name_bytes {
        return Err(Refusal::limit(
            Some(field),
            format!("has {} bytes", name.len()),
            format!("{} bytes", ctx.limits.name_bytes),
        ));
    }
    if name.chars().any(char::is_control) {
        return Err(Refusal::field(field, "holds a control character"));
    }
    Ok((field, name))
}

/// Its own, where it is an id; else a new one.
pub(crate) fn event_id(fields: &Object<'_>, odd: &mut Odd) -> Result<EventId, Refusal> {
    let value = fields.get("event_id");
    match value.string() {
        Some(id) if id.is_empty() => Ok(EventId::random()),
        Some(id) => EventId::new(id).map_err(|error| Refusal::id("event_id", error)),
        None => {
            if value.as_str() != "null" {
                odd.add("event_id", "is no text, a new one given");
            }
            Ok(EventId::random())
        }
    }
}

/// Its own, else its batch's, else the hint, else `fallback`.
pub(crate) fn session(
    fields: &Object<'_>,
    batch: Option<&SessionId>,
    fallback: &str,
    ctx: &DecodeContext,
    odd: &mut Odd,
) -> Result<SessionId, Refusal> {
    let refused = |error| Refusal::id("session_id", error);
    let value = fields.get("session_id");
    match value.string() {
        Some(id) if !id.is_empty() => return SessionId::new(id).map_err(refused),
        None if value.as_str() != "null" => {
            let what = type_name(value.as_str());
            odd.add("session_id", format!("is {what}, left out"));
        }
        _ => {}
    }
    match batch.or(ctx.session_hint.as_ref()) {
        Some(id) => Ok(id.clone()),
        None => SessionId::new(fallback).map_err(refused),
    }
}

/// The first of `said` that is a time, else the time of receipt. A time without an offset is in `zone`.
pub(crate) fn timestamp(
    said: &[Json<'_>],
    zone: &TimeZone,
    ctx: &DecodeContext,
    odd: &mut Odd,
) -> Timestamp {
    let read = |value: &Json<'_>| match value.string() {
        Some(text) => Timestamp::parse(&text, zone),
        None => epoch_text(value.as_str()),
    };
    said.iter().find_map(read).unwrap_or_else(|| {
        let missing = said.iter().all(|value| value.as_str() == "null");
        let what = if missing { "missing" } else { "not a time" };
        odd.add("timestamp", format!("{what}, time of receipt used"));
        ctx.received_at
    })
}

/// A whole number of zero or more, at most the bound; 0 for anything else.
pub(crate) fn iteration(value: Json<'_>, ctx: &DecodeContext) -> u32 {
    value
        .count()
        .and_then(|number| u32::try_from(number).ok())
        .map_or(0, |number| number.min(ctx.limits.iteration))
}

/// Whether the object is an event as we write it ourselves: its payload keeps what is to be kept already.
pub(crate) fn is_stored(fields: &Object<'_>) -> bool {
    fields.has("received_at") && fields.has("kind")
}

/// The payload as sent. Without one, the fields that are neither the name, nor the envelope's, nor among `kept`.
pub(crate) fn payload(fields: &Object<'_>, named_by: &str, kept: &[&str]) -> RawJson {
    if !fields.has("data") {
        return read::object_of(others(fields, named_by, kept));
    }
    let data = fields.get("data").as_str();
    if data.starts_with('{') {
        RawJson::from_trusted(data)
    } else {
        RawJson::empty_object()
    }
}

/// What of a payload is none, and the fields beside it that are nobody's: they would be lost.
pub(crate) fn beside<'a>(
    fields: &'a Object<'_>,
    named_by: &'a str,
    kept: &'a [&str],
) -> Vec<(&'a str, &'a str)> {
    let mut lost = Vec::new();
    if fields.has("data") {
        let data = fields.get("data").as_str();
        if !data.starts_with('{') {
            lost.push(("data", data));
        }
        lost.extend(others(fields, named_by, kept));
    }
    lost
}

fn others<'a>(
    fields: &'a Object<'_>,
    named_by: &'a str,
    kept: &'a [&str],
) -> impl Iterator<Item = (&'a str, &'a str)> {
    fields
        .iter()
        .filter(move |(key, _)| *key != named_by && !HELD.contains(key) && !kept.contains(key))
        .map(|(key, value)| (key, value.as_str()))
}
