//! What is kept of a session's link: our own events in its journal, and the address it came from.

use std::time::Duration;

use loopscope_dialects::loopscope;
use loopscope_event::{NewEvent, ProjectId, SessionId, Timestamp};
use loopscope_protocol::{ErrorCode, SessionStatus};
use tokio::time::sleep;

use crate::intake::{self, Transport};
use crate::life::now;
use crate::state::AppState;

/// `loopscope:source_lost`, where the session still runs.
pub(super) async fn lost(
    state: &AppState,
    session: SessionId,
    at: Timestamp,
    url: &str,
    why: &str,
) -> Option<NewEvent> {
    let project = ProjectId::default();
    let runs = match state.journal.session(&project, &session).await {
        Ok(Some(row)) => row.status == SessionStatus::Running.as_str(),
        Ok(None) => false,
        Err(error) => {
            tracing::warn!(%error, %session, "the session's status could not be read");
            true
        }
    };
    runs.then(|| loopscope::source_lost(project, session, at, url, why))
}

/// `loopscope:source_restored`.
pub(super) fn restored(session: SessionId, at: Timestamp, url: &str) -> NewEvent {
    loopscope::source_restored(ProjectId::default(), session, at, url)
}

/// Notes which link a session came over, so that it can be given up after a restart too.
pub(crate) async fn remember(state: &AppState, session: &SessionId, url: &str) {
    let noted = state
        .journal
        .set_source(&ProjectId::default(), session, url)
        .await;
    if let Err(error) = noted {
        tracing::warn!(%error, %session, "the session's source could not be noted");
    }
}

/// Marks the running sessions of a source as lost: nobody will speak for them any more.
pub(super) async fn give_up(state: &AppState, source: &str, why: &str) {
    let sessions = match state.journal.unended_with_source().await {
        Ok(sessions) => sessions,
        Err(error) => {
            tracing::warn!(%error, source, "the sessions of a source could not be read");
            return;
        }
    };
    let mut events = Vec::new();
    for session in sessions
        .into_iter()
        .filter(|session| session.source == source)
    {
        events.extend(lost(state, session.session_id, now(), source, why).await);
    }
    if !events.is_empty() {
        store(state, events, Transport::Own).await;
    }
}

/// Stores events, and tries again for as long as the journal cannot take them. Gives up when the server stops.
pub(super) async fn store(state: &AppState, events: Vec<NewEvent>, transport: Transport) {
    loop {
        let stored = intake::submit_events(state, events.clone(), transport).await;
        let Err(error) = stored else { return };
        if error.code == ErrorCode::ShuttingDown || state.life.is_stopping() {
            tracing::warn!(
                events = events.len(),
                "the server stops with events of a loop not stored"
            );
            return;
        }
        let pause = Duration::from_millis(error.retry_after_ms.unwrap_or(1_000));
        tracing::warn!(%error, events = events.len(), "events of a loop wait to be stored");
        tokio::select! {
            () = sleep(pause) => {}
            () = state.life.shutdown.cancelled() => {}
        }
    }
}
