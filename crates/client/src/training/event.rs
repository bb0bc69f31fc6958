//! One event of a training run. In: what happened. Out: the contract's envelope on one line, and back.

use loopscope_event::{EventId, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::lenient;
use crate::wait::now;

/// The cohort of events that name none.
const DEFAULT_GROUP: &str = "default";

/// One event of a training run, with the contract's fields.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TelemetryEvent {
    /// `EPOCH_COMPLETED`, `SEED_GERMINATED` … in upper case.
    pub event_type: String,
    /// When it happened.
    pub timestamp: Timestamp,
    /// What the type counts as its epoch.
    pub epoch: Option<i64>,
    /// The seed that it is about.
    pub seed_id: Option<String>,
    /// The slot that it is about.
    pub slot_id: Option<String>,
    /// The cohort of a comparison.
    pub group_id: String,
    /// `debug`, `info`, `warning`, `error`, `critical`.
    pub severity: String,
    /// Words for people.
    pub message: String,
    /// What the type says, an object or null.
    pub data: Value,
    /// What tells it from any other event.
    pub event_id: String,
}

/// What is written of one.
#[derive(Serialize)]
struct Envelope<'a> {
    event_id: &'a str,
    event_type: &'a str,
    timestamp: String,
    epoch: Option<i64>,
    seed_id: Option<&'a str>,
    slot_id: Option<&'a str>,
    group_id: &'a str,
    severity: &'a str,
    message: &'a str,
    data: &'a Value,
}

impl TelemetryEvent {
    /// An event of now: severity `info`, group `default`, an id of its own, no data.
    pub fn new(event_type: impl Into<String>) -> Self {
        let now = now();
        Self {
            event_type: event_type.into(),
            timestamp: now,
            epoch: None,
            seed_id: None,
            slot_id: None,
            group_id: DEFAULT_GROUP.to_owned(),
            severity: "info".to_owned(),
            message: String::new(),
            data: json!({}),
            event_id: EventId::mint(now).as_str().to_owned(),
        }
    }

    /// What the type counts as its epoch.
    #[must_use]
    pub const fn epoch(mut self, epoch: i64) -> Self {
        self.epoch = Some(epoch);
        self
    }

    /// The seed and the slot that it is about.
    #[must_use]
    pub fn seed(mut self, seed_id: impl Into<String>, slot_id: impl Into<String>) -> Self {
        self.seed_id = Some(seed_id.into());
        self.slot_id = Some(slot_id.into());
        self
    }

    /// The cohort of a comparison.
    #[must_use]
    pub fn group(mut self, group_id: impl Into<String>) -> Self {
        self.group_id = group_id.into();
        self
    }

    /// How much it matters, and words for people.
    #[must_use]
    pub fn says(mut self, severity: impl Into<String>, message: impl Into<String>) -> Self {
        self.severity = severity.into();
        self.message = message.into();
        self
    }

    /// What the type says. Numbers that are none (`NaN`, infinities) are null by then: JSON has no words for them.
    #[must_use]
    pub fn data(mut self, data: Value) -> Self {
        self.data = data;
        self
    }

    /// The contract's envelope, as JSON on one line.
    pub fn to_json(&self) -> String {
        let stamp = self.timestamp.to_string();
        let stamp = stamp.strip_suffix('Z').unwrap_or(&stamp);
        let envelope = Envelope {
            event_id: &self.event_id,
            event_type: &self.event_type,
            timestamp: format!("{stamp}+00:00"),
            epoch: self.epoch,
            seed_id: self.seed_id.as_deref(),
            slot_id: self.slot_id.as_deref(),
            group_id: &self.group_id,
            severity: &self.severity,
            message: &self.message,
            data: &self.data,
        };
        // Texts, numbers and values that are JSON already are always JSON.
        serde_json::to_string(&envelope).unwrap_or_default()
    }

    /// Reads an envelope, also one with the words that Python writes for numbers that are none, which become null. What
    /// is missing is as in [`new`](Self::new). `None` for a text that is no event: a greeting, a ping, no JSON.
    pub fn read(text: &str) -> Option<Self> {
        let fields = lenient::object(text)?;
        Self::of(&fields)
    }

    pub(super) fn of(fields: &Map<String, Value>) -> Option<Self> {
        let text = |key: &str| fields.get(key).and_then(Value::as_str).map(str::to_owned);
        let mut event = Self::new(text("event_type").filter(|name| !name.is_empty())?);
        event.epoch = fields.get("epoch").and_then(Value::as_i64);
        event.seed_id = text("seed_id");
        event.slot_id = text("slot_id");
        event.message = text("message").unwrap_or_default();
        event.data = fields.get("data").cloned().unwrap_or(Value::Null);
        if let Some(stamp) = text("timestamp").and_then(|stamp| Timestamp::parse_utc(&stamp)) {
            event.timestamp = stamp;
        }
        for (own, sent) in [
            (&mut event.group_id, "group_id"),
            (&mut event.severity, "severity"),
            (&mut event.event_id, "event_id"),
        ] {
            if let Some(sent) = text(sent).filter(|sent| !sent.is_empty()) {
                *own = sent;
            }
        }
        Some(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_has_the_contracts_fields_and_is_read_back_as_it_was() {
        let event = TelemetryEvent::new("SEED_PRUNED")
            .epoch(0)
            .seed("s1", "r0c0")
            .group("A")
            .says("warning", "no gain")
            .data(json!({"reason": "no gain", "improvement": f64::NAN}));
        let text = event.to_json();
        let read: Value = serde_json::from_str(&text).unwrap();
        let keys = read.as_object().unwrap().len();
        assert_eq!((keys, text.contains('\n')), (10, false));
        assert_eq!(read["data"]["improvement"], Value::Null);
        assert!(read["timestamp"].as_str().unwrap().ends_with("+00:00"));
        assert_eq!(TelemetryEvent::read(&text), Some(event));
    }

    #[test]
    fn what_is_missing_has_its_default_and_what_is_no_event_is_none() {
        let event = TelemetryEvent::read(
            r#"{"event_type":"PPO_UPDATE_COMPLETED","epoch":null,"event_id":"","group_id":"","data":{"q":[NaN,1.5],"s":"NaN"}}"#,
        )
        .unwrap();
        assert_eq!((&*event.severity, &*event.group_id), ("info", "default"));
        assert_eq!(event.data, json!({"q": [null, 1.5], "s": "NaN"}));
        assert!(!event.event_id.is_empty());
        for text in [r#"{"type":"ping"}"#, "", "7", "{", r#"{"event_type":""}"#] {
            assert_eq!(TelemetryEvent::read(text), None, "{text}");
        }
    }
}
