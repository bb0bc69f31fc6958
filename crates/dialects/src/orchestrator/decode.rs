//! One event of an orchestrator: `{session_id, event_type, timestamp, data}`, in every shape that producers send.
//!
//! In: an object's fields. Out: an event with what was odd about it. Only a name that is none and what crosses a bound
//! is refused; fields beside `data` are kept in it, data that is no object is kept as `value`. What was sent is told from
//! that by `_envelope`, as is the spelling of its time: [`super::as_sent`] makes it again.

use std::borrow::Cow;

use loopscope_event::{Dialect, NewEvent, RawJson, SessionId, Timestamp};

use super::{as_sent, names, severity};
use crate::envelope::bounded;
use crate::kept;
use crate::read::{self, Json, Object, type_name};
use crate::refusal::Refusal;
use crate::stream::{self, Odd};
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
    let mut odd = Odd::default();
    let (named_by, name) = name(fields, ctx)?;
    let inner = fields.get("data").object();
    let wrapped = fields.get("data").as_str().starts_with('{');
    // Its own, else that in its payload. A time without an offset is the host's local time.
    let timestamp = stream::timestamp(
        &[fields.get("timestamp"), inner.get("timestamp")],
        &ctx.naive_zone,
        ctx,
        &mut odd,
    );
    let (data, mut notes) = payload(fields, named_by, &mut odd);
    notes.extend(spelling(fields, timestamp, ctx));
    let notes = notes.iter().map(|(key, text)| (*key, &**text)).collect();
    let data = kept::keep(data, notes, stream::is_stored(fields));
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
        event_id: stream::event_id(fields, &mut odd)?,
        project: ctx.project.clone(),
        session_id: session(fields, &inner, batch, ctx, &mut odd)?,
        timestamp,
        received_at: ctx.received_at,
        iteration: stream::iteration(said("iteration"), ctx),
        state: said("state").word(),
        severity: severity.or_else(|| severity::severity(&name, &Object::read(data.as_str()))),
        name: name.into_owned(),
        kind,
        dialect: Dialect::Orchestrator,
        data,
    };
    Ok((event, odd.0))
}

/// The event's name, and the field that it stands in.
fn name<'a>(
    fields: &Object<'a>,
    ctx: &DecodeContext,
) -> Result<(&'static str, Cow<'a, str>), Refusal> {
    let (field, name) = stream::name(fields, &["event_type", "event", "name", "type"], ctx)?;
    if names::RESERVED.contains(&&*name) {
        return Err(Refusal::field(field, "is a name of the transport's own"));
    }
    Ok((field, name))
}

/// What is noted of an event, and how.
type Note = (&'static str, String);

/// The payload: `data` and, where it lacks them, the fields that stand beside it; with what tells the two apart.
fn payload(fields: &Object<'_>, named_by: &str, odd: &mut Odd) -> (RawJson, Vec<Note>) {
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
        text if is_object && beside.is_empty() => (RawJson::from_trusted(text), Vec::new()),
        text if is_object => {
            // As sent, with the others before its closing brace.
            let names: Vec<&str> = beside.iter().map(|(key, _)| *key).collect();
            let note = (as_sent::BESIDE, serde_json::Value::from(names).to_string());
            let more = read::object_of(beside);
            let open = text.strip_suffix('}').unwrap_or(text);
            let comma = if inner.is_empty() { "" } else { "," };
            let more = more.as_str().get(1..).unwrap_or("}");
            let merged = RawJson::from_trusted(format!("{open}{comma}{more}"));
            (merged, vec![note])
        }
        "null" => {
            let note = (!beside.is_empty()).then(|| (as_sent::FLAT, "true".to_owned()));
            (read::object_of(beside), note.into_iter().collect())
        }
        text => {
            odd.add("data", format!("is {}, kept as `value`", type_name(text)));
            let fields = beside.into_iter().chain([("value", text)]);
            let note = (as_sent::BARE, "true".to_owned());
            (read::object_of(fields), vec![note])
        }
    }
}

/// Its time as it was spelled, where ours is another and the payload does not hold it; `null` where it told none, but its
/// payload did.
fn spelling(fields: &Object<'_>, timestamp: Timestamp, ctx: &DecodeContext) -> Option<Note> {
    let sent = fields.get("timestamp");
    if as_sent::is_spelled(sent) {
        let is_flat = fields.get("data").as_str() == "null";
        let is_ours = || sent.string().as_deref() == Some(&timestamp.to_string());
        return (!is_flat && !is_ours()).then(|| (as_sent::TIMESTAMP, sent.as_str().to_owned()));
    }
    (timestamp != ctx.received_at).then(|| (as_sent::TIMESTAMP, "null".to_owned()))
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
