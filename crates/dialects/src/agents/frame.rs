//! The contract's frame of an event, as its producer sent it.
//!
//! In: an event of the journal. Out: `{event_id, event_type, timestamp, data, severity}` with every spelling kept; what
//! the producer left out is filled in: id, time, severity, and the sentence that the contract has for the event.

use loopscope_event::Event;

use super::{sentence, severity};
use crate::kept;
use crate::read::{Object, object_of};

/// Fields of the frame itself.
const FRAME: &[&str] = &["event_id", "event_type", "timestamp", "data", "severity"];

/// The frame, as JSON on one line where its producer's payload is.
pub fn frame(event: &Event) -> String {
    let fields = Object::read(event.data.as_str());
    let kept = kept::kept(&fields);
    let text = |text: &str| serde_json::Value::from(text).to_string();
    let said = |key: &str| kept::said(&kept, key).map(|value| value.as_str().to_owned());
    // An object is a part of the payload only.
    let whole = || said("data").filter(|data| !data.starts_with('{'));
    let own = [
        said("event_id").unwrap_or_else(|| text(event.event_id.as_str())),
        text(&event.name),
        said("timestamp").unwrap_or_else(|| text(&event.timestamp.to_string())),
        whole().unwrap_or_else(|| data(event, &fields)),
        text(&severity::word(event, &fields)),
    ];
    let own = FRAME.iter().copied().zip(own.iter().map(String::as_str));
    let others = kept
        .iter()
        .filter(|(key, _)| !FRAME.contains(key))
        .map(|(key, value)| (key, value.as_str()));
    object_of(own.chain(others)).as_str().to_owned()
}

/// The payload as sent, with the contract's sentence where it has none.
fn data(event: &Event, fields: &Object<'_>) -> String {
    let mut sent = kept::sent(event.data.as_str(), fields);
    let described = fields.iter().any(|(key, _)| key == "description");
    if !described && let Some(sentence) = sentence::pattern(event, fields) {
        let is_empty = Object::read(&sent).is_empty();
        if sent.pop().is_some() {
            let sentence = serde_json::Value::from(sentence);
            let comma = if is_empty { "" } else { "," };
            sent.extend([comma, "\"description\":", &sentence.to_string(), "}"]);
        }
    }
    sent
}
