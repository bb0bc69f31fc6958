//! What the reference dashboard asks for by command: where a run stands, and its skills. In: boards. Out: its shapes.

use std::sync::Arc;

use loopscope_board::{Board, SkillRow, SkillStatus};
use loopscope_dialects::orchestrator::{ParsedCommand, Verb};
use loopscope_event::{Dialect, SessionId};
use loopscope_journal::{SessionQuery, SessionSort};
use loopscope_protocol::{ApiError, ErrorCode, SessionStatus};
use serde_json::{Value, json};

use super::create::unreadable;
use super::seat::Seat;
use super::shapes::{progress, ui_word};
use crate::life::now;
use crate::state::AppState;

/// Answers what only asks; `false` for a command that does something.
pub(super) async fn answer(
    state: &AppState,
    seat: &Seat,
    command: &ParsedCommand,
) -> Result<bool, ApiError> {
    let (name, wanted) = match &command.verb {
        Verb::GetExecutionState => ("execution_state", None),
        Verb::GetSkillStatus { skill_id } => ("skill_status", skill_id.as_deref()),
        _ => return Ok(false),
    };
    let board = board(state, seat, command.session_id.as_deref()).await?;
    let payload = match name {
        "execution_state" => {
            let key = |board: &Board| (board.project().clone(), board.session_id().clone());
            let told = board
                .as_deref()
                .and_then(|board| state.desk.told_to_halt(&key(board)));
            execution_state(board.as_deref(), told)
        }
        _ => skill_status(board.as_deref(), wanted),
    };
    seat.emit(name, &payload);
    Ok(true)
}

/// The board of the session named, else of the run that was heard of last.
async fn board(
    state: &AppState,
    seat: &Seat,
    session: Option<&str>,
) -> Result<Option<Arc<Board>>, ApiError> {
    let session = match session.map(SessionId::new) {
        Some(Ok(session)) => session,
        Some(Err(error)) => {
            return Err(ApiError::field("session_id", format!("session_id {error}")));
        }
        None => {
            let query = SessionQuery {
                project: Some(seat.project.clone()),
                dialects: vec![Dialect::Orchestrator],
                sort: SessionSort::LastEvent,
                limit: 1,
                ..SessionQuery::default()
            };
            let page = state.journal.sessions(&query).await;
            match page.map_err(|error| unreadable(&error))?.rows.pop() {
                Some(row) => row.session_id,
                None => return Ok(None),
            }
        }
    };
    state.fold.reach().await;
    let found = state.fold.board(&seat.project, &session).await;
    let found = found.map_err(|error| {
        tracing::error!(%error, "a session could not be read");
        ApiError::new(ErrorCode::Internal, "the session could not be read")
    })?;
    Ok(found.map(|(board, _)| board))
}

/// `execution_state`: of no run at all, idle.
pub(super) fn execution_state(board: Option<&Board>, told: Option<bool>) -> Value {
    let Some(board) = board else {
        return json!({
            "task_name": "", "status": "idle", "progress": 0.0, "start_time": null,
            "elapsed_time": 0, "estimated_time_remaining": null, "session_id": null,
        });
    };
    let header = board.header();
    let started = header.started_at.as_micros() / 1_000;
    let until = header.ended_at.unwrap_or_else(|| match board.status() {
        SessionStatus::Interrupted => header.last_event_at,
        _ => now(),
    });
    let elapsed = (until.as_micros() / 1_000 - started).max(0);
    json!({
        "task_name": board.progress().task.as_deref().unwrap_or_else(|| board.display_name()),
        "status": ui_word(board.status(), board.machine().state(), told),
        "progress": progress(board.progress_percent()),
        "start_time": started,
        "elapsed_time": elapsed,
        "estimated_time_remaining": null,
        "session_id": board.session_id(),
    })
}

/// `skill_status`: all skills, or the one of that id or name.
pub(super) fn skill_status(board: Option<&Board>, wanted: Option<&str>) -> Value {
    let rows = board.into_iter().flat_map(|board| board.skills().rows());
    let is_wanted = |row: &&SkillRow| {
        wanted.is_none_or(|wanted| row.id.as_deref() == Some(wanted) || row.name == wanted)
    };
    let skills: Vec<Value> = rows
        .filter(is_wanted)
        .map(|row| {
            json!({
                "skill_id": row.id.as_deref().unwrap_or(&row.name),
                "skill_name": row.name,
                "status": skill_word(row.status),
                "progress": progress(row.percent),
            })
        })
        .collect();
    json!({"skills": skills})
}

const fn skill_word(status: SkillStatus) -> &'static str {
    match status {
        SkillStatus::Pending => "pending",
        SkillStatus::Running => "running",
        SkillStatus::Completed => "completed",
        SkillStatus::Failed => "failed",
        SkillStatus::Skipped => "skipped",
        SkillStatus::Unknown => "unknown",
    }
}
