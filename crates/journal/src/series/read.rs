//! Reading series. In: a session, a metric, a stretch. Out: chunks as they stood at one moment.

use std::ops::Range;

use loopscope_event::{ProjectId, Seq, SessionId};
use sqlx::{Row as _, Sqlite, Transaction};

use super::{SeriesMetric, SeriesState};
use crate::{Journal, JournalError};

/// The same question for each part.
macro_rules! select {
    ($part:literal) => {
        concat!(
            "SELECT first, count, ",
            $part,
            " FROM series_chunks WHERE session = ? AND metric = ? AND first >= ? AND first < ? ORDER BY first LIMIT ?"
        )
    };
}

/// Which part of a chunk is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeriesPart {
    /// The extremes of all of it.
    Whole,
    /// The extremes of its parts.
    Buckets,
    /// The points.
    Points,
}

/// A session's series at one moment, however they change meanwhile. Keeps one of the readers: let it go soon.
pub struct SeriesReader {
    moment: Transaction<'static, Sqlite>,
    session: i64,
}

impl std::fmt::Debug for SeriesReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SeriesReader")
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

impl Journal {
    /// Up to where a session's series are written; `None` where there are none.
    pub async fn series_state(
        &self,
        project: &ProjectId,
        session_id: &SessionId,
    ) -> Result<Option<SeriesState>, JournalError> {
        let Some(mut reader) = self.series_reader(project, session_id).await? else {
            return Ok(None);
        };
        let (conn, session) = (&mut *reader.moment, reader.session);
        let row = sqlx::query("SELECT version, seq, left_out FROM series WHERE session = ?")
            .bind(session)
            .fetch_optional(&mut *conn)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let metrics = sqlx::query(
            "SELECT number, name, total FROM series_metrics WHERE session = ? ORDER BY number",
        )
        .bind(session)
        .fetch_all(&mut *conn)
        .await?;
        let metric = |row: &sqlx::sqlite::SqliteRow| {
            Ok(SeriesMetric {
                number: row.try_get(0)?,
                name: row.try_get(1)?,
                total: row.try_get(2)?,
            })
        };
        let chunks = sqlx::query(
            "SELECT metric, first, count FROM series_chunks WHERE session = ? ORDER BY metric, first",
        )
        .bind(session)
        .fetch_all(&mut *conn)
        .await?;
        let chunk = |row: &sqlx::sqlite::SqliteRow| {
            let first: i64 = row.try_get(1)?;
            Ok((row.try_get(0)?, first as u64, row.try_get(2)?))
        };
        Ok(Some(SeriesState {
            version: row.try_get(0)?,
            seq: Seq(row.try_get::<i64, _>(1)? as u64),
            left_out: row.try_get::<i64, _>(2)? as u64,
            metrics: metrics
                .iter()
                .map(metric)
                .collect::<Result<_, sqlx::Error>>()?,
            chunks: chunks
                .iter()
                .map(chunk)
                .collect::<Result<_, sqlx::Error>>()?,
        }))
    }

    /// A reader of a session's chunks; `None` where there is no such session.
    pub async fn series_reader(
        &self,
        project: &ProjectId,
        session_id: &SessionId,
    ) -> Result<Option<SeriesReader>, JournalError> {
        let mut moment = self.readers().begin().await?;
        let session = crate::sessions::key(&mut moment, project, session_id).await?;
        Ok(session.map(|session| SeriesReader { moment, session }))
    }

    /// The sessions whose series do not account for all their events by these rules, the newest first.
    pub async fn series_behind(
        &self,
        version: u32,
        limit: u32,
    ) -> Result<Vec<(ProjectId, SessionId)>, JournalError> {
        let rows = sqlx::query(
            "SELECT p.name, s.session_id FROM sessions s JOIN projects p ON p.key = s.project \
             LEFT JOIN series ON series.session = s.key AND series.version = ? \
             WHERE coalesce(series.seq, 0) < s.last_seq ORDER BY s.last_event_at DESC LIMIT ?",
        )
        .bind(version)
        .bind(limit)
        .fetch_all(self.readers())
        .await?;
        let bad = |error| sqlx::Error::Decode(Box::new(error));
        let rows = rows.iter().map(|row| {
            let project = ProjectId::new(row.try_get::<&str, _>(0)?).map_err(bad)?;
            let session = SessionId::new(row.try_get::<&str, _>(1)?).map_err(bad)?;
            Ok((project, session))
        });
        Ok(rows.collect::<Result<_, sqlx::Error>>()?)
    }
}

impl SeriesReader {
    /// One part of the chunks of a metric that begin in a stretch of its points, in order: at most `limit`, each with
    /// how many points come before it and how many it holds.
    pub async fn chunks(
        &mut self,
        metric: u32,
        part: SeriesPart,
        first: Range<u64>,
        limit: u32,
    ) -> Result<Vec<(u64, u32, Vec<u8>)>, JournalError> {
        let sql = match part {
            SeriesPart::Whole => select!("whole"),
            SeriesPart::Buckets => select!("buckets"),
            SeriesPart::Points => select!("points"),
        };
        let clamp = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        let rows = sqlx::query(sql)
            .bind(self.session)
            .bind(metric)
            .bind(clamp(first.start))
            .bind(clamp(first.end))
            .bind(limit)
            .fetch_all(&mut *self.moment)
            .await?;
        let rows = rows.iter().map(|row| {
            let first: i64 = row.try_get(0)?;
            Ok((first as u64, row.try_get(1)?, row.try_get(2)?))
        });
        Ok(rows.collect::<Result<_, sqlx::Error>>()?)
    }
}
