//! What the journal and the fold know, in this contract's shapes. In: ids and pages. Out: answers for REST and socket.

use std::sync::Arc;

use loopscope_board::Board;
use loopscope_event::{Event, Offset, ProjectId, SessionId};
use loopscope_journal::{JournalError, SessionQuery, SessionSort};
use loopscope_protocol::{SessionStatus, SessionSummary};

use super::error::FacadeError;
use super::frames::PublishedEvent;
use super::pages::{Pages, written_bytes};
use super::query::Page;
use super::shapes::{
    CurrentState, SERVED, SessionDetail, SessionItem, SessionMetrics, SessionsAnswer, is_served,
};
use crate::fold::{LoadError, summary_of};
use crate::life::now;
use crate::state::AppState;

/// Sessions of this contract, newest start first.
pub(crate) async fn sessions(
    state: &AppState,
    project: &ProjectId,
    page: Page,
) -> Result<SessionsAnswer, FacadeError> {
    state.fold.settle().await;
    let query = SessionQuery {
        sort: SessionSort::Started,
        skip: page.offset,
        limit: page.limit as u32,
        ..served(project)
    };
    let found = state.journal.sessions(&query).await?;
    let now = now();
    let rows = found.rows.into_iter().map(|record| {
        let live = state.fold.live_row(&record.project, &record.session_id);
        SessionItem::at(&live.unwrap_or_else(|| summary_of(record)), now)
    });
    Ok(SessionsAnswer {
        sessions: rows.collect(),
        total: found.total,
        limit: page.limit,
        offset: page.offset,
    })
}

/// All sessions of this contract.
pub(crate) fn served(project: &ProjectId) -> SessionQuery {
    SessionQuery {
        project: Some(project.clone()),
        dialects: SERVED.to_vec(),
        ..SessionQuery::default()
    }
}

/// One session's detail, the same over REST and socket.
pub(crate) async fn detail(
    state: &AppState,
    project: &ProjectId,
    id: &str,
) -> Result<SessionDetail, FacadeError> {
    let board = board(state, project, id).await?;
    Ok(SessionDetail::at(&board, now()))
}

/// One session's numbers by iteration.
pub(crate) async fn metrics(
    state: &AppState,
    project: &ProjectId,
    id: &str,
) -> Result<SessionMetrics, FacadeError> {
    let board = board(state, project, id).await?;
    Ok(SessionMetrics::of(&board))
}

/// A session's board; an unknown session, or one of another contract, is a 404.
pub(crate) async fn board(
    state: &AppState,
    project: &ProjectId,
    id: &str,
) -> Result<Arc<Board>, FacadeError> {
    let unknown = || FacadeError::unknown_session(id);
    let session = SessionId::new(id).map_err(|_| unknown())?;
    state.fold.settle().await;
    let found = state.fold.board(project, &session).await?;
    let (board, _) = found.ok_or_else(unknown)?;
    if is_served(board.header().dialect) {
        Ok(board)
    } else {
        Err(unknown())
    }
}

/// The row of the session that counts as current: the running one that was heard of last, else the last that was.
pub(crate) async fn current(
    state: &AppState,
    project: &ProjectId,
) -> Result<Option<SessionSummary>, FacadeError> {
    state.fold.settle().await;
    for statuses in [running_words(), Vec::new()] {
        let query = SessionQuery {
            statuses,
            sort: SessionSort::LastEvent,
            limit: 1,
            ..served(project)
        };
        let found = state.journal.sessions(&query).await?;
        for record in found.rows {
            let live = state.fold.live_row(&record.project, &record.session_id);
            let row = live.unwrap_or_else(|| summary_of(record));
            // The journal's rows are up to half a second old: it may have ended since.
            if query.statuses.is_empty() || !row.status.is_ended() {
                return Ok(Some(row));
            }
        }
    }
    Ok(None)
}

/// The stored words of the statuses that are `running` here.
pub(crate) fn running_words() -> Vec<String> {
    [
        SessionStatus::Running,
        SessionStatus::Halted,
        SessionStatus::Interrupted,
    ]
    .map(|status| status.as_str().to_owned())
    .into()
}

/// The current session with its newest events up to an offset: at most `most`, and no more than `bytes` as text.
pub(crate) async fn state_with_logs(
    state: &AppState,
    project: &ProjectId,
    most: u64,
    bytes: usize,
    until: Option<Offset>,
) -> Result<(CurrentState, Vec<Arc<Event>>), FacadeError> {
    let Some(row) = current(state, project).await? else {
        return Ok((CurrentState::default(), Vec::new()));
    };
    let board = board(state, project, row.session_id.as_str()).await?;
    let mut pages = Pages::newest_first(state.journal.clone(), &board, most);
    let mut logs = Vec::new();
    let mut left = bytes;
    'full: while !pages.is_over() {
        for event in pages.next().await? {
            if until.is_some_and(|until| event.offset > until) {
                continue;
            }
            let size = written_bytes(&event);
            if size > left {
                break 'full;
            }
            left -= size;
            logs.push(event);
        }
    }
    logs.reverse();
    Ok((CurrentState::of(&board.summary()), logs))
}

/// The events as logs are written.
pub(crate) fn published(events: &[Arc<Event>]) -> Vec<PublishedEvent<'_>> {
    events
        .iter()
        .map(|event| PublishedEvent::from(&**event))
        .collect()
}

impl From<JournalError> for FacadeError {
    fn from(error: JournalError) -> Self {
        Self::internal(error)
    }
}

impl From<LoadError> for FacadeError {
    fn from(error: LoadError) -> Self {
        Self::internal(error)
    }
}
