//! One event of a crew: `{event_id, event_type, timestamp, data, severity}`, in every shape that producers send.
//!
//! In: an object's fields. Out: an event with what was odd about it. Only a name that is none and what crosses a bound
//! is refused. `data` stays as sent; what stands beside it and would be lost is kept in it (`_envelope`).

use jiff::tz::TimeZone;
use loopscope_event::{Dialect, NewEvent, SessionId, Timestamp};

use super::{names, severity};
use crate::envelope::bounded;
use crate::kept;
use crate::read::{Json, Object};
use crate::refusal::Refusal;
use crate::stream::{self, Odd};
use crate::{DecodeContext, Warning};

/// Reads one event.
pub(crate) fn event(
    fields: &Object<'_>,
    batch: Option<&SessionId>,
    ctx: &DecodeContext,
) -> Result<(NewEvent, Vec<Warning>), Refusal> {
    let mut odd = Odd::default();
    let (named_by, name) = stream::name(fields, &["event_type", "name", "type"], ctx)?;
    // A time without an offset is UTC; only the sibling's is the host's local time.
    let zone = if names::is_sibling(&name) {
        &ctx.naive_zone
    } else {
        &TimeZone::UTC
    };
    let timestamp = stream::timestamp(&[fields.get("timestamp")], zone, ctx, &mut odd);
    let sent = stream::payload(fields, named_by, &[]);
    let said = fields.get("severity").string();
    let inner = Object::read(sent.as_str());
    let severity = severity::severity(&name, said.as_deref(), &inner);
    let mut beside = Vec::new();
    let is_stored = stream::is_stored(fields);
    if !is_stored {
        let keeps = |said| severity::is_kept(&name, said, severity, &inner);
        if said.as_deref().is_some_and(keeps) {
            beside.push(("severity", fields.get("severity").as_str()));
        }
        self::beside(fields, named_by, timestamp, &mut beside);
    }
    let data = kept::keep(sent.clone(), beside, is_stored);
    bounded(data.as_str(), ctx)?;
    let event = NewEvent {
        event_id: stream::event_id(fields, &mut odd)?,
        project: ctx.project.clone(),
        // The system that it came from, else the one of all that name none.
        session_id: stream::session(fields, batch, names::SYSTEM, ctx, &mut odd)?,
        timestamp,
        received_at: ctx.received_at,
        iteration: stream::iteration(fields.get("iteration"), ctx),
        state: fields.get("state").word(),
        severity,
        kind: names::kind(&name),
        name: name.into_owned(),
        dialect: Dialect::Agents,
        data,
    };
    Ok((event, odd.0))
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
    kept.extend(stream::beside(fields, named_by, &[]));
}

/// Whether a value is a text or a number.
fn is_spelled(value: Json<'_>) -> bool {
    matches!(
        value.as_str().bytes().next(),
        Some(b'"' | b'-' | b'0'..=b'9')
    )
}
