//! Reading on from an offset, in the journal's order. In: a cursor's offset and a filter. Out: the next events.

use std::sync::Arc;

use futures_util::TryStreamExt as _;
use loopscope_event::{Event, Offset};
use sqlx::sqlite::SqliteConnection;
use sqlx::{QueryBuilder, Sqlite};

use super::filter::{EventFilter, push_in};
use super::place::Place;
use crate::store::row::{COLUMNS, EventReader, FROM};
use crate::{Journal, JournalError};

/// A stretch of the journal.
#[derive(Debug, Clone, Default)]
pub struct Scan {
    /// The events that pass the filter, in offset order.
    pub events: Vec<Arc<Event>>,
    /// Everything up to here was looked at: the offset to read on from, also where no event passed.
    pub scanned: Offset,
    /// The newest offset that retention had removed by then. A reader on its way that meets a horizon which has risen
    /// since it began, and which is above the offset it read on from, may have missed events and must start anew
    /// ([`ResetReason::Retention`](crate::ResetReason::Retention)).
    pub horizon: Offset,
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
            horizon: Offset(0),
        };
        let mut conn = self.readers().acquire().await?;
        let place = Place::of(&mut conn, offset, filter).await?;
        for _ in 0..WINDOWS {
            if scan.scanned.0 >= head {
                break;
            }
            let until = match place {
                Place::Nowhere => {
                    scan.scanned = Offset(head);
                    break;
                }
                Place::Everywhere if !filter.is_open() => {
                    head.min(scan.scanned.0.saturating_add(WINDOW))
                }
                _ => head,
            };
            let query = next_events(&scan, until, limit.max(1), filter, &place);
            fill(&mut scan, &mut conn, query, limit.max(1), max_bytes, until).await?;
            if !scan.events.is_empty() {
                break;
            }
        }
        // Read after the rows: retention raises it before it removes any.
        scan.horizon = self.horizon();
        Ok(scan)
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

fn next_events(
    scan: &Scan,
    until: u64,
    limit: u32,
    filter: &EventFilter,
    place: &Place,
) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::<Sqlite>::new("SELECT ");
    query.push(COLUMNS).push(" FROM ").push(FROM);
    // A plus sign keeps SQLite from walking through all offsets where it had better walk through the session.
    let (offset, order) = match place {
        Place::Session(..) => (" WHERE +e.offset", " ORDER BY e.seq LIMIT "),
        _ => (" WHERE e.offset", " ORDER BY e.offset LIMIT "),
    };
    query
        .push(offset)
        .push(" > ")
        .push_bind(scan.scanned.0 as i64);
    query.push(" AND e.offset <= ").push_bind(until as i64);
    match place {
        Place::Session(key, seq) => {
            query.push(" AND e.session = ").push_bind(*key);
            query.push(" AND e.seq > ").push_bind(*seq);
        }
        Place::Sessions(keys) => push_in(&mut query, "+e.session", keys.iter().copied()),
        Place::Everywhere | Place::Nowhere => {}
    }
    if let Some(project) = &filter.project {
        query
            .push(" AND e.project = (SELECT key FROM projects WHERE name = ")
            .push_bind(project.as_str().to_owned())
            .push(")");
    }
    filter.push(&mut query);
    query.push(order).push_bind(i64::from(limit));
    query
}

async fn fill(
    scan: &mut Scan,
    conn: &mut SqliteConnection,
    mut query: QueryBuilder<Sqlite>,
    limit: u32,
    max_bytes: usize,
    until: u64,
) -> Result<(), sqlx::Error> {
    let mut rows = query.build().fetch(conn);
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
