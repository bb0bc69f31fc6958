//! Loopscope's own events: it writes them into a session's journal beside the producer's.
//!
//! In: what happened. Out: an event for the journal, and, from one that was journalled, what it says.

mod alert;
mod command;
mod note;

use loopscope_event::{
    DecisionFact, Dialect, EventId, Fact, Kind, NewEvent, ProjectId, RawJson, SessionId, Severity,
    Timestamp,
};

use crate::read::{Json, Object};

pub use alert::{AlertEvent, alert};
pub use command::{CommandEvent, RunnerEvent, command_step, runner_attached, runner_detached};
pub use note::{NoteChange, annotated};

/// The link to a session's program was lost.
pub const SOURCE_LOST: &str = "loopscope:source_lost";
/// The link to a session's program is back.
pub const SOURCE_RESTORED: &str = "loopscope:source_restored";
/// A decision's time was over.
pub const DECISION_EXPIRED: &str = "decision:expired";
/// A program came to take a session's commands.
pub const RUNNER_ATTACHED: &str = "runner:attached";
/// The program that took a session's commands went.
pub const RUNNER_DETACHED: &str = "runner:detached";

/// What an alert rule looks for is the case.
pub const ALERT_FIRING: &str = "alert:firing";
/// What an alert rule looked for is no longer the case.
pub const ALERT_RESOLVED: &str = "alert:resolved";

/// Somebody left, changed or took away a note.
pub const ANNOTATED: &str = "loopscope:annotated";

/// The normal form of one of our own names.
pub fn kind(name: &str) -> Kind {
    match name {
        SOURCE_LOST => Kind::SourceLost,
        SOURCE_RESTORED => Kind::SourceRestored,
        DECISION_EXPIRED => Kind::Decision,
        RUNNER_ATTACHED | RUNNER_DETACHED => Kind::Command,
        ALERT_FIRING | ALERT_RESOLVED => Kind::Alert,
        _ if command::step_of(name).is_some() => Kind::Command,
        _ => Kind::Generic,
    }
}

/// `loopscope:source_lost`: the program at `url` is gone; `reason` says why.
pub fn source_lost(
    project: ProjectId,
    session_id: SessionId,
    at: Timestamp,
    url: &str,
    reason: &str,
) -> NewEvent {
    let data = serde_json::json!({"url": url, "reason": reason});
    own(
        project,
        session_id,
        at,
        SOURCE_LOST,
        Severity::Medium,
        &data,
    )
}

/// `loopscope:source_restored`: the program at `url` is back.
pub fn source_restored(
    project: ProjectId,
    session_id: SessionId,
    at: Timestamp,
    url: &str,
) -> NewEvent {
    let data = serde_json::json!({"url": url});
    own(
        project,
        session_id,
        at,
        SOURCE_RESTORED,
        Severity::Info,
        &data,
    )
}

/// `decision:expired`: nobody answered the question in its time; `choice` is the default that was applied, where
/// there is one.
pub fn decision_expired(
    project: ProjectId,
    session_id: SessionId,
    at: Timestamp,
    decision_id: &str,
    choice: Option<&RawJson>,
) -> NewEvent {
    let data = serde_json::json!({"decision_id": decision_id, "choice": choice, "by": "timeout"});
    own(
        project,
        session_id,
        at,
        DECISION_EXPIRED,
        Severity::Medium,
        &data,
    )
}

fn own(
    project: ProjectId,
    session_id: SessionId,
    at: Timestamp,
    name: &str,
    severity: Severity,
    data: &impl serde::Serialize,
) -> NewEvent {
    // What is written here is made of texts, numbers and checked JSON: there is nothing in it that could not be said.
    let data = serde_json::to_string(data).unwrap_or_else(|_| "{}".to_owned());
    NewEvent {
        event_id: EventId::mint(at),
        project,
        session_id,
        timestamp: at,
        received_at: at,
        name: name.to_owned(),
        kind: kind(name),
        dialect: Dialect::Loopscope,
        iteration: 0,
        state: None,
        severity: Some(severity),
        data: RawJson::from_trusted(data),
    }
}

/// What one of our own events says.
pub(crate) fn facts(name: &str, data: &Object<'_>) -> Vec<Fact> {
    let fact = match name {
        SOURCE_LOST => Some(Fact::SourceLost(data.get("reason").text())),
        SOURCE_RESTORED => Some(Fact::SourceRestored),
        DECISION_EXPIRED => expired(data),
        ALERT_FIRING | ALERT_RESOLVED => alert::fact(name, data),
        _ => command::fact(name, data),
    };
    fact.into_iter().collect()
}

fn expired(data: &Object<'_>) -> Option<Fact> {
    Some(Fact::Decision(DecisionFact::Expired {
        id: data.get("decision_id").id()?,
        choice: data.first(&["choice"], Json::raw),
    }))
}
