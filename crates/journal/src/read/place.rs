//! Where in the journal a filter's events can be. In: an offset and a filter. Out: everywhere, or some sessions.
//!
//! For one session the way is through its own index, from the place that belongs to the offset, and not through the
//! offsets of all.

use loopscope_event::Offset;
use sqlx::sqlite::SqliteConnection;
use sqlx::{QueryBuilder, Row as _, Sqlite};

use super::EventFilter;

/// Where the events that can pass are.
pub(crate) enum Place {
    Everywhere,
    /// In no session that there is.
    Nowhere,
    /// In one session, behind a seq.
    Session(i64, i64),
    /// In several.
    Sessions(Vec<i64>),
}

impl Place {
    pub(crate) async fn of(
        conn: &mut SqliteConnection,
        offset: Offset,
        filter: &EventFilter,
    ) -> Result<Self, sqlx::Error> {
        if filter.sessions.is_empty() {
            return Ok(Self::Everywhere);
        }
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT s.key, s.first_seq, s.last_seq FROM sessions s JOIN projects p ON p.key = s.project WHERE s.session_id IN (",
        );
        let mut list = query.separated(",");
        for session in &filter.sessions {
            list.push_bind(session.as_str().to_owned());
        }
        query.push(")");
        if let Some(project) = &filter.project {
            query
                .push(" AND p.name = ")
                .push_bind(project.as_str().to_owned());
        }
        let rows = query.build().fetch_all(&mut *conn).await?;
        match rows.as_slice() {
            [] => Ok(Self::Nowhere),
            [only] => {
                let (key, first, newest) = (only.try_get(0)?, only.try_get(1)?, only.try_get(2)?);
                let seq = seq_at(conn, key, first, newest, offset.0 as i64).await?;
                Ok(Self::Session(key, seq))
            }
            several => several
                .iter()
                .map(|row| row.try_get(0))
                .collect::<Result<_, _>>()
                .map(Self::Sessions),
        }
    }
}

/// The seq of a session's newest event at or before an offset. Offsets rise with seq, so it is found by halving.
async fn seq_at(
    conn: &mut SqliteConnection,
    key: i64,
    first: i64,
    last: i64,
    offset: i64,
) -> Result<i64, sqlx::Error> {
    let (mut below, mut above) = (first - 1, last + 1);
    while offset > 0 && above - below > 1 {
        let middle = below + (above - below) / 2;
        let found: Option<i64> =
            sqlx::query_scalar("SELECT offset FROM events WHERE session = ? AND seq = ?")
                .bind(key)
                .bind(middle)
                .fetch_optional(&mut *conn)
                .await?;
        // One that retention has just removed is before everything that is left.
        if found.is_none_or(|found| found <= offset) {
            below = middle;
        } else {
            above = middle;
        }
    }
    Ok(below)
}
