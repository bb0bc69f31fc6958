//! What stands beside `data` and cannot be made again from the event: kept as the payload's last key, `_envelope`.
//!
//! In: a payload. Out: the payload with it, without it, and what is kept. `_non_finite`, which remembers numbers that
//! JSON cannot say, is taken off in the same way.

use loopscope_event::RawJson;

use crate::read::{self, Json, Object};

/// The key.
pub(crate) const ENVELOPE: &str = "_envelope";
/// Keys of our own that are no part of what was sent.
pub(crate) const OURS: &[&str] = &[ENVELOPE, "_non_finite"];

/// The payload with `fields` kept in it; as it is where there are none.
pub(crate) fn keep(data: RawJson, fields: &[(&str, &str)]) -> RawJson {
    if fields.is_empty() {
        return data;
    }
    let kept = read::object_of(fields.iter().copied());
    let text = data.as_str();
    let open = text.strip_suffix('}').unwrap_or(text);
    let comma = if Object::read(text).is_empty() {
        ""
    } else {
        ","
    };
    RawJson::from_trusted(format!("{open}{comma}\"{ENVELOPE}\":{}}}", kept.as_str()))
}

/// What is kept in a payload.
pub(crate) fn kept<'a>(data: &Object<'a>) -> Object<'a> {
    data.get(ENVELOPE).object()
}

/// The payload as it was sent.
pub(crate) fn sent(data: &str, fields: &Object<'_>) -> String {
    let mut text = data.to_owned();
    let found = |key: &&&str| fields.iter().any(|(name, _)| name == **key);
    // They were put at the end, in either order: cut off, what stands before them keeps every byte.
    let mut left: Vec<&str> = OURS.iter().filter(found).copied().collect();
    while let Some(place) = left.iter().position(|key| {
        let tail = format!("\"{key}\":{}}}", fields.get(key).as_str());
        cut_off(&mut text, &tail)
    }) {
        left.remove(place);
    }
    if left.is_empty() {
        return text;
    }
    let others = fields
        .iter()
        .filter(|(name, _)| !OURS.contains(name))
        .map(|(name, value)| (name, value.as_str()));
    read::object_of(others).as_str().to_owned()
}

fn cut_off(text: &mut String, tail: &str) -> bool {
    let Some(head) = text.strip_suffix(tail) else {
        return false;
    };
    let head = head.strip_suffix(',').unwrap_or(head).len();
    text.truncate(head);
    text.push('}');
    true
}

/// A value that is kept, where it is.
pub(crate) fn said<'a>(kept: &Object<'a>, key: &str) -> Option<Json<'a>> {
    kept.iter()
        .any(|(name, _)| name == key)
        .then(|| kept.get(key))
}
