//! The fields of a payload, in every spelling, and of the envelope that it keeps.

use crate::kept;
use crate::read::{Json, Object};

/// The first of these fields that is a finite number.
pub(super) fn number(data: &Object<'_>, names: &[&str]) -> Option<f64> {
    data.first(names, |value| {
        value.number().filter(|number| number.is_finite())
    })
}

/// The first of these fields that is a whole number of zero or more.
pub(super) fn count(data: &Object<'_>, names: &[&str]) -> Option<u64> {
    data.first(names, Json::count)
}

/// A field of the payload, else of what is kept of the envelope.
pub(super) fn either<'a, T>(
    data: &Object<'a>,
    names: &[&str],
    read: impl Fn(Json<'a>) -> Option<T>,
) -> Option<T> {
    data.first(names, &read)
        .or_else(|| kept::kept(data).first(names, &read))
}

/// The environment; −1 and anything else that is none is not known.
pub(super) fn env(data: &Object<'_>) -> Option<u32> {
    count(data, &["env_id", "env_idx"]).and_then(|env| u32::try_from(env).ok())
}

/// The slot, wherever it stands.
pub(super) fn slot(data: &Object<'_>) -> Option<String> {
    either(data, &["slot_id", "slot"], Json::word)
}

/// The event's words for people, where it has any.
pub(super) fn message(data: &Object<'_>) -> Option<String> {
    kept::kept(data)
        .get("message")
        .text()
        .or_else(|| data.get("message").text())
}

/// What the envelope's `epoch` says: which epoch depends on the type.
pub(super) fn epoch(data: &Object<'_>) -> Option<f64> {
    number(&kept::kept(data), &["epoch"])
}

/// A number as a count; `None` where it is none.
pub(super) fn whole(number: f64) -> Option<u64> {
    (0.0..1e15).contains(&number).then_some(number as u64)
}

/// How many episodes are over, by an event of this name: as said, else by the envelope's `epoch` where that counts them.
pub(super) fn episodes_completed(name: &str, data: &Object<'_>) -> Option<u64> {
    let counts = || {
        matches!(
            name,
            "PPO_UPDATE_COMPLETED" | "BATCH_EPOCH_COMPLETED" | "BATCH_COMPLETED"
        )
    };
    let by_epoch = || epoch(data).filter(|_| counts()).and_then(whole);
    count(data, &["episodes_completed"]).or_else(by_epoch)
}
