//! Which sessions a command means, and whether they can take it now.

use loopscope_dialects::orchestrator::{ParsedCommand, Verb};
use loopscope_event::{CommandState, Dialect, SessionId};
use loopscope_journal::{CommandQuery, SessionQuery, SessionSort};
use loopscope_protocol::{ApiError, DecisionState, ErrorCode, SessionStatus};
use serde_json::Value;

use super::create::{self, unreadable};
use super::inlet::session_of;
use super::seat::Seat;
use crate::state::AppState;
use crate::steer::{Key, Listed};

/// The most sessions that one command reaches.
const MOST: u32 = 100;

/// The newest commands that are looked through for the last HALT or RESUME.
const LOOKED_THROUGH: u32 = 200;

/// The session named, else the sender's (the parser has seen to that), else all that go on. A session that is not
/// there yet is made: its program finds the command when it comes.
pub(super) async fn of(
    state: &AppState,
    seat: &Seat,
    named: Option<SessionId>,
    command: &ParsedCommand,
) -> Result<Vec<Key>, ApiError> {
    if let Some(session) = named {
        let key: Key = (seat.project.clone(), session);
        create::where_missing(state, &key).await?;
        return Ok(vec![key]);
    }
    if let Verb::Decision { decision_id, .. } = &command.verb {
        return asking(state, seat, decision_id);
    }
    let mut keys = running(state, seat).await?;
    if keys.is_empty() {
        // Where events go that name no session.
        let session = SessionId::new(Dialect::Orchestrator.as_str())
            .map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?;
        let key: Key = (seat.project.clone(), session);
        create::where_missing(state, &key).await?;
        keys.push(key);
    }
    Ok(keys)
}

/// The session that asks a question.
fn asking(state: &AppState, seat: &Seat, decision_id: &str) -> Result<Vec<Key>, ApiError> {
    let listed = Listed {
        state: None,
        project: Some(seat.project.clone()),
    };
    // Those that wait come first.
    let rows = state.desk.decisions(&listed).decisions;
    let row = rows
        .iter()
        .find(|row| row.decision_id == decision_id && row.state == DecisionState::Pending)
        .or_else(|| rows.iter().find(|row| row.decision_id == decision_id));
    let row = row.ok_or_else(|| {
        let message = format!("there is no decision `{decision_id}`");
        ApiError::field("decision_id", message)
    })?;
    Ok(vec![(row.project.clone(), row.session_id.clone())])
}

async fn running(state: &AppState, seat: &Seat) -> Result<Vec<Key>, ApiError> {
    let query = SessionQuery {
        project: Some(seat.project.clone()),
        statuses: [SessionStatus::Running, SessionStatus::Halted]
            .map(|status| status.as_str().to_owned())
            .to_vec(),
        sort: SessionSort::LastEvent,
        limit: MOST,
        ..SessionQuery::default()
    };
    state.fold.settle().await;
    let page = state
        .journal
        .sessions(&query)
        .await
        .map_err(|error| unreadable(&error))?;
    let mut keys = Vec::new();
    for row in page.rows {
        let live = state.fold.live_row(&row.project, &row.session_id);
        let (dialect, ended) = live.map_or((row.dialect, false), |live| {
            (live.dialect, live.status.is_ended())
        });
        if dialect == Dialect::Orchestrator && !ended {
            keys.push((row.project, row.session_id));
        }
    }
    Ok(keys)
}

/// Types that the program of the command's session declares.
pub(super) async fn declared(state: &AppState, seat: &Seat, text: &str) -> Vec<String> {
    let command: Value = serde_json::from_str(text).unwrap_or_default();
    let named = command
        .get("session_id")
        .or_else(|| command.get("params")?.get("session_id"));
    let named = named.and_then(|value| session_of(value).ok().flatten());
    let Some(session) = named.or_else(|| seat.rooms().own().cloned()) else {
        return Vec::new();
    };
    let (runner, _) = state.desk.runner(&(seat.project.clone(), session)).await;
    let commands = runner.map(|runner| runner.commands).unwrap_or_default();
    commands.into_iter().map(|command| command.kind).collect()
}

/// Refuses to resume what does not stand still: neither did its program say so, nor was it told to.
pub(super) async fn may_resume(state: &AppState, key: &Key) -> Result<(), ApiError> {
    let board = state.fold.board(&key.0, &key.1).await.map_err(|error| {
        tracing::error!(%error, "a session could not be read");
        ApiError::new(ErrorCode::Internal, "the session could not be read")
    })?;
    let status = board.map_or(SessionStatus::Running, |(board, _)| board.status());
    if status == SessionStatus::Halted || was_halted(state, key).await? {
        return Ok(());
    }
    let word = match status {
        SessionStatus::Completed | SessionStatus::Converged => "completed",
        SessionStatus::Failed => "failed",
        SessionStatus::Running | SessionStatus::Halted | SessionStatus::Interrupted => "running",
    };
    let message = format!("Cannot resume - execution is {word}");
    Err(ApiError::new(ErrorCode::Conflict, message))
}

/// Whether the newest word of people was HALT.
async fn was_halted(state: &AppState, key: &Key) -> Result<bool, ApiError> {
    let query = CommandQuery {
        limit: LOOKED_THROUGH,
        ..CommandQuery::default()
    };
    let commands = state.journal.commands(&key.0, &key.1, &query).await;
    let commands = commands.map_err(|error| unreadable(&error))?;
    let last = commands.into_iter().find(|command| {
        let stands = !matches!(
            command.state,
            CommandState::Failed | CommandState::Cancelled | CommandState::Expired
        );
        let is = |word: &str| command.kind.trim().eq_ignore_ascii_case(word);
        stands && (is("HALT") || is("RESUME"))
    });
    Ok(last.is_some_and(|command| command.kind.trim().eq_ignore_ascii_case("HALT")))
}
