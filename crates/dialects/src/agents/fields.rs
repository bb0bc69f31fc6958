//! The payload's fields, in every spelling and type that producers use for them.

use loopscope_event::{Dialect, Duration, Event};

use super::severity;
use crate::read::{Json, Object, cut};

/// The longest name of an agent or title, in characters.
const MAX_NAME_CHARS: usize = 120;

/// The agent's id: its own, else its name, else a word.
pub(super) fn agent_id(data: &Object<'_>) -> String {
    data.first(&["agent_id", "id", "agent"], Json::id)
        .or_else(|| agent_name(data))
        .unwrap_or_else(|| "unnamed".to_owned())
}

/// The agent's name for people.
pub(super) fn agent_name(data: &Object<'_>) -> Option<String> {
    data.first(&["agent_name", "name"], Json::text)
        .map(|name| cut(&name, MAX_NAME_CHARS))
}

/// What it works at.
pub(super) fn task(data: &Object<'_>) -> Option<String> {
    let fields = ["task_description", "task", "task_name", "task_type"];
    data.first(&fields, Json::text)
}

/// Whether what ended went well: by its word, else by how severe the event is.
pub(super) fn success(event: &Event, data: &Object<'_>) -> Option<bool> {
    let said = data.first(&["success", "status", "result"], Json::truth);
    said.or_else(|| {
        let word = crate::kept::kept(data).get("severity").string();
        severity::sign(event.severity, word.as_deref())
    })
}

/// How long it took: milliseconds, else seconds.
pub(super) fn duration(data: &Object<'_>) -> Option<Duration> {
    let millis = || data.get("duration_ms").finite();
    let seconds = || data.first(&["duration_seconds", "duration"], Json::finite);
    let millis = millis().or_else(|| seconds().map(|seconds| seconds * 1e3))?;
    (0.0..1e13)
        .contains(&millis)
        .then(|| Duration::from_micros((millis * 1e3).round() as i64))
}

/// A score of 0 to 100, as sent.
pub(super) fn quality(data: &Object<'_>) -> Option<f64> {
    data.first(&["quality_score", "quality"], Json::finite)
}

/// A share of one, 0.0 to 1.0; one above 1 was sent in per cent.
pub(super) fn share(value: Json<'_>) -> Option<f64> {
    let number = value
        .finite()
        .filter(|number| (0.0..=100.0).contains(number))?;
    Some(if number > 1.0 { number / 100.0 } else { number })
}

/// What an error is said to be.
pub(super) fn error_message(data: &Object<'_>) -> Option<String> {
    let read = |value: Json<'_>| {
        let inner = || {
            value
                .object()
                .first(&["message", "error", "type"], Json::text)
        };
        value.text().or_else(inner)
    };
    data.first(&["error_message", "error", "message", "reason"], read)
}

/// Where it comes from; empty where not said.
pub(super) fn source(data: &Object<'_>) -> String {
    data.first(
        &["source", "component", "agent_name", "agent_id"],
        Json::word,
    )
    .unwrap_or_default()
}

/// Whether an event is to be read as this dialect.
pub(super) fn is_ours(event: &Event) -> bool {
    event.dialect == Dialect::Agents
}
