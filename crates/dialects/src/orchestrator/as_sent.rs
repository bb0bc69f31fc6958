//! What dashboards of the contract are told of an event: its time and its payload as its producer sent them.
//!
//! In: an event of the journal. Out: both as JSON texts. The stored payload also holds what stood beside `data`; notes in
//! its `_envelope` say what of it was none.

use loopscope_event::Event;

use crate::kept;
use crate::read::{Json, Object, object_of};

/// The time as it was spelled; `null` where none was told.
pub(super) const TIMESTAMP: &str = "timestamp";
/// The names of fields that stood beside `data`.
pub(super) const BESIDE: &str = "beside";
/// `data` was no object, and is kept as `value`.
pub(super) const BARE: &str = "bare";
/// There was no `data`: everything stood beside it.
pub(super) const FLAT: &str = "flat";

/// An event's time and payload, as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsSent {
    /// The producer's own spelling of the time; the time of receipt where it told none.
    pub timestamp: String,
    /// `data` as sent, numbers that JSON cannot say as `null`; `{}` where there was none.
    pub data: String,
    /// There was no `data`: the fields of the event itself, with those that are in no payload left out.
    pub flat: Option<String>,
}

/// What an event's producer sent.
pub fn as_sent(event: &Event) -> AsSent {
    let stored = event.data.as_str();
    let ours = || serde_json::Value::from(event.timestamp.to_string()).to_string();
    if kept::OURS.iter().all(|key| !stored.contains(key)) {
        return AsSent {
            timestamp: ours(),
            data: stored.to_owned(),
            flat: None,
        };
    }
    let fields = Object::read(stored);
    let notes = kept::kept(&fields);
    let is_flat = notes.has(FLAT);
    let spelled = kept::said(&notes, TIMESTAMP)
        .or_else(|| is_flat.then(|| fields.get(TIMESTAMP)))
        .filter(|spelled| spelled.as_str() == "null" || is_spelled(*spelled))
        .map(|spelled| match spelled.as_str() {
            "null" => serde_json::Value::from(event.received_at.to_string()).to_string(),
            text => text.to_owned(),
        });
    let whole = kept::sent(stored, &fields);
    let (data, flat) = if is_flat {
        ("{}".to_owned(), Some(whole))
    } else if notes.has(BARE) {
        (fields.get("value").as_str().to_owned(), None)
    } else if notes.has(BESIDE) {
        let items = notes.get(BESIDE).items().into_iter();
        let beside: Vec<_> = items.filter_map(Json::string).collect();
        (without(&whole, &beside), None)
    } else {
        (whole, None)
    };
    AsSent {
        timestamp: spelled.unwrap_or_else(ours),
        data,
        flat,
    }
}

/// Whether a time is a text or a number.
pub(super) fn is_spelled(value: Json<'_>) -> bool {
    matches!(
        value.as_str().bytes().next(),
        Some(b'"' | b'-' | b'0'..=b'9')
    )
}

/// An object without the fields that were put at its end.
fn without<T: AsRef<str>>(whole: &str, beside: &[T]) -> String {
    let fields = Object::read(whole);
    let values = beside.iter().map(|name| {
        let name = name.as_ref();
        (name, fields.get(name).as_str())
    });
    let tail = object_of(values);
    let tail = tail.as_str().get(1..).unwrap_or_default();
    if let Some(head) = whole.strip_suffix(tail) {
        // What stands before them keeps every byte.
        return format!("{}}}", head.strip_suffix(',').unwrap_or(head));
    }
    let is_sent = |name: &str| !beside.iter().any(|other| other.as_ref() == name);
    let sent = fields.iter().filter(|(name, _)| is_sent(name));
    let sent = object_of(sent.map(|(name, value)| (name, value.as_str())));
    sent.as_str().to_owned()
}
