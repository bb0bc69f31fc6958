//! What stands beside `data` and cannot be made again from the event: kept as the payload's last key, `_envelope`.
//!
//! In: a payload. Out: the payload with it, without it, and what is kept. A producer's own `_envelope` stays its data. `_non_finite`, which remembers numbers that
//! JSON cannot say, is taken off in the same way.

use loopscope_event::RawJson;

use crate::read::{self, Json, Object};

/// The key.
pub(crate) const ENVELOPE: &str = "_envelope";
/// Keys of our own that are no part of what was sent.
pub(crate) const OURS: &[&str] = &[ENVELOPE, "_non_finite"];

/// The payload with what stands `beside` it kept in it; as it is where there is nothing, or where it keeps it already.
///
/// What a producer sends under a key of ours is its own. It is moved into what is kept, as `data` there, so that it is
/// never taken for ours and comes out again with the payload.
pub(crate) fn keep(data: RawJson, beside: Vec<(&str, &str)>, is_stored: bool) -> RawJson {
    if is_stored {
        return data;
    }
    let fields = Object::read(data.as_str());
    let is_ours = |key: &str| OURS.contains(&key);
    let has_ours = fields.iter().any(|(key, _)| is_ours(key));
    if beside.is_empty() && !has_ours {
        return data;
    }
    let those = |wanted: bool| {
        let found = fields.iter().filter(move |(key, _)| is_ours(key) == wanted);
        read::object_of(found.map(|(key, value)| (key, value.as_str())))
    };
    let (own, others) = (
        has_ours.then(|| those(true)),
        has_ours.then(|| those(false)),
    );
    let own = own.as_ref().map(|own| ("data", own.as_str()));
    let kept = read::object_of(beside.into_iter().chain(own));
    let payload = others.as_ref().unwrap_or(&data);
    let kept = format!("{{\"{ENVELOPE}\":{}}}", kept.as_str());
    RawJson::from_trusted(join(payload.as_str(), &kept))
}

/// Two objects as one: the fields of the first, then those of the second.
fn join(first: &str, second: &str) -> String {
    let is_empty = |object: &str| Object::read(object).is_empty();
    if is_empty(second) {
        return first.to_owned();
    }
    let open = first.strip_suffix('}').unwrap_or(first);
    let comma = if is_empty(first) { "" } else { "," };
    let rest = second.strip_prefix('{').unwrap_or(second);
    format!("{open}{comma}{rest}")
}

/// What is kept in a payload.
pub(crate) fn kept<'a>(data: &Object<'a>) -> Object<'a> {
    data.get(ENVELOPE).object()
}

/// The payload as it was sent.
pub(crate) fn sent(data: &str, fields: &Object<'_>) -> String {
    let payload = without(data, fields, OURS);
    let own = kept(fields).get("data").as_str();
    if own.starts_with('{') {
        join(&payload, own)
    } else {
        payload
    }
}

/// A payload without these keys.
pub(crate) fn without(data: &str, fields: &Object<'_>, keys: &'static [&str]) -> String {
    let mut text = data.to_owned();
    let found = |key: &&&str| fields.iter().any(|(name, _)| name == **key);
    // They were put at the end, in either order: cut off, what stands before them keeps every byte.
    let mut left: Vec<&str> = keys.iter().filter(found).copied().collect();
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
        .filter(|(name, _)| !keys.contains(name))
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
