//! A session's spans, and the trace of all of them.

use loopscope_board::spans::SpansSnapshot;
use loopscope_event::{ProjectId, SessionId};
use loopscope_journal::SessionRecord;
use loopscope_protocol::{ApiError, SpansQuery};

use super::{unknown_session, unreadable};
use crate::spans::Trace;
use crate::state::AppState;

/// The spans that a query asks for.
pub(crate) async fn spans(
    state: &AppState,
    project: &ProjectId,
    session: &SessionId,
    query: &SpansQuery,
) -> Result<SpansSnapshot, ApiError> {
    let last = record(state, project, session).await?.last_seq;
    let snapshot = state.spans.snapshot(project, session, last, query).await;
    snapshot.map_err(|error| unreadable(&error))
}

/// All of its spans, as a trace that other programs open.
pub(crate) async fn trace(
    state: &AppState,
    project: &ProjectId,
    session: &SessionId,
) -> Result<Trace, ApiError> {
    let record = record(state, project, session).await?;
    let name = record.name.as_deref().unwrap_or(session.as_str());
    Ok(state.spans.trace(project, session, name))
}

async fn record(
    state: &AppState,
    project: &ProjectId,
    session: &SessionId,
) -> Result<SessionRecord, ApiError> {
    let found = state.journal.session(project, session).await;
    let found = found.map_err(|error| unreadable(&error))?;
    found.ok_or_else(|| unknown_session(project, session))
}
