//! What is kept of a session's link: our own events in its journal, and the address it came from.

use loopscope_dialects::loopscope;
use loopscope_event::{NewEvent, ProjectId, SessionId, Timestamp};
use loopscope_protocol::SessionStatus;

use crate::intake::Transport;
use crate::life::now;
use crate::state::AppState;

/// `loopscope:source_lost`, where the session still runs.
pub(crate) async fn lost(
    state: &AppState,
    project: &ProjectId,
    session: SessionId,
    at: Timestamp,
    url: &str,
    why: &str,
) -> Option<NewEvent> {
    // The board in memory is newer than the journal's row.
    let runs = match state.fold.live_row(project, &session) {
        Some(row) => row.status == SessionStatus::Running,
        None => match state.journal.session(project, &session).await {
            Ok(Some(row)) => row.status == SessionStatus::Running.as_str(),
            Ok(None) => false,
            Err(error) => {
                tracing::warn!(%error, %session, "the session's status could not be read");
                true
            }
        },
    };
    runs.then(|| loopscope::source_lost(project.clone(), session, at, url, why))
}

/// `loopscope:source_restored`.
pub(crate) fn restored(
    project: &ProjectId,
    session: SessionId,
    at: Timestamp,
    url: &str,
) -> NewEvent {
    loopscope::source_restored(project.clone(), session, at, url)
}

/// Notes which link a session came over, so that it can be given up after a restart too.
pub(crate) async fn remember(
    state: &AppState,
    project: &ProjectId,
    session: &SessionId,
    url: &str,
) {
    let noted = state.journal.set_source(project, session, url).await;
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
        let (project, session) = (session.project, session.session_id);
        events.extend(lost(state, &project, session, now(), source, why).await);
    }
    if !events.is_empty() {
        crate::runs::store(state, None, events, Transport::Own).await;
    }
}
