//! A session in the contract's shapes. In: boards, rows. Out: what REST and `session:state` show.

use loopscope_board::Board;
use loopscope_event::Timestamp;
use loopscope_journal::{EventFilter, EventQuery};
use loopscope_protocol::{SessionStatus, SessionSummary};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::frames::CREATED;
use crate::state::AppState;
use crate::steer::Key;

/// A row of `GET /api/sessions`.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    session_id: String,
    created_at: Timestamp,
    status: &'static str,
    current_skill: Option<String>,
    progress: Value,
}

/// A session, whole.
#[derive(Debug, Serialize)]
pub(super) struct Full {
    session_id: String,
    created_at: Timestamp,
    status: &'static str,
    skills: Value,
    metadata: Value,
    progress: Value,
    current_skill: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<Timestamp>,
}

/// Percent; a whole number where it is one, and 0 where nothing is known.
pub(super) fn progress(percent: Option<f64>) -> Value {
    let percent = percent.unwrap_or(0.0).clamp(0.0, 100.0);
    if percent.fract() == 0.0 {
        json!(percent as u64)
    } else {
        json!(percent)
    }
}

/// The contract's word for how a session stands. Halted is what people told to stand still too, until its program says
/// how it stands: `execution:halted` is sent then.
pub(super) fn word(status: SessionStatus, state: &str, told: Option<bool>) -> &'static str {
    match (status, told) {
        (SessionStatus::Completed | SessionStatus::Converged, _) => "completed",
        (SessionStatus::Failed, _) => "failed",
        (SessionStatus::Interrupted, _) => "disconnected",
        (_, Some(true)) | (SessionStatus::Halted, None) => "halted",
        (SessionStatus::Running, None) if state == "IDLE" => "created",
        _ => "running",
    }
}

/// The word of the reference's own page.
pub(super) fn ui_word(status: SessionStatus, state: &str, told: Option<bool>) -> &'static str {
    match word(status, state, told) {
        "created" => "idle",
        "halted" => "paused",
        "disconnected" => "ended (outcome unknown)",
        other => other,
    }
}

/// A session's row.
pub(super) fn row(summary: SessionSummary, told: Option<bool>) -> Row {
    Row {
        status: word(summary.status, &summary.state, told),
        session_id: summary.session_id.as_str().to_owned(),
        created_at: summary.started_at,
        current_skill: summary.current_skill,
        progress: progress(summary.progress_percent),
    }
}

/// A session, whole; `None` where it is not there or speaks another contract.
pub(super) async fn full(state: &AppState, key: &Key) -> Result<Option<Full>, String> {
    // What the client did a moment ago counts.
    state.fold.reach().await;
    let found = state.fold.board(&key.0, &key.1).await;
    let Some((board, _)) = found.map_err(|error| error.to_string())? else {
        return Ok(None);
    };
    let row = state.journal.session(&key.0, &key.1).await;
    let changed_at = row
        .map_err(|error| error.to_string())?
        .map(|row| row.last_event_at);
    let given = given(state, key).await?;
    let told = state.desk.told_to_halt(key);
    Ok(Some(whole(&board, &given, told, changed_at)))
}

fn whole(
    board: &Board,
    given: &Map<String, Value>,
    told: Option<bool>,
    changed_at: Option<Timestamp>,
) -> Full {
    let header = board.header();
    let skills = match given.get("skills") {
        Some(Value::Array(skills)) if !skills.is_empty() => json!(skills),
        _ => {
            let mut names: Vec<&str> = Vec::new();
            for row in board.skills().rows() {
                if !names.contains(&row.name.as_str()) {
                    names.push(&row.name);
                }
            }
            json!(names)
        }
    };
    Full {
        session_id: board.session_id().as_str().to_owned(),
        created_at: header.started_at,
        status: word(board.status(), board.machine().state(), told),
        skills,
        metadata: given.get("metadata").cloned().unwrap_or_else(|| json!({})),
        progress: progress(board.progress_percent()),
        current_skill: board.current_skill().map(str::to_owned),
        // By our clock: commands change a session too.
        updated_at: changed_at.filter(|_| board.seq().0 > 1),
    }
}

/// What was said when the session was made.
async fn given(state: &AppState, key: &Key) -> Result<Map<String, Value>, String> {
    let query = EventQuery {
        limit: 1,
        filter: EventFilter {
            names: vec![CREATED.to_owned()],
            ..EventFilter::default()
        },
        ..EventQuery::default()
    };
    let page = state.journal.session_events(&key.0, &key.1, &query).await;
    let page = page.map_err(|error| error.to_string())?;
    Ok(match page.events.first().map(|event| event.data.value()) {
        Some(Value::Object(fields)) => fields,
        _ => Map::new(),
    })
}
