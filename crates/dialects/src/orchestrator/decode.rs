//! One event of an orchestrator: `{session_id, event_type, timestamp, data}`, in every shape that producers send.
//!
//! In: an object's fields. Out: an event with what was odd about it. Only a name that is none and what crosses a bound
//! is refused; fields beside `data` are kept in it, data that is no object is kept as `value`.

use std::borrow::Cow;

use loopscope_event::{Dialect, EventId, NewEvent, RawJson, SessionId, Timestamp};

use super::{names, severity};
use crate::envelope::{bounded, epoch_text};
use crate::read::{self, Json, Object, type_name};
use crate::refusal::Refusal;
use crate::{DecodeContext, Warning};

/// Fields of the envelope, which are no payload where there is `data` too.
const ENVELOPE: &[&str] = &[
    "session_id",
    "timestamp",
    "data",
    "event_id",
    "project",
    "dialect",
    "kind",
    "offset",
    "seq",
    "received_at",
    "iteration",
    "state",
    "severity",
];
/// Fields that are no payload of a flat event either.
const FLAT_ENVELOPE: &[&str] = &["session_id", "event_id", "dialect"];

/// Reads one event.
pub(crate) fn event(
    fields: &Object<'_>,
    batch: Option<&SessionId>,
    ctx: &DecodeContext,
) -> Result<(NewEvent, Vec<Warning>), Refusal> {
    let mut odd = Odd(Vec::new());
    let (named_by, name) = name(fields, ctx)?;
    let inner = fields.get("data").object();
    let wrapped = fields.get("data").as_str().starts_with('{');
    let data = payload(fields, named_by, &mut odd);
    bounded(data.as_str(), ctx)?;
    let kind = names::kind(&name);
    let said = |field: &str| {
        if wrapped {
            fields.get(field)
        } else {
            Json::of_text("null")
        }
    };
    let severity = said("severity").severity();
    let event = NewEvent {
        event_id: event_id(fields, ctx, &mut odd)?,
        project: ctx.project.clone(),
        session_id: session(fields, &inner, batch, ctx, &mut odd)?,
        timestamp: timestamp(fields, &inner, ctx, &mut odd),
        received_at: ctx.received_at,
        iteration: said("iteration")
            .count()
            .and_then(|number| u32::try_from(number).ok())
            .map_or(0, |number| number.min(ctx.limits.iteration)),
        state: said("state").word(),
        severity: severity.or_else(|| severity::severity(&name, &Object::read(data.as_str()))),
        name: name.into_owned(),
        kind,
        dialect: Dialect::Orchestrator,
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

/// The event's name, and the field that it stands in.
fn name<'a>(
    fields: &Object<'a>,
    ctx: &DecodeContext,
) -> Result<(&'static str, Cow<'a, str>), Refusal> {
    let refuse = |message: &str| Err(Refusal::field("event_type", message));
    let named = ["event_type", "event", "name", "type"]
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
    if names::RESERVED.contains(&&*name) {
        return refuse("is a name of the transport's own");
    }
    Ok((field, name))
}

/// The payload: `data` and, where it lacks them, the fields that stand beside it.
fn payload(fields: &Object<'_>, named_by: &str, odd: &mut Odd) -> RawJson {
    let data = fields.get("data");
    let inner = data.object();
    let is_object = data.as_str().starts_with('{');
    let envelope = match data.as_str() {
        "null" => FLAT_ENVELOPE,
        _ => ENVELOPE,
    };
    let is_beside = |key: &str, value: Json<'_>| {
        key != named_by
            && key != "data"
            && !envelope.contains(&key)
            && (!is_object || (value.as_str() != "null" && inner.get(key).as_str() == "null"))
    };
    let beside: Vec<(&str, &str)> = fields
        .iter()
        .filter(|(key, value)| is_beside(key, *value))
        .map(|(key, value)| (key, value.as_str()))
        .collect();
    match data.as_str() {
        text if is_object && beside.is_empty() => RawJson::from_trusted(text),
        text if is_object => {
            // As sent, with the others before its closing brace.
            let more = read::object_of(beside);
            let open = text.strip_suffix('}').unwrap_or(text);
            let comma = if inner.is_empty() { "" } else { "," };
            let more = more.as_str().get(1..).unwrap_or("}");
            RawJson::from_trusted(format!("{open}{comma}{more}"))
        }
        "null" => read::object_of(beside),
        text => {
            odd.add("data", format!("is {}, kept as `value`", type_name(text)));
            read::object_of(beside.into_iter().chain([("value", text)]))
        }
    }
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

/// Its own, else that in its payload, else its batch's, else the hint, else one named after the dialect.
fn session(
    fields: &Object<'_>,
    inner: &Object<'_>,
    batch: Option<&SessionId>,
    ctx: &DecodeContext,
    odd: &mut Odd,
) -> Result<SessionId, Refusal> {
    for value in [fields.get("session_id"), inner.get("session_id")] {
        let number = value.as_str().bytes().next();
        let text = match value.string() {
            Some(text) => text,
            None if matches!(number, Some(b'-' | b'0'..=b'9')) => Cow::Borrowed(value.as_str()),
            None => continue,
        };
        if !text.is_empty() {
            return SessionId::new(text).map_err(|error| Refusal::id("session_id", error));
        }
    }
    if let Some(id) = batch.or(ctx.session_hint.as_ref()) {
        return Ok(id.clone());
    }
    let dialect = Dialect::Orchestrator;
    odd.add("session_id", format!("missing, `{dialect}` used"));
    SessionId::new(dialect.as_str()).map_err(|error| Refusal::id("session_id", error))
}

/// Its own, else that in its payload, else the time of receipt. A time without an offset is the host's local time.
fn timestamp(
    fields: &Object<'_>,
    inner: &Object<'_>,
    ctx: &DecodeContext,
    odd: &mut Odd,
) -> Timestamp {
    let read = |value: Json<'_>| match value.string() {
        Some(text) => Timestamp::parse(&text, &ctx.naive_zone),
        None => epoch_text(value.as_str()),
    };
    let said = [fields.get("timestamp"), inner.get("timestamp")];
    let stamp = said.into_iter().find_map(read);
    stamp.unwrap_or_else(|| {
        let missing = said.iter().all(|value| value.as_str() == "null");
        let what = if missing { "missing" } else { "not a time" };
        odd.add("timestamp", format!("{what}, time of receipt used"));
        ctx.received_at
    })
}
