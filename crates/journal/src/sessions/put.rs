//! Writing what the fold made of sessions. In: records. Out: rows that lists and facets read.

use loopscope_event::{Severities, Timestamp};
use sqlx::sqlite::SqliteConnection;

use super::SessionRecord;
use crate::store::code;
use crate::{Journal, JournalError};

const UPDATE: &str = "UPDATE sessions SET dialect = ?, status = ?, name = ?, target = ?, state = ?, started_at = ?, \
     ended_at = ?, duration_us = ?, iteration = ?, max_iterations = ?, findings_total = ?, findings_open = ?, \
     critical = ?, high = ?, medium = ?, low = ?, info = ?, open_critical = ?, open_high = ?, open_medium = ?, \
     open_low = ?, open_info = ?, fixes_total = ?, vulnerabilities_total = ?, errors = ?, quality_milli = ?, summary_seq = ? \
     WHERE key = ? AND summary_seq <= ?";

const SUMMARY: &str = "INSERT INTO summaries (session, summary) VALUES (?, ?) \
     ON CONFLICT (session) DO UPDATE SET summary = excluded.summary";

impl Journal {
    /// Writes what the fold made of sessions, in one transaction. A record that is older than the row (by
    /// `summary_seq`), or whose session is gone, changes nothing. Not synced by itself: what is lost with the power is
    /// found by [`sessions_behind`](Self::sessions_behind) and derived again.
    pub async fn put_sessions(&self, records: Vec<SessionRecord>) -> Result<(), JournalError> {
        if records.is_empty() {
            return Ok(());
        }
        self.at_desk(move |desk| {
            Box::pin(desk.in_transaction(move |conn| {
                Box::pin(async move {
                    for record in &records {
                        put(conn, record).await?;
                    }
                    Ok(())
                })
            }))
        })
        .await
    }
}

async fn put(conn: &mut SqliteConnection, record: &SessionRecord) -> Result<(), sqlx::Error> {
    let Some(key) = super::key(conn, &record.project, &record.session_id).await? else {
        return Ok(());
    };
    let seq = int(record.summary_seq.0);
    let mut query = sqlx::query(UPDATE)
        .bind(code::dialect(record.dialect))
        .bind(record.status.as_str())
        .bind(record.name.as_deref())
        .bind(record.target.as_deref())
        .bind(record.state.as_deref())
        .bind(record.started_at.as_micros())
        .bind(record.ended_at.map(Timestamp::as_micros))
        .bind(record.duration.as_micros())
        .bind(i64::from(record.iteration))
        .bind(record.max_iterations.map(i64::from))
        .bind(int(record.findings_total))
        .bind(int(record.findings_open));
    for value in in_order(&record.severities)
        .into_iter()
        .chain(in_order(&record.open_severities))
    {
        query = query.bind(value);
    }
    let done = query
        .bind(int(record.fixes_total))
        .bind(int(record.vulnerabilities_total))
        .bind(int(record.errors))
        .bind(record.quality_milli.map(i64::from))
        .bind(seq)
        .bind(key)
        .bind(seq)
        .execute(&mut *conn)
        .await?;
    if let Some(summary) = &record.summary
        && done.rows_affected() > 0
    {
        sqlx::query(SUMMARY)
            .bind(key)
            .bind(summary.as_str())
            .execute(conn)
            .await?;
    }
    Ok(())
}

fn int(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn in_order(severities: &Severities) -> [i64; 5] {
    [
        int(severities.critical),
        int(severities.high),
        int(severities.medium),
        int(severities.low),
        int(severities.info),
    ]
}
