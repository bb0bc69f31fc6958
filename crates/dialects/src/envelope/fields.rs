//! An object's fields as raw JSON, borrowed from the text; of a field that comes twice, the last.

use std::borrow::Cow;

use loopscope_event::Dialect;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::Envelope;
use crate::read::{Json, Key, type_name};
use crate::refusal::Refusal;
use crate::{DecodeContext, Warning};

/// The text of a JSON string; `None` for any other value.
pub(super) fn string(raw: &RawValue) -> Option<Cow<'_, str>> {
    Json::of(raw).string()
}

/// A field that must be a text where it is there; `None` where it is missing, `null` or empty.
pub(super) fn text<'a>(
    field: &'static str,
    raw: Option<&'a RawValue>,
) -> Result<Option<Cow<'a, str>>, Refusal> {
    let Some(raw) = raw.filter(|raw| raw.get() != "null") else {
        return Ok(None);
    };
    match string(raw) {
        Some(text) => Ok(Some(text).filter(|text| !text.is_empty())),
        None => Err(Refusal::wrong_type(field, "a string", raw)),
    }
}

/// Whether a field of a wrong type loses nothing but itself. So a convergence loop's own ways in have it: a loop does
/// not read what it is answered. Who says on our own ways in what it sends is told what is wrong with it.
pub(super) fn is_lenient(ctx: &DecodeContext) -> bool {
    ctx.dialect == Some(Dialect::Convergence)
}

/// As [`text`]. Where that loses nothing, a number is a text too, and anything else is left out.
pub(super) fn word<'a>(
    field: &'static str,
    raw: Option<&'a RawValue>,
    ctx: &DecodeContext,
    warnings: &mut Vec<Warning>,
) -> Result<Option<Cow<'a, str>>, Refusal> {
    let Some(sent) =
        raw.filter(|raw| is_lenient(ctx) && !matches!(raw.get().as_bytes(), [b'"', ..] | b"null"))
    else {
        return text(field, raw);
    };
    let what = type_name(sent.get());
    let is_number = what == "a number";
    let done = if is_number {
        "taken as a text"
    } else {
        "left out"
    };
    warnings.push(Warning {
        field,
        message: format!("is {what}, {done}"),
    });
    Ok(is_number.then(|| Cow::Borrowed(sent.get())))
}

impl<'de: 'a, 'a> Deserialize<'de> for Envelope<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields)
    }
}

struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = Envelope<'de>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an event object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut envelope = Envelope::default();
        while let Some(Key(key)) = map.next_key::<Key<'de>>()? {
            let raw: &'de RawValue = map.next_value()?;
            let place = match &*key {
                "event_id" => &mut envelope.event_id,
                "timestamp" => &mut envelope.timestamp,
                "session_id" => &mut envelope.session_id,
                "iteration" => &mut envelope.iteration,
                "state" => &mut envelope.state,
                "event_type" => &mut envelope.event_type,
                "name" => &mut envelope.name,
                "type" => &mut envelope.type_,
                "severity" => &mut envelope.severity,
                "dialect" => &mut envelope.dialect,
                "data" => &mut envelope.data,
                "events" => &mut envelope.events,
                _ => {
                    envelope.others.push((key, raw));
                    continue;
                }
            };
            *place = Some(raw);
        }
        Ok(envelope)
    }
}
