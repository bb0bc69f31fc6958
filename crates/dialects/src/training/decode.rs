//! One event of a training run: `{event_type, timestamp, epoch, seed_id, slot_id, severity, message, data}`, in every
//! shape that producers send.
//!
//! In: an object's fields. Out: an event with what was odd about it. Only a name that is none and what crosses a bound
//! is refused. `data` stays as sent; what stands beside it and would be lost is kept in it (`_envelope`).

use std::borrow::Cow;

use jiff::tz::TimeZone;
use loopscope_event::{Dialect, EventId, NewEvent, RawJson, SessionId, Timestamp};

use super::{frame, names, severity};
use crate::agents::kept::{self, ENVELOPE};
use crate::envelope::{bounded, epoch_text};
use crate::read::{self, Json, Object};
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
];
/// Fields of the contract's envelope: kept where they say something.
const KEPT: &[&str] = &["epoch", "seed_id", "slot_id", "group_id", "message"];

/// Reads one event.
pub(crate) fn event(
    fields: &Object<'_>,
    batch: Option<&SessionId>,
    ctx: &DecodeContext,
) -> Result<(NewEvent, Vec<Warning>), Refusal> {
    let mut odd = Vec::new();
    let (named_by, name) = name(fields, ctx)?;
    let timestamp = timestamp(fields, ctx, &mut odd);
    let sent = sent(fields, named_by);
    let said = fields.get("severity").string();
    let severity = severity::severity(&name, said.as_deref());
    let mut beside = Vec::new();
    if !is_stored(fields) && !Object::read(sent.as_str()).has(ENVELOPE) {
        self::beside(fields, named_by, timestamp, &mut beside);
        let word = said.as_deref();
        if word.is_some_and(|word| word != severity::word(Some(severity))) {
            beside.push(("severity", fields.get("severity").as_str()));
        }
    }
    let data = kept::keep(sent, &beside);
    bounded(data.as_str(), ctx)?;
    let iteration = fields.get("iteration").count();
    let event = NewEvent {
        event_id: event_id(fields, ctx)?,
        project: ctx.project.clone(),
        session_id: session(fields, batch, ctx)?,
        timestamp,
        received_at: ctx.received_at,
        iteration: iteration
            .and_then(|number| u32::try_from(number).ok())
            .map_or(0, |number| number.min(ctx.limits.iteration)),
        state: fields.get("state").word(),
        severity: Some(severity),
        kind: names::kind(&name),
        name: name.into_owned(),
        dialect: Dialect::Training,
        data,
    };
    Ok((event, odd))
}

/// Whether the object is an event as we write it ourselves: its payload keeps what is to be kept already.
fn is_stored(fields: &Object<'_>) -> bool {
    fields.has("received_at") && fields.has("kind")
}

/// The event's name, and the field that it stands in.
fn name<'a>(
    fields: &Object<'a>,
    ctx: &DecodeContext,
) -> Result<(&'static str, Cow<'a, str>), Refusal> {
    let named = ["event_type", "name", "type"]
        .into_iter()
        .find_map(|field| {
            let name = fields.get(field).string()?;
            (!name.trim().is_empty()).then_some((field, name))
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

/// The payload as sent. Without one, the fields that are not the envelope's are it.
fn sent(fields: &Object<'_>, named_by: &str) -> RawJson {
    if fields.has("data") {
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
        .filter(move |(key, _)| *key != named_by && !HELD.contains(key) && !KEPT.contains(key))
        .map(|(key, value)| (key, value.as_str()))
}

/// What stands beside the payload and would be lost.
fn beside<'a>(
    fields: &'a Object<'_>,
    named_by: &'a str,
    timestamp: Timestamp,
    kept: &mut Vec<(&'a str, &'a str)>,
) {
    for key in KEPT {
        let value = fields.get(key).as_str();
        if !matches!(value, "null" | "\"\"") {
            kept.push((key, value));
        }
    }
    let stamp = fields.get("timestamp");
    let ours = frame::time(timestamp);
    if stamp.as_str() != "null" && stamp.string().as_deref() != Some(&ours) {
        kept.push(("timestamp", stamp.as_str()));
    }
    if fields.has("data") {
        let data = fields.get("data").as_str();
        if !data.starts_with('{') {
            kept.push(("data", data));
        }
        kept.extend(others(fields, named_by));
    }
}

/// Its own, where it is an id; streams of the second generation have none.
fn event_id(fields: &Object<'_>, ctx: &DecodeContext) -> Result<EventId, Refusal> {
    match fields.get("event_id").string() {
        Some(id) if !id.is_empty() => {
            EventId::new(id).map_err(|error| Refusal::id("event_id", error))
        }
        _ => Ok(EventId::mint(ctx.received_at)),
    }
}

/// Its own, else its batch's, else the hint, else the place of those whose run is yet to be found.
fn session(
    fields: &Object<'_>,
    batch: Option<&SessionId>,
    ctx: &DecodeContext,
) -> Result<SessionId, Refusal> {
    if let Some(id) = fields
        .get("session_id")
        .string()
        .filter(|id| !id.is_empty())
    {
        return SessionId::new(id).map_err(|error| Refusal::id("session_id", error));
    }
    match batch.or(ctx.session_hint.as_ref()) {
        Some(id) => Ok(id.clone()),
        None => {
            SessionId::new(names::PLACEHOLDER).map_err(|error| Refusal::id("session_id", error))
        }
    }
}

/// Its own, else the time of receipt. A time without an offset is UTC.
fn timestamp(fields: &Object<'_>, ctx: &DecodeContext, odd: &mut Vec<Warning>) -> Timestamp {
    let value: Json<'_> = fields.get("timestamp");
    let stamp = match value.string() {
        Some(text) => Timestamp::parse(&text, &TimeZone::UTC),
        None => epoch_text(value.as_str()),
    };
    stamp.unwrap_or_else(|| {
        let missing = value.as_str() == "null";
        let what = if missing { "missing" } else { "not a time" };
        odd.push(Warning {
            field: "timestamp",
            message: format!("{what}, time of receipt used"),
        });
        ctx.received_at
    })
}
