//! The journal as the ring's readers see it.

use std::sync::Arc;

use loopscope_event::{Cursor, Offset, Severity};
use loopscope_journal::{EventFilter, Journal};
use loopscope_protocol::{NamePattern, ResetReason, StreamFilter};

use super::pages::{Page, PageError, PageFuture, Pages};

/// The most payload bytes of a page.
const PAGE_BYTES: usize = 256 * 1024;

/// Reads pages of a journal.
#[derive(Debug, Clone)]
pub(crate) struct JournalPages(pub Journal);

impl Pages for JournalPages {
    fn page_after(&self, after: Offset, limit: usize, filter: Option<&StreamFilter>) -> PageFuture {
        let journal = self.0.clone();
        let filter = filter.map(wanted).unwrap_or_default();
        Box::pin(async move {
            let limit = u32::try_from(limit).unwrap_or(u32::MAX);
            let scan = journal
                .read_after(after, limit, PAGE_BYTES, &filter)
                .await
                .map_err(|error| PageError(error.to_string()))?;
            Ok(Page {
                events: scan.events,
                scanned: scan.scanned,
                horizon: scan.horizon,
            })
        })
    }

    fn horizon(&self) -> Offset {
        self.0.horizon()
    }

    fn check(&self, cursor: Cursor) -> Result<(), ResetReason> {
        use loopscope_journal::ResetReason as Found;
        match self.0.check_cursor(cursor) {
            Ok(_) => Ok(()),
            Err(Found::UnknownEpoch) => Err(ResetReason::UnknownEpoch),
            Err(Found::EpochChanged) => Err(ResetReason::EpochChanged),
            Err(Found::Retention) => Err(ResetReason::Retention),
            Err(Found::Ahead) => Err(ResetReason::Ahead),
        }
    }
}

/// A stream's filter, as the journal knows it.
fn wanted(filter: &StreamFilter) -> EventFilter {
    let names = filter.names.iter();
    let severities = filter.severity.map_or_else(Vec::new, |least| {
        let all = Severity::ALL.iter().copied();
        all.filter(|severity| *severity <= least).collect()
    });
    EventFilter {
        project: filter.project.clone(),
        sessions: filter.session.iter().cloned().collect(),
        names: names.map(|NamePattern(name)| name.clone()).collect(),
        kinds: filter.kinds.clone(),
        severities,
        dialects: filter.dialects.clone(),
        ..EventFilter::default()
    }
}

/// The newest events of a journal, for a ring that begins: at most so many, in order.
pub(crate) async fn tail(
    journal: &Journal,
    events: usize,
    bytes: usize,
) -> Result<Vec<Arc<loopscope_event::Event>>, PageError> {
    let head = journal.head().0;
    let after = Offset(head.saturating_sub(events as u64));
    let limit = u32::try_from(events).unwrap_or(u32::MAX);
    let mut found = Vec::new();
    let mut from = after;
    let mut taken = 0;
    while from.0 < head {
        let scan = journal
            .read_after(from, limit, bytes, &EventFilter::default())
            .await
            .map_err(|error| PageError(error.to_string()))?;
        if scan.scanned <= from {
            break;
        }
        from = scan.scanned;
        taken += scan.events.len();
        found.extend(scan.events);
        if taken >= events {
            break;
        }
    }
    Ok(found)
}
