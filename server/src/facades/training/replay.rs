//! The events of the run that goes on, for a client that asks for them (`?replay=1`). In: a project or a run. Out: their
//! frames, oldest first, up to the cursor from which the client is served live: none is lost or sent twice.

use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use loopscope_event::{Dialect, Event, Offset, ProjectId, SessionId};
use loopscope_journal::{EventFilter, EventOrder, EventQuery, SessionQuery, SessionSort};

use crate::facades::detail::Detail;
use crate::ring::{Format, ReadError, Reader};
use crate::state::AppState;

/// The most events that are replayed: the newest.
const MOST: u32 = 1_000;

/// See the module.
pub(super) struct Replay {
    reader: Reader,
    run: (ProjectId, SessionId),
    /// The newest event that is replayed.
    until: Offset,
}

impl Replay {
    /// A replay up to an offset; `None` where there is nothing to replay.
    pub(super) async fn new(
        state: &AppState,
        project: &ProjectId,
        run: Option<&SessionId>,
        until: Offset,
    ) -> Result<Option<Self>, Detail> {
        let run = match run {
            Some(run) => Some(run.clone()),
            None => current(state, project).await?,
        };
        let Some(run) = run else { return Ok(None) };
        let query = EventQuery {
            order: EventOrder::SeqDescending,
            limit: MOST,
            filter: EventFilter {
                dialects: vec![Dialect::Training],
                ..EventFilter::default()
            },
            ..EventQuery::default()
        };
        let page = state.journal.session_events(project, &run, &query).await?;
        let Some(first) = page.events.last() else {
            return Ok(None);
        };
        Ok(Some(Self {
            reader: state.reader(Offset(first.offset.0.saturating_sub(1))),
            run: (project.clone(), run),
            until,
        }))
    }

    /// The next frames; `None` when everything was given.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, ReadError>> {
        while self.reader.cursor().offset < self.until {
            let slice = ready!(self.reader.poll_next(cx))?;
            let wanted = |event: &Event| {
                event.offset <= self.until
                    && event.dialect == Dialect::Training
                    && event.project == self.run.0
                    && event.session_id == self.run.1
            };
            if let Some(frames) = slice.singles_where(Format::Contract, wanted) {
                return Poll::Ready(Ok(Some(frames)));
            }
        }
        Poll::Ready(Ok(None))
    }
}

/// The run that was heard of last.
pub(super) async fn current(
    state: &AppState,
    project: &ProjectId,
) -> Result<Option<SessionId>, Detail> {
    // The newest event in memory knows it before the rows of sessions do.
    let wanted = |event: &Event| event.dialect == Dialect::Training && event.project == *project;
    let newest: Option<Arc<Event>> = state.ring.newest(1, wanted).into_iter().next();
    if let Some(event) = newest {
        return Ok(Some(event.session_id.clone()));
    }
    let query = SessionQuery {
        project: Some(project.clone()),
        dialects: vec![Dialect::Training],
        sort: SessionSort::LastEvent,
        limit: 1,
        ..SessionQuery::default()
    };
    state.fold.settle().await;
    let page = state.journal.sessions(&query).await?;
    Ok(page.rows.into_iter().next().map(|row| row.session_id))
}
