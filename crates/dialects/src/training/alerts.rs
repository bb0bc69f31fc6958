//! Which events are alerts: by their names, or by how much they matter. Plateaus and improvements are notes.

use loopscope_event::{AlertNote, Event, NoteFact, Severity, TrainingFact};

use super::fields::{self, count, number};
use crate::read::{Json, Object};

/// Names that are alerts whatever their severity.
const ALERTS: &[&str] = &[
    "GOVERNOR_ROLLBACK",
    "GOVERNOR_PANIC",
    "RATIO_EXPLOSION_DETECTED",
    "RATIO_COLLAPSE_DETECTED",
    "VALUE_COLLAPSE_DETECTED",
    "NUMERICAL_INSTABILITY_DETECTED",
    "GRADIENT_ANOMALY",
    "GRADIENT_PATHOLOGY_DETECTED",
    "PERFORMANCE_DEGRADATION",
    "MEMORY_WARNING",
    "REWARD_HACKING_SUSPECTED",
    "ISOLATION_VIOLATION",
    "ANOMALY_DETECTED",
];
/// Names that are notes whatever their severity.
const NOTES: &[&str] = &[
    "PLATEAU_DETECTED",
    "DEGRADATION_DETECTED",
    "IMPROVEMENT_DETECTED",
];

/// Whether a name, in the table's spelling, is an alert; so is any other `*_DETECTED`.
pub(super) fn is_alert(name: &str) -> bool {
    ALERTS.contains(&name) || (name.ends_with("_DETECTED") && !is_note(name))
}

/// Whether a name, in the table's spelling, is a note.
pub(super) fn is_note(name: &str) -> bool {
    NOTES.contains(&name)
}

/// Whether a name, in the table's spelling, is critical whatever its event says.
pub(super) fn is_critical(name: &str) -> bool {
    matches!(name, "GOVERNOR_ROLLBACK" | "GOVERNOR_PANIC")
}

/// The alert that an event is, if it is one.
pub(super) fn alert(name: &str, event: &Event, data: &Object<'_>) -> Option<TrainingFact> {
    let severity = event.severity.unwrap_or(Severity::Info);
    let matters = severity <= Severity::Medium && !is_note(name);
    if !(is_alert(name) || matters) {
        return None;
    }
    let text = fields::message(data)
        .or_else(|| data.first(&["detail", "reason", "panic_reason"], Json::text))
        .unwrap_or_else(|| name.to_owned());
    let severity = if is_critical(name) {
        Severity::Critical
    } else {
        severity.min(Severity::Medium)
    };
    Some(TrainingFact::Alert(AlertNote {
        name: name.to_owned(),
        text,
        severity,
        env: fields::env(data),
    }))
}

/// The note that an event is.
pub(super) fn note(name: &str, data: &Object<'_>) -> TrainingFact {
    let is_best_state =
        name == "CHECKPOINT_LOADED" && data.get("source").string().as_deref() == Some("best_state");
    TrainingFact::Note(NoteFact {
        name: name.to_owned(),
        message: fields::message(data),
        env: fields::env(data),
        batch: count(data, &["batch", "batch_idx"]),
        delta: number(data, &["rolling_delta"]),
        rolling_accuracy: number(
            data,
            &["rolling_avg_accuracy", "rolling_accuracy", "avg_accuracy"],
        ),
        episodes_completed: count(data, &["episodes_completed"]),
        is_best_state,
    })
}
