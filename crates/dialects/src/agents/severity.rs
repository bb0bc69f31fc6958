//! The contract's four words of severity, and ours.
//!
//! In: a word as sent, in any case, or a name and what its event says. Out: our severity, and the word again.

use loopscope_event::{Event, Severity};

use super::names;
use crate::kept;
use crate::read::{Json, Object};

/// A word of the contract.
type Word = &'static str;

/// The contract's words: what means the same is written as one of them, `critical` is an error here.
fn word_of(word: &str) -> Option<Word> {
    let lower = word.trim().to_ascii_lowercase();
    Some(match lower.as_str() {
        "success" => "success",
        _ => word_for(Severity::read(&lower)?),
    })
}

const fn word_for(severity: Severity) -> Word {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "info",
    }
}

/// The word that an event of this name has where its producer says none.
fn implied(name: &str, data: &Object<'_>) -> Word {
    let Some((name, _)) = names::lookup(name) else {
        return "info";
    };
    let well = |success: Option<bool>| {
        if success == Some(false) {
            "error"
        } else {
            "success"
        }
    };
    let success = || data.first(&["success", "status", "result"], Json::truth);
    match name {
        "agent_execution_completed"
        | "task_outcome_recorded"
        | "agent_completed"
        | "synthesis_completed"
        | "workflow_completed"
        | "task_completed" => well(success()),
        "opportunity_discovered" | "discovery_event" => "success",
        "quality_score_updated" => match data.get("overall_score").finite() {
            Some(score) if score >= 95.0 => "success",
            Some(score) if score >= 90.0 => "warning",
            Some(_) => "error",
            None => "info",
        },
        "error_occurred" => "error",
        "system_alert" => "warning",
        "reputation_updated" | "reputation_update" => match change(data) {
            Some(change) if change < 0.0 => "warning",
            Some(_) => "success",
            None => "info",
        },
        _ => "info",
    }
}

/// By how much a reputation moved: its word, else the difference of what it was and is.
pub(super) fn change(data: &Object<'_>) -> Option<f64> {
    let score = |field: &str| data.get(field).finite();
    score("change").or_else(|| Some(score("new_score")? - score("old_score")?))
}

/// Our severity of a word as sent, or of what the event implies.
pub(super) fn severity(name: &str, said: Option<&str>, data: &Object<'_>) -> Option<Severity> {
    let implied = || Severity::read(implied(name, data));
    said.and_then(Severity::read).or_else(implied)
}

/// The word of an event whose own is not kept.
fn made(name: &str, severity: Option<Severity>, data: &Object<'_>) -> Word {
    let implied = implied(name, data);
    match severity {
        Some(severity) if Severity::read(implied) != Some(severity) => word_for(severity),
        _ => implied,
    }
}

/// Whether a word as sent would not be made again.
pub(super) fn is_kept(
    name: &str,
    said: &str,
    severity: Option<Severity>,
    data: &Object<'_>,
) -> bool {
    said != made(name, severity, data)
}

/// The word of the contract for an event: its own, else made. A word that nobody knows is as it was sent.
pub(super) fn word<'a>(event: &Event, data: &Object<'a>) -> std::borrow::Cow<'a, str> {
    let made = || made(&event.name, event.severity, data).into();
    match kept::kept(data).get("severity").string() {
        Some(said) => word_of(&said).map_or(said, Into::into),
        None => made(),
    }
}

/// The contract's word for how severe an event is: `info`, `success`, `warning`, `error`, or one that nobody knows.
pub fn severity_word(event: &Event) -> String {
    word(event, &Object::read(event.data.as_str())).into_owned()
}

/// What a severity alone says of how something went.
pub(super) fn sign(severity: Option<Severity>, word: Option<&str>) -> Option<bool> {
    match severity {
        Some(Severity::Critical | Severity::High) => Some(false),
        _ if word.is_some_and(|word| word.eq_ignore_ascii_case("success")) => Some(true),
        _ => None,
    }
}
