//! From where a moment of a session is folded. In: a session, an event or a time. Out: the nearest state before it, and
//! what of the session can be shown at all.
//!
//! Where retention took a session's oldest events, a moment is told truly only from a state that was kept before; with
//! no state at all the session begins with what is left, as it does for the fold itself.

use loopscope_event::{ProjectId, Seq, SessionId, Timestamp};
use sqlx::Row as _;
use sqlx::sqlite::SqliteConnection;

use crate::{Journal, JournalError, Snapshot};

/// Where a fold to a moment begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MomentBase {
    /// The moment: as it was asked for, within what can be shown.
    pub seq: Seq,
    /// The oldest event whose moment can be shown.
    pub first: Seq,
    /// The newest event.
    pub last: Seq,
    /// The state to begin with; without one, none.
    pub snapshot: Option<Snapshot>,
}

impl Journal {
    /// Where a fold to an event begins; `None` where the session is not known.
    pub async fn moment_base(
        &self,
        project: &ProjectId,
        session_id: &SessionId,
        version: u32,
        at: Seq,
    ) -> Result<Option<MomentBase>, JournalError> {
        // One moment of the file: retention may be at work.
        let mut conn = self.readers().begin().await?;
        let Some((key, oldest, last)) = span(&mut conn, project, session_id).await? else {
            return Ok(None);
        };
        let wanted = i64::try_from(at.0).unwrap_or(i64::MAX).clamp(oldest, last);
        let before = "SELECT seq, offset, board FROM snapshots WHERE session = ? AND version = ? \
                      AND seq >= ? AND seq <= ? ORDER BY seq DESC LIMIT 1";
        let mut found = snapshot(&mut conn, before, (key, version), (oldest - 1, wanted)).await?;
        let mut first = oldest;
        if oldest > 1 {
            let after = "SELECT seq, offset, board FROM snapshots WHERE session = ? AND version = ? \
                         AND seq >= ? AND seq <= ? ORDER BY seq LIMIT 1";
            let oldest_kept =
                snapshot(&mut conn, after, (key, version), (oldest - 1, last)).await?;
            first = oldest_kept
                .as_ref()
                .map_or(oldest, |kept| (kept.seq.0 as i64).max(oldest));
            found = found.or(oldest_kept);
        }
        Ok(Some(MomentBase {
            seq: Seq(wanted.max(first) as u64),
            first: Seq(first as u64),
            last: Seq(last as u64),
            snapshot: found,
        }))
    }

    /// The last event of a session that happened no later than a time, the first where all happened later; `None` where
    /// the session is not known. Found by halving: where its producer's clock went back, one of several such places.
    pub async fn seq_at(
        &self,
        project: &ProjectId,
        session_id: &SessionId,
        time: Timestamp,
    ) -> Result<Option<Seq>, JournalError> {
        let mut conn = self.readers().begin().await?;
        let Some((key, first, last)) = span(&mut conn, project, session_id).await? else {
            return Ok(None);
        };
        let (mut below, mut above) = (first, last + 1);
        while above - below > 1 {
            let middle = below + (above - below) / 2;
            let found: Option<i64> =
                sqlx::query_scalar("SELECT timestamp FROM events WHERE session = ? AND seq = ?")
                    .bind(key)
                    .bind(middle)
                    .fetch_optional(&mut *conn)
                    .await?;
            if found.is_none_or(|found| found <= time.as_micros()) {
                below = middle;
            } else {
                above = middle;
            }
        }
        Ok(Some(Seq(below as u64)))
    }

    /// Sessions of at least so many events, the newest first.
    pub async fn long_sessions(
        &self,
        least: u64,
        limit: u32,
    ) -> Result<Vec<(ProjectId, SessionId, Seq)>, JournalError> {
        let rows = sqlx::query(
            "SELECT p.name, s.session_id, s.last_seq FROM sessions s JOIN projects p ON p.key = s.project \
             WHERE s.last_seq >= ? ORDER BY s.last_event_at DESC LIMIT ?",
        )
        .bind(i64::try_from(least).unwrap_or(i64::MAX))
        .bind(limit)
        .fetch_all(self.readers())
        .await?;
        let bad = |error| sqlx::Error::Decode(Box::new(error));
        let rows = rows.iter().map(|row| {
            let project = ProjectId::new(row.try_get::<&str, _>(0)?).map_err(bad)?;
            let session = SessionId::new(row.try_get::<&str, _>(1)?).map_err(bad)?;
            Ok((project, session, Seq(row.try_get::<i64, _>(2)? as u64)))
        });
        Ok(rows.collect::<Result<_, sqlx::Error>>()?)
    }
}

/// A session's key, its oldest and its newest event.
async fn span(
    conn: &mut SqliteConnection,
    project: &ProjectId,
    session_id: &SessionId,
) -> Result<Option<(i64, i64, i64)>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT s.key, s.first_seq, s.last_seq FROM sessions s JOIN projects p ON p.key = s.project \
         WHERE p.name = ? AND s.session_id = ?",
    )
    .bind(project.as_str().to_owned())
    .bind(session_id.as_str().to_owned())
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let (key, first, last): (i64, i64, i64) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
    // A session whose events all went shows nothing.
    Ok((first.max(1) <= last).then_some((key, first.max(1), last)))
}

async fn snapshot(
    conn: &mut SqliteConnection,
    sql: &'static str,
    (key, version): (i64, u32),
    (from, to): (i64, i64),
) -> Result<Option<Snapshot>, sqlx::Error> {
    let row = sqlx::query(sql)
        .bind(key)
        .bind(version)
        .bind(from)
        .bind(to)
        .fetch_optional(conn)
        .await?;
    let read = |row: sqlx::sqlite::SqliteRow| {
        Ok(Snapshot {
            seq: Seq(row.try_get::<i64, _>(0)? as u64),
            offset: loopscope_event::Offset(row.try_get::<i64, _>(1)? as u64),
            board: row.try_get(2)?,
        })
    };
    row.map(read).transpose()
}
