//! Reading on from an offset, in the journal's order. In: a cursor's offset and a filter. Out: the next events.

use std::sync::Arc;

use futures_util::TryStreamExt as _;
use loopscope_event::{Event, Offset};
use sqlx::{QueryBuilder, Sqlite};

use super::EventFilter;
use crate::store::row::{COLUMNS, EventReader, FROM};
use crate::{Journal, JournalError};

/// A stretch of the journal.
#[derive(Debug, Clone, Default)]
pub struct Scan {
    /// The events that pass the filter, in offset order.
    pub events: Vec<Arc<Event>>,
    /// Everything up to here was looked at: the offset to read on from, also where no event passed.
    pub scanned: Offset,
}

/// How many offsets one look through the table covers when a filter may reject all of them.
const WINDOW: u64 = 20_000;

/// How many windows one call looks through before it answers with what it has.
const WINDOWS: usize = 8;

impl Journal {
    /// The events after an offset that pass the filter: at most `limit`, and no more payload than `max_bytes` but for
    /// a single larger event. Looks through a bounded stretch; the reader goes on from [`Scan::scanned`] and has
    /// everything when that is the [`head`](Self::head).
    pub async fn read_after(
        &self,
        offset: Offset,
        limit: u32,
        max_bytes: usize,
        filter: &EventFilter,
    ) -> Result<Scan, JournalError> {
        // What is committed now is visible to a statement that starts later.
        let head = self.head().0;
        let mut scan = Scan {
            events: Vec::new(),
            scanned: offset,
        };
        for _ in 0..WINDOWS {
            if scan.scanned.0 >= head {
                break;
            }
            let until = if filter.is_open() {
                head
            } else {
                head.min(scan.scanned.0.saturating_add(WINDOW))
            };
            self.window(&mut scan, until, limit.max(1), max_bytes, filter)
                .await?;
            if !scan.events.is_empty() {
                break;
            }
        }
        Ok(scan)
    }

    /// Looks through the offsets up to `until`.
    async fn window(
        &self,
        scan: &mut Scan,
        until: u64,
        limit: u32,
        max_bytes: usize,
        filter: &EventFilter,
    ) -> Result<(), JournalError> {
        let mut query = QueryBuilder::<Sqlite>::new("SELECT ");
        query.push(COLUMNS).push(" FROM ").push(FROM);
        query
            .push(" WHERE e.offset > ")
            .push_bind(scan.scanned.0 as i64);
        query.push(" AND e.offset <= ").push_bind(until as i64);
        if let Some(project) = &filter.project {
            query
                .push(" AND e.project = (SELECT key FROM projects WHERE name = ")
                .push_bind(project.as_str().to_owned())
                .push(")");
        }
        if !filter.sessions.is_empty() {
            query.push(" AND s.session_id IN (");
            let mut list = query.separated(",");
            for session in &filter.sessions {
                list.push_bind(session.as_str().to_owned());
            }
            query.push(")");
        }
        filter.push(&mut query);
        query
            .push(" ORDER BY e.offset LIMIT ")
            .push_bind(i64::from(limit));

        let mut conn = self.readers().acquire().await?;
        let mut rows = query.build().fetch(&mut *conn);
        let mut reader = EventReader::default();
        let mut bytes = 0;
        while let Some(row) = rows.try_next().await? {
            let event = reader.read(&row)?;
            bytes += event.data.as_str().len();
            if bytes > max_bytes && !scan.events.is_empty() {
                return Ok(());
            }
            scan.scanned = event.offset;
            scan.events.push(Arc::new(event));
        }
        if scan.events.len() < limit as usize {
            scan.scanned = Offset(until);
        }
        Ok(())
    }

    /// One event by its place; `None` where it is not there any more, or not yet.
    pub async fn event(&self, offset: Offset) -> Result<Option<Event>, JournalError> {
        let mut query = QueryBuilder::<Sqlite>::new("SELECT ");
        query.push(COLUMNS).push(" FROM ").push(FROM);
        query.push(" WHERE e.offset = ").push_bind(offset.0 as i64);
        let row = query.build().fetch_optional(self.readers()).await?;
        Ok(row
            .map(|row| EventReader::default().read(&row))
            .transpose()?)
    }
}
