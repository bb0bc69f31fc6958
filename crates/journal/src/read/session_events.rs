//! A session's events, a page at a time. In: a session, an order, a place to go on from, a filter. Out: a page.

use std::sync::Arc;

use loopscope_event::{Event, ProjectId, Seq, SessionId};
use sqlx::{QueryBuilder, Sqlite};

use super::EventFilter;
use crate::store::row::{COLUMNS, EventReader, FROM};
use crate::{Journal, JournalError};

/// The order of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EventOrder {
    /// As they came, oldest first.
    #[default]
    Seq,
    /// As they came, newest first.
    SeqDescending,
    /// By the producer's clock, ties as they came; oldest first.
    Time,
    /// By the producer's clock, newest first.
    TimeDescending,
}

/// What to read of a session.
#[derive(Debug, Clone, Default)]
pub struct EventQuery {
    /// The order.
    pub order: EventOrder,
    /// Only events after this one: the key to the next page going up.
    pub after: Option<Seq>,
    /// Only events before this one: the key to the next page going down.
    pub before: Option<Seq>,
    /// So many are left out first; for contracts that page by number. Costs what it skips.
    pub skip: u64,
    /// At most so many.
    pub limit: u32,
    /// Whether to count all that pass the filter, `after` and `before` aside.
    pub count: bool,
    /// Which events.
    pub filter: EventFilter,
}

/// A page.
#[derive(Debug, Clone, Default)]
pub struct EventPage {
    /// In the order asked for.
    pub events: Vec<Arc<Event>>,
    /// Whether there are more behind the last.
    pub more: bool,
    /// How many pass the filter, where asked for.
    pub total: Option<u64>,
}

impl Journal {
    /// A page of a session's events; empty where the session is not known.
    pub async fn session_events(
        &self,
        project: &ProjectId,
        session_id: &SessionId,
        wanted: &EventQuery,
    ) -> Result<EventPage, JournalError> {
        // One moment of the file: rows and count are of the same events.
        let mut conn = self.readers().begin().await?;
        let Some(key) = crate::sessions::key(&mut conn, project, session_id).await? else {
            return Ok(EventPage {
                total: wanted.count.then_some(0),
                ..EventPage::default()
            });
        };
        let mut query = QueryBuilder::<Sqlite>::new("SELECT ");
        query.push(COLUMNS).push(" FROM ").push(FROM);
        query.push(" WHERE e.session = ").push_bind(key);
        if let Some(Seq(after)) = wanted.after {
            query.push(" AND e.seq > ").push_bind(clamp(after));
        }
        if let Some(Seq(before)) = wanted.before {
            query.push(" AND e.seq < ").push_bind(clamp(before));
        }
        wanted.filter.push(&mut query);
        query.push(match wanted.order {
            EventOrder::Seq => " ORDER BY e.seq",
            EventOrder::SeqDescending => " ORDER BY e.seq DESC",
            EventOrder::Time => " ORDER BY e.timestamp, e.offset",
            EventOrder::TimeDescending => " ORDER BY e.timestamp DESC, e.offset DESC",
        });
        // One more than asked for tells whether there are more.
        query.push(" LIMIT ").push_bind(i64::from(wanted.limit) + 1);
        query.push(" OFFSET ").push_bind(clamp(wanted.skip));

        let rows = query.build().fetch_all(&mut *conn).await?;
        let more = rows.len() > wanted.limit as usize;
        let mut reader = EventReader::default();
        let events = rows
            .iter()
            .take(wanted.limit as usize)
            .map(|row| reader.read(row).map(Arc::new))
            .collect::<Result<_, _>>()?;
        let total = if wanted.count {
            let mut query =
                QueryBuilder::<Sqlite>::new("SELECT count(*) FROM events e WHERE e.session = ");
            query.push_bind(key);
            wanted.filter.push(&mut query);
            let total: i64 = query.build_query_scalar().fetch_one(&mut *conn).await?;
            Some(total as u64)
        } else {
            None
        };
        Ok(EventPage {
            events,
            more,
            total,
        })
    }
}

fn clamp(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
