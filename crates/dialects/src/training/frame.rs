//! The contract's frame of an event, as its producer sent it.
//!
//! In: an event of the journal. Out: `{event_type, timestamp, epoch, seed_id, slot_id, severity, message, data, event_id}`
//! with every spelling kept; `null` stands for numbers that JSON cannot say. `group_id` and unknown fields come where
//! they were sent.

use loopscope_event::{Event, Timestamp};

use super::severity;
use crate::kept;
use crate::read::{Object, object_of};

/// Fields that every frame has.
const FRAME: &[&str] = &[
    "event_type",
    "timestamp",
    "epoch",
    "seed_id",
    "slot_id",
    "severity",
    "message",
    "data",
    "event_id",
];

/// The frame, as JSON on one line where its producer's payload is.
pub fn frame(event: &Event) -> String {
    let fields = Object::read(event.data.as_str());
    let kept = kept::kept(&fields);
    let text = |text: &str| serde_json::Value::from(text).to_string();
    let said = |key: &str| kept::said(&kept, key).map(|value| value.as_str().to_owned());
    let or_null = |key: &str| said(key).unwrap_or_else(|| "null".to_owned());
    // An object is a part of the payload only.
    let whole = || said("data").filter(|data| !data.starts_with('{'));
    let own = [
        text(&event.name),
        said("timestamp").unwrap_or_else(|| text(&time(event.timestamp))),
        or_null("epoch"),
        or_null("seed_id"),
        or_null("slot_id"),
        match said("severity") {
            // Nothing was said: what the name implies is ours.
            Some(word) if word == "null" => text("info"),
            Some(word) => word,
            None => text(severity::word(event.severity)),
        },
        said("message").unwrap_or_else(|| "\"\"".to_owned()),
        whole().unwrap_or_else(|| kept::sent(event.data.as_str(), &fields)),
        text(event.event_id.as_str()),
    ];
    let own = FRAME.iter().copied().zip(own.iter().map(String::as_str));
    let others = kept
        .iter()
        .filter(|(key, _)| !FRAME.contains(key))
        .map(|(key, value)| (key, value.as_str()));
    object_of(own.chain(others)).as_str().to_owned()
}

/// A time as the contract writes it: with `+00:00`.
pub(super) fn time(at: Timestamp) -> String {
    let text = at.to_string();
    match text.strip_suffix('Z') {
        Some(bare) => format!("{bare}+00:00"),
        None => text,
    }
}
