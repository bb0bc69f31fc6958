//! Writing series. In: what newer events add, small chunks put together. Out: rows, or `false` where they do not fit on
//! what is there: the session is gone, or its oldest events went and its series with them.
//!
//! Each write is one turn at the writer's desk, between two groups of the intake; who writes keeps it small.

use loopscope_event::{ProjectId, Seq, SessionId};
use sqlx::sqlite::SqliteConnection;

use super::{SeriesChunk, SeriesMetric, SeriesWrite};
use crate::writer::Desk;
use crate::{Journal, JournalError};

/// Chunks removed in one go; the intake waits so long.
const CHUNKS: i64 = 64;

impl Journal {
    /// Adds to a session's series. Not synced: what is lost with the power is made again.
    pub async fn put_series(
        &self,
        project: &ProjectId,
        session_id: &SessionId,
        write: SeriesWrite,
    ) -> Result<bool, JournalError> {
        let (project, session_id) = (project.clone(), session_id.clone());
        self.at_desk(move |desk| {
            Box::pin(desk.in_transaction(move |conn| {
                Box::pin(async move {
                    let Some(session) = fits(conn, &project, &session_id, write.after).await?
                    else {
                        return Ok(false);
                    };
                    put(conn, session, &write).await?;
                    Ok(true)
                })
            }))
        })
        .await
    }

    /// Puts chunks in the place of those of the same points. `upto` is where the series are written up to.
    pub async fn merge_series(
        &self,
        project: &ProjectId,
        session_id: &SessionId,
        upto: Seq,
        merged: Vec<SeriesChunk>,
    ) -> Result<bool, JournalError> {
        let (project, session_id) = (project.clone(), session_id.clone());
        self.at_desk(move |desk| {
            Box::pin(desk.in_transaction(move |conn| {
                Box::pin(async move {
                    let Some(session) = fits(conn, &project, &session_id, upto).await? else {
                        return Ok(false);
                    };
                    for chunk in &merged {
                        sqlx::query(
                            "DELETE FROM series_chunks WHERE session = ? AND metric = ? AND first >= ? AND first < ?",
                        )
                        .bind(session)
                        .bind(chunk.metric)
                        .bind(chunk.first as i64)
                        .bind((chunk.first + u64::from(chunk.count)) as i64)
                        .execute(&mut *conn)
                        .await?;
                    }
                    put_chunks(conn, session, &merged).await?;
                    Ok(true)
                })
            }))
        })
        .await
    }

    /// Lets a session's series go, a few chunks at a time; they are made anew from its events.
    pub async fn drop_series(
        &self,
        project: &ProjectId,
        session_id: &SessionId,
    ) -> Result<(), JournalError> {
        loop {
            let (project, session_id) = (project.clone(), session_id.clone());
            let more = self
                .at_desk(move |desk| {
                    Box::pin(desk.in_transaction(move |conn| {
                        Box::pin(async move {
                            let key = crate::sessions::key(conn, &project, &session_id).await?;
                            let Some(session) = key else { return Ok(false) };
                            clear_words(conn, session).await?;
                            clear_chunks(conn, session).await
                        })
                    }))
                })
                .await?;
            if !more {
                return Ok(());
            }
        }
    }
}

/// The key of a session whose series are written up to there.
async fn fits(
    conn: &mut SqliteConnection,
    project: &ProjectId,
    session_id: &SessionId,
    upto: Seq,
) -> Result<Option<i64>, sqlx::Error> {
    let Some(session) = crate::sessions::key(conn, project, session_id).await? else {
        return Ok(None);
    };
    let found: Option<i64> = sqlx::query_scalar("SELECT seq FROM series WHERE session = ?")
        .bind(session)
        .fetch_optional(conn)
        .await?;
    Ok((found.unwrap_or_default() as u64 == upto.0).then_some(session))
}

async fn put(
    conn: &mut SqliteConnection,
    session: i64,
    write: &SeriesWrite,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT OR REPLACE INTO series (session, version, seq, left_out) VALUES (?, ?, ?, ?)",
    )
    .bind(session)
    .bind(write.version)
    .bind(write.upto.0 as i64)
    .bind(i64::try_from(write.left_out).unwrap_or(i64::MAX))
    .execute(&mut *conn)
    .await?;
    for SeriesMetric {
        number,
        name,
        total,
    } in &write.metrics
    {
        sqlx::query("INSERT OR REPLACE INTO series_metrics (session, number, name, total) VALUES (?, ?, ?, ?)")
            .bind(session)
            .bind(number)
            .bind(name.as_str())
            .bind(total.as_slice())
            .execute(&mut *conn)
            .await?;
    }
    put_chunks(conn, session, &write.chunks).await
}

async fn put_chunks(
    conn: &mut SqliteConnection,
    session: i64,
    chunks: &[SeriesChunk],
) -> Result<(), sqlx::Error> {
    for chunk in chunks {
        sqlx::query(
            "INSERT INTO series_chunks (session, metric, first, count, whole, buckets, points) \
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(session)
        .bind(chunk.metric)
        .bind(chunk.first as i64)
        .bind(chunk.count)
        .bind(chunk.whole.as_slice())
        .bind(chunk.buckets.as_slice())
        .bind(chunk.points.as_slice())
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Removes what is known of a session's series beside the chunks: they count as not written.
pub(crate) async fn clear_words(
    conn: &mut SqliteConnection,
    session: i64,
) -> Result<(), sqlx::Error> {
    for sql in [
        "DELETE FROM series WHERE session = ?",
        "DELETE FROM series_metrics WHERE session = ?",
    ] {
        sqlx::query(sql).bind(session).execute(&mut *conn).await?;
    }
    Ok(())
}

/// Removes some of a session's chunks; answers whether there were any.
pub(crate) async fn clear_chunks(
    conn: &mut SqliteConnection,
    session: i64,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "DELETE FROM series_chunks WHERE rowid IN (SELECT rowid FROM series_chunks WHERE session = ? LIMIT ?)",
    )
    .bind(session)
    .bind(CHUNKS)
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Before the oldest so many events go: removes some chunks of the series that were made of them too. Answers whether
/// there were any.
pub(crate) async fn clear_oldest(desk: &mut Desk, events: i64) -> Result<bool, sqlx::Error> {
    desk.in_transaction(move |conn| {
        Box::pin(async move {
            let sessions: Vec<i64> = sqlx::query_scalar(
                "SELECT DISTINCT session FROM (SELECT session FROM events ORDER BY offset LIMIT ?)",
            )
            .bind(events)
            .fetch_all(&mut *conn)
            .await?;
            for session in sessions {
                clear_words(conn, session).await?;
                if clear_chunks(conn, session).await? {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    })
    .await
}
