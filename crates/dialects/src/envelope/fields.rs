//! An object's fields as raw JSON, borrowed from the text; of a field that comes twice, the last.

use std::borrow::Cow;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::Envelope;
use crate::read::{Json, Key};
use crate::refusal::Refusal;

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
