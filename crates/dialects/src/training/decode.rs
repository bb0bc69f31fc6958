//! One event of a training run: `{event_type, timestamp, epoch, seed_id, slot_id, severity, message, data}`, in every
//! shape that producers send.
//!
//! In: an object's fields. Out: an event with what was odd about it. Only a name that is none and what crosses a bound
//! is refused. `data` stays as sent; what stands beside it and would be lost is kept in it (`_envelope`).

use jiff::tz::TimeZone;
use loopscope_event::{Dialect, NewEvent, SessionId, Timestamp};

use super::{frame, names, severity};
use crate::envelope::bounded;
use crate::kept;
use crate::read::Object;
use crate::refusal::Refusal;
use crate::stream::{self, Odd};
use crate::{DecodeContext, Warning};

/// Fields of the contract's envelope: kept where they say something.
const KEPT: &[&str] = &["epoch", "seed_id", "slot_id", "group_id", "message"];

/// Reads one event.
pub(crate) fn event(
    fields: &Object<'_>,
    batch: Option<&SessionId>,
    ctx: &DecodeContext,
) -> Result<(NewEvent, Vec<Warning>), Refusal> {
    let mut odd = Odd::default();
    let (named_by, name) = stream::name(fields, &["event_type", "name", "type"], ctx)?;
    // A time without an offset is UTC.
    let timestamp = stream::timestamp(&[fields.get("timestamp")], &TimeZone::UTC, ctx, &mut odd);
    let sent = stream::payload(fields, named_by, KEPT);
    let said = fields.get("severity").string();
    let severity = severity::severity(&name, said.as_deref());
    let mut beside = Vec::new();
    let is_stored = stream::is_stored(fields);
    if !is_stored {
        self::beside(fields, named_by, timestamp, &mut beside);
        let (sent, ours) = (
            fields.get("severity").as_str(),
            severity::word(Some(severity)),
        );
        let is_made_again = match &said {
            Some(word) => word == ours,
            // What the name implies is not what was said: `null` is kept, and goes out as `info`.
            None => sent == "null" && ours == "info",
        };
        if !is_made_again {
            beside.push(("severity", sent));
        }
    }
    let data = kept::keep(sent, beside, is_stored);
    bounded(data.as_str(), ctx)?;
    let event = NewEvent {
        event_id: stream::event_id(fields, &mut odd)?,
        project: ctx.project.clone(),
        // Without one it is placed by its run.
        session_id: stream::session(fields, batch, names::PLACEHOLDER, ctx, &mut odd)?,
        timestamp,
        received_at: ctx.received_at,
        iteration: stream::iteration(fields.get("iteration"), ctx),
        state: fields.get("state").word(),
        severity: Some(severity),
        kind: names::kind(&name),
        name: name.into_owned(),
        dialect: Dialect::Training,
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
    kept.extend(stream::beside(fields, named_by, KEPT));
}
