//! Long pages of a session's events with bounded memory. In: a session, a page. Out: its events, a portion at a time.
//!
//! An event may be a megabyte and a page a thousand events, so portions are as long as their events are short.

use std::sync::Arc;

use loopscope_board::Board;
use loopscope_event::{Dialect, Event, ProjectId, SessionId};
use loopscope_journal::{EventFilter, EventOrder, EventQuery, Journal, JournalError};

use super::query::Page;
use super::shapes::SERVED;

/// How many events are read before it is known how long they are.
const FIRST_PORTION: u64 = 64;
/// About how many bytes of events are read at once.
const PORTION_BYTES: u64 = 4 << 20;

/// A page of a session's events by the producer's clock, ties by arrival.
pub(crate) struct Pages {
    journal: Journal,
    project: ProjectId,
    session: SessionId,
    order: EventOrder,
    filter: EventFilter,
    skip: u64,
    left: u64,
    portion: u64,
}

impl Pages {
    /// The page of a session. Where its events came in the order of the clock, the journal's own order is that, and
    /// nothing need be sorted; where all are of this contract, nothing need be left out.
    pub(crate) fn new(journal: Journal, board: &Board, page: Page) -> Self {
        Self {
            journal,
            project: board.project().clone(),
            session: board.session_id().clone(),
            order: if board.is_in_time_order() {
                EventOrder::Seq
            } else {
                EventOrder::Time
            },
            filter: filter(board),
            skip: page.offset,
            left: page.limit as u64,
            portion: FIRST_PORTION,
        }
    }

    /// The session's newest events, newest first, as they came.
    pub(crate) fn newest_first(journal: Journal, board: &Board, most: u64) -> Self {
        Self {
            order: EventOrder::SeqDescending,
            skip: 0,
            left: most,
            ..Self::new(journal, board, Page::events())
        }
    }

    /// The next portion; empty at the end of the page.
    pub(crate) async fn next(&mut self) -> Result<Vec<Arc<Event>>, JournalError> {
        let limit = self.portion.min(self.left);
        if limit == 0 {
            return Ok(Vec::new());
        }
        let query = EventQuery {
            order: self.order,
            skip: self.skip,
            limit: limit as u32,
            filter: self.filter.clone(),
            ..EventQuery::default()
        };
        let found = self
            .journal
            .session_events(&self.project, &self.session, &query)
            .await?;
        let taken = found.events.len() as u64;
        self.skip += taken;
        self.left = if found.more { self.left - taken } else { 0 };
        let bytes: u64 = found
            .events
            .iter()
            .map(|event| written_bytes(event) as u64)
            .sum();
        let mean = (bytes / taken.max(1)).max(1);
        self.portion = (PORTION_BYTES / mean).clamp(1, 1_000);
        Ok(found.events)
    }

    /// Whether the page is at its end.
    pub(crate) const fn is_over(&self) -> bool {
        self.left == 0
    }
}

/// How many events of this contract a session has that are still kept.
pub(crate) async fn total(journal: &Journal, board: &Board) -> Result<u64, JournalError> {
    let (project, session) = (board.project(), board.session_id());
    let row = journal.session(project, session).await?;
    if row.is_none_or(|row| row.first_seq.0 <= 1) {
        return Ok(SERVED
            .into_iter()
            .map(|dialect| board.events_of(dialect))
            .sum());
    }
    // Retention took some of them: only the journal knows how many are left.
    let query = EventQuery {
        count: true,
        filter: filter(board),
        ..EventQuery::default()
    };
    let counted = journal.session_events(project, session, &query).await?;
    Ok(counted.total.unwrap_or(0))
}

/// Leaves out what is not of this contract, where there is any of it.
fn filter(board: &Board) -> EventFilter {
    let foreign = |dialect: &&Dialect| !SERVED.contains(dialect) && board.events_of(**dialect) > 0;
    EventFilter {
        without_dialects: Dialect::ALL.iter().filter(foreign).copied().collect(),
        ..EventFilter::default()
    }
}

/// About how long an event is as JSON text.
pub(crate) fn written_bytes(event: &Event) -> usize {
    192 + event.name.len() + event.session_id.as_str().len() + event.data.as_str().len()
}
