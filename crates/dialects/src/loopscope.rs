//! Loopscope's own events: it writes them into a session's journal beside the producer's.

use loopscope_event::{
    Dialect, EventId, Fact, Kind, NewEvent, ProjectId, RawJson, SessionId, Severity, Timestamp,
};

use crate::read::Object;

/// The link to a session's program was lost.
pub const SOURCE_LOST: &str = "loopscope:source_lost";
/// The link to a session's program is back.
pub const SOURCE_RESTORED: &str = "loopscope:source_restored";

/// The normal form of one of our own names.
pub fn kind(name: &str) -> Kind {
    match name {
        SOURCE_LOST => Kind::SourceLost,
        SOURCE_RESTORED => Kind::SourceRestored,
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

fn own(
    project: ProjectId,
    session_id: SessionId,
    at: Timestamp,
    name: &str,
    severity: Severity,
    data: &serde_json::Value,
) -> NewEvent {
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
        data: RawJson::from_trusted(data.to_string()),
    }
}

/// What one of our own events says.
pub(crate) fn facts(name: &str, data: &Object<'_>) -> Vec<Fact> {
    match kind(name) {
        Kind::SourceLost => vec![Fact::SourceLost(data.get("reason").text())],
        Kind::SourceRestored => vec![Fact::SourceRestored],
        _ => Vec::new(),
    }
}
