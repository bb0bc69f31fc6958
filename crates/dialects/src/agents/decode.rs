//! One event of a crew: `{event_id, event_type, timestamp, data, severity}`, in every shape that producers send.
//!
//! In: an object's fields. Out: an event with what was odd about it. Only a name that is none and what crosses a bound
//! is refused. `data` stays as sent; what stands beside it and would be lost is kept in it (`_envelope`).

use std::borrow::Cow;

use jiff::tz::TimeZone;
use loopscope_event::{Dialect, EventId, NewEvent, RawJson, SessionId, Timestamp};

use super::kept::{self, ENVELOPE};
use super::{names, severity};
use crate::envelope::{bounded, epoch_text};
use crate::read::{self, Json, Object, type_name};
use crate::refusal::Refusal;
use crate::{DecodeContext, Warning};

/// Fields that the event itself holds, or that are given anew here.
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

/// Reads one event.
pub(crate) fn event(
    fields: &Object<'_>,
    batch: Option<&SessionId>,
    ctx: &DecodeContext,
) -> Result<(NewEvent, Vec<Warning>), Refusal> {
    let mut odd = Odd(Vec::new());
    let (named_by, name) = name(fields, ctx)?;
    let timestamp = timestamp(fields, &name, ctx, &mut odd);
    let sent = sent(fields, named_by);
    let said = fields.get("severity").string();
    let inner = Object::read(sent.as_str());
    let severity = severity::severity(&name, said.as_deref(), &inner);
    let mut beside = Vec::new();
    if !is_stored(fields) && !has(&inner, ENVELOPE) {
        let keeps = |said| severity::is_kept(&name, said, severity, &inner);
        if said.as_deref().is_some_and(keeps) {
            beside.push(("severity", fields.get("severity").as_str()));
        }
        self::beside(fields, named_by, timestamp, &mut beside);
    }
    let data = kept::keep(sent.clone(), &beside);
    bounded(data.as_str(), ctx)?;
    let event = NewEvent {
        event_id: event_id(fields, ctx, &mut odd)?,
        project: ctx.project.clone(),
        session_id: session(fields, batch, ctx, &mut odd)?,
        timestamp,
        received_at: ctx.received_at,
        iteration: fields
            .get("iteration")
            .count()
            .and_then(|number| u32::try_from(number).ok())
            .map_or(0, |number| number.min(ctx.limits.iteration)),
        state: fields.get("state").word(),
        severity,
        kind: names::kind(&name),
        name: name.into_owned(),
        dialect: Dialect::Agents,
        data,
    };
    Ok((event, odd.0))
}

/// What was odd about an event that was taken.
struct Odd(Vec<Warning>);

impl Odd {
    fn add(&mut self, field: &'static str, message: impl Into<String>) {
        self.0.push(Warning {
            field,
            message: message.into(),
        });
    }
}

fn has(fields: &Object<'_>, key: &str) -> bool {
    fields.iter().any(|(name, _)| name == key)
}

/// Whether the object is an event as we write it ourselves: its payload keeps what is to be kept already.
fn is_stored(fields: &Object<'_>) -> bool {
    has(fields, "received_at") && has(fields, "kind")
}

/// The event's name, and the field that it stands in.
fn name<'a>(
    fields: &Object<'a>,
    ctx: &DecodeContext,
) -> Result<(&'static str, Cow<'a, str>), Refusal> {
    let refuse = |message: &str| Err(Refusal::field("event_type", message));
    let named = ["event_type", "name", "type"]
        .into_iter()
        .find_map(|field| {
            let name = fields.get(field).string()?;
            (!name.trim().is_empty()).then_some((field, name))
        });
    let Some((field, name)) = named else {
        return refuse("must be a text of something");
    };
    if name.len() > ctx.limits.name_bytes {
        return Err(Refusal::limit(
            Some(field),
            format!("has {} bytes", name.len()),
            format!("{} bytes", ctx.limits.name_bytes),
        ));
    }
    if name.chars().any(char::is_control) {
        return refuse("holds a control character");
    }
    Ok((field, name))
}

/// The payload as sent. Without one, the fields that are not the envelope's are it.
fn sent(fields: &Object<'_>, named_by: &str) -> RawJson {
    if has(fields, "data") {
        let data = fields.get("data").as_str();
        return if data.starts_with('{') {
            RawJson::from_trusted(data)
        } else {
            RawJson::empty_object()
        };
    }
    read::object_of(others(fields, named_by))
}

/// Fields that are neither the name nor the envelope's.
fn others<'a>(
    fields: &'a Object<'_>,
    named_by: &'a str,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    fields
        .iter()
        .filter(move |(key, _)| *key != named_by && !HELD.contains(key))
        .map(|(key, value)| (key, value.as_str()))
}

/// What stands beside the payload and would be lost.
fn beside<'a>(
    fields: &'a Object<'_>,
    named_by: &'a str,
    timestamp: Timestamp,
    kept: &mut Vec<(&'a str, &'a str)>,
) {
    let sent = fields.get("timestamp");
    let spelling = sent.string();
    let is_ours = || spelling.as_deref() == Some(&timestamp.to_string());
    if is_spelled(sent) && !is_ours() {
        kept.push(("timestamp", sent.as_str()));
    }
    let id = fields.get("event_id");
    if id.string().is_none() && is_spelled(id) {
        kept.push(("event_id", id.as_str()));
    }
    if has(fields, "data") {
        let data = fields.get("data").as_str();
        if !data.starts_with('{') {
            kept.push(("data", data));
        }
        kept.extend(others(fields, named_by));
    }
}

/// Whether a value is a text or a number.
fn is_spelled(value: Json<'_>) -> bool {
    matches!(
        value.as_str().bytes().next(),
        Some(b'"' | b'-' | b'0'..=b'9')
    )
}

fn event_id(fields: &Object<'_>, ctx: &DecodeContext, odd: &mut Odd) -> Result<EventId, Refusal> {
    let value = fields.get("event_id");
    match value.string() {
        Some(id) if id.is_empty() => Ok(EventId::mint(ctx.received_at)),
        Some(id) => EventId::new(id).map_err(|error| Refusal::id("event_id", error)),
        None => {
            if value.as_str() != "null" {
                odd.add("event_id", "is no text, a new one given");
            }
            Ok(EventId::mint(ctx.received_at))
        }
    }
}

/// Its own, else its batch's, else the system that it came from, else the one of all that name none.
fn session(
    fields: &Object<'_>,
    batch: Option<&SessionId>,
    ctx: &DecodeContext,
    odd: &mut Odd,
) -> Result<SessionId, Refusal> {
    let value = fields.get("session_id");
    match value.string() {
        Some(id) if !id.is_empty() => {
            return SessionId::new(id).map_err(|error| Refusal::id("session_id", error));
        }
        None if value.as_str() != "null" => {
            odd.add(
                "session_id",
                format!("is {}, left out", type_name(value.as_str())),
            );
        }
        _ => {}
    }
    match batch.or(ctx.session_hint.as_ref()) {
        Some(id) => Ok(id.clone()),
        None => SessionId::new(names::SYSTEM).map_err(|error| Refusal::id("session_id", error)),
    }
}

/// Its own, else the time of receipt. A time without an offset is UTC; only the sibling's is the host's local time.
fn timestamp(fields: &Object<'_>, name: &str, ctx: &DecodeContext, odd: &mut Odd) -> Timestamp {
    let value = fields.get("timestamp");
    let stamp = match value.string() {
        Some(text) if names::is_sibling(name) => Timestamp::parse(&text, &ctx.naive_zone),
        Some(text) => Timestamp::parse(&text, &TimeZone::UTC),
        None => epoch_text(value.as_str()),
    };
    stamp.unwrap_or_else(|| {
        let missing = value.as_str() == "null";
        let what = if missing { "missing" } else { "not a time" };
        odd.add("timestamp", format!("{what}, time of receipt used"));
        ctx.received_at
    })
}
