//! Sessions that are there before their program says anything. In: a name, skills, metadata. Out: the session's first
//! event, written once whoever tries.

use loopscope_event::{Dialect, EventId, Kind, NewEvent, RawJson};
use loopscope_journal::JournalError;
use loopscope_protocol::{ApiError, ErrorCode};
use serde_json::{Value, json};

use super::frames::CREATED;
use crate::intake::{Transport, submit_events};
use crate::life::now;
use crate::state::AppState;
use crate::steer::Key;

/// Makes a session; `false` where it is there.
pub(super) async fn session(state: &AppState, key: &Key, data: &Value) -> Result<bool, ApiError> {
    if is_there(state, key).await? {
        return Ok(false);
    }
    let answer = submit_events(state, vec![event(key, data)], Transport::Own).await?;
    // Two at once: the one that wrote the first event made it.
    Ok(answer
        .receipts
        .first()
        .and_then(|receipt| receipt.seq)
        .is_some_and(|seq| seq.0 == 1))
}

/// The event by which a session is made that a command names, and that is not there.
pub(super) fn for_command(key: &Key) -> NewEvent {
    event(key, &json!({"skills": [], "metadata": {}}))
}

fn event(key: &Key, data: &Value) -> NewEvent {
    let at = now();
    NewEvent {
        event_id: EventId::mint(at),
        project: key.0.clone(),
        session_id: key.1.clone(),
        timestamp: at,
        received_at: at,
        name: CREATED.to_owned(),
        kind: Kind::Generic,
        dialect: Dialect::Orchestrator,
        iteration: 0,
        state: None,
        severity: None,
        data: RawJson::from_trusted(data.to_string()),
    }
}

async fn is_there(state: &AppState, key: &Key) -> Result<bool, ApiError> {
    if state.fold.live_row(&key.0, &key.1).is_some() {
        return Ok(true);
    }
    let found = state.journal.session(&key.0, &key.1).await;
    found
        .map(|row| row.is_some())
        .map_err(|error| unreadable(&error))
}

/// A read of the journal that failed, as an answer.
pub(super) fn unreadable(error: &JournalError) -> ApiError {
    tracing::error!(%error, "the orchestrator facade could not read the journal");
    ApiError::new(ErrorCode::Internal, "the journal could not be read")
}
