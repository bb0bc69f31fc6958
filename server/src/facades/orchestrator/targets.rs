//! Which sessions a command means, and whether they can take it now.

use loopscope_dialects::orchestrator::{ParsedCommand, Verb};
use loopscope_event::{Dialect, SessionId};
use loopscope_journal::{SessionQuery, SessionSort};
use loopscope_protocol::{ApiError, DecisionState, ErrorCode, SessionStatus};
use serde_json::Value;

use super::create::unreadable;
use super::inlet::session_of;
use super::seat::Seat;
use crate::state::AppState;
use crate::steer::{Key, Listed};

/// The most sessions that one command reaches.
const MOST: usize = 1_000;

/// Rows read at once.
const PAGE: u32 = 100;

/// Whom a command means.
pub(super) enum Meant {
    /// The session that it names, else the sender's.
    One(Key),
    /// Nobody was named: those that it is for, which may be none.
    All(Vec<Key>),
}

/// The session named, else the sender's (the parser has seen to that), else all that go on; of a decision, the one that
/// asks it.
pub(super) async fn of(
    state: &AppState,
    seat: &Seat,
    named: Option<SessionId>,
    command: &ParsedCommand,
) -> Result<Meant, ApiError> {
    if let Some(session) = named {
        return Ok(Meant::One((seat.project.clone(), session)));
    }
    if let Verb::Decision { decision_id, .. } = &command.verb {
        let key = asking(state, seat, decision_id).ok_or_else(|| {
            let message = format!("there is no decision `{decision_id}`");
            ApiError::field("decision_id", message)
        })?;
        return Ok(Meant::All(vec![key]));
    }
    running(state, seat).await.map(Meant::All)
}

/// The session that asks a question.
fn asking(state: &AppState, seat: &Seat, decision_id: &str) -> Option<Key> {
    let listed = Listed {
        state: None,
        project: Some(seat.project.clone()),
    };
    // Those that wait come first.
    let rows = state.desk.decisions(&listed).decisions;
    let row = rows
        .iter()
        .find(|row| row.decision_id == decision_id && row.state == DecisionState::Pending)
        .or_else(|| rows.iter().find(|row| row.decision_id == decision_id))?;
    Some((row.project.clone(), row.session_id.clone()))
}

async fn running(state: &AppState, seat: &Seat) -> Result<Vec<Key>, ApiError> {
    let mut query = SessionQuery {
        project: Some(seat.project.clone()),
        dialects: vec![Dialect::Orchestrator],
        statuses: [SessionStatus::Running, SessionStatus::Halted]
            .map(|status| status.as_str().to_owned())
            .to_vec(),
        sort: SessionSort::LastEvent,
        limit: PAGE,
        ..SessionQuery::default()
    };
    // From then on rows say what they speak.
    state.fold.settle().await;
    let mut keys = Vec::new();
    loop {
        let page = state.journal.sessions(&query).await;
        let page = page.map_err(|error| unreadable(&error))?;
        for row in page.rows {
            let live = state.fold.live_row(&row.project, &row.session_id);
            let key = (row.project, row.session_id);
            if live.is_none_or(|live| !live.status.is_ended()) && !keys.contains(&key) {
                keys.push(key);
            }
        }
        if keys.len() > MOST {
            let message = format!("more than {MOST} sessions run; name one by its `session_id`");
            return Err(ApiError::field("session_id", message));
        }
        query.after = page.next;
        if query.after.is_none() {
            return Ok(keys);
        }
    }
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

/// Refuses to resume what does not stand still: by the newest word of its program and of people. The same command again
/// is no new one.
pub(super) async fn may_resume(
    state: &AppState,
    key: &Key,
    command: &ParsedCommand,
) -> Result<(), ApiError> {
    let known = command.idempotency_key.as_deref();
    if state.desk.known(key, known).await?.is_some() {
        return Ok(());
    }
    state.fold.reach().await;
    let board = state.fold.board(&key.0, &key.1).await.map_err(|error| {
        tracing::error!(%error, "a session could not be read");
        ApiError::new(ErrorCode::Internal, "the session could not be read")
    })?;
    let status = board.map_or(SessionStatus::Running, |(board, _)| board.status());
    let told = state.desk.told_to_halt(key);
    let stands = told.unwrap_or(status == SessionStatus::Halted);
    if stands && !status.is_ended() {
        return Ok(());
    }
    Err(stands_not(match status {
        SessionStatus::Completed | SessionStatus::Converged => "completed",
        SessionStatus::Failed => "failed",
        SessionStatus::Running | SessionStatus::Halted | SessionStatus::Interrupted => "running",
    }))
}

/// The contract's words where nothing is to be resumed.
pub(super) fn stands_not(word: &str) -> ApiError {
    let message = format!("Cannot resume - execution is {word}");
    ApiError::new(ErrorCode::Conflict, message)
}
