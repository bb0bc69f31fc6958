//! States of the fold on the way. In: bytes that only the server reads. Out: the newest at or before a moment.
//!
//! Kept thinner the older they are: a page folds on from the nearest one, and scrubbing needs one here and there.

use loopscope_event::{Offset, ProjectId, Seq, SessionId};
use sqlx::Row as _;
use sqlx::sqlite::SqliteConnection;

use crate::{Journal, JournalError};

/// How many a session keeps of one version.
const KEPT: usize = 64;

/// A state of the fold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The session's events up to this one are in it.
    pub seq: Seq,
    /// That event's place in the journal.
    pub offset: Offset,
    /// The state, as the server wrote it.
    pub board: Vec<u8>,
}

impl Journal {
    /// Keeps a state of a session's fold. `version` is the fold's own: states of other versions are let go. Nothing
    /// happens where the session is gone. Not synced; a lost one is only a longer fold.
    pub async fn put_snapshot(
        &self,
        project: &ProjectId,
        session_id: &SessionId,
        version: u32,
        snapshot: Snapshot,
    ) -> Result<(), JournalError> {
        let (project, session_id) = (project.clone(), session_id.clone());
        self.at_desk(move |desk| {
            Box::pin(desk.in_transaction(move |conn| {
                Box::pin(async move {
                    let Some(key) = crate::sessions::key(conn, &project, &session_id).await? else {
                        return Ok(());
                    };
                    put(conn, key, version, snapshot).await?;
                    thin(conn, key, version).await
                })
            }))
        })
        .await
    }

    /// The newest state of a version, of those at or before an event where one is given.
    pub async fn latest_snapshot(
        &self,
        project: &ProjectId,
        session_id: &SessionId,
        version: u32,
        at_or_before: Option<Seq>,
    ) -> Result<Option<Snapshot>, JournalError> {
        let until = at_or_before.map_or(i64::MAX, |seq| i64::try_from(seq.0).unwrap_or(i64::MAX));
        let mut conn = self.readers().acquire().await?;
        let Some(key) = crate::sessions::key(&mut conn, project, session_id).await? else {
            return Ok(None);
        };
        let row = sqlx::query(
            "SELECT seq, offset, board FROM snapshots WHERE session = ? AND version = ? AND seq <= ? \
             ORDER BY seq DESC LIMIT 1",
        )
        .bind(key)
        .bind(version)
        .bind(until)
        .fetch_optional(&mut *conn)
        .await?;
        let read = |row: sqlx::sqlite::SqliteRow| {
            Ok::<_, sqlx::Error>(Snapshot {
                seq: Seq(row.try_get::<i64, _>(0)? as u64),
                offset: Offset(row.try_get::<i64, _>(1)? as u64),
                board: row.try_get(2)?,
            })
        };
        Ok(row.map(read).transpose()?)
    }
}

async fn put(
    conn: &mut SqliteConnection,
    key: i64,
    version: u32,
    snapshot: Snapshot,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM snapshots WHERE session = ? AND version <> ?")
        .bind(key)
        .bind(version)
        .execute(&mut *conn)
        .await?;
    sqlx::query("INSERT OR REPLACE INTO snapshots (session, version, seq, offset, board) VALUES (?, ?, ?, ?, ?)")
        .bind(key)
        .bind(version)
        .bind(snapshot.seq.0 as i64)
        .bind(snapshot.offset.0 as i64)
        .bind(snapshot.board)
        .execute(conn)
        .await?;
    Ok(())
}

/// Above the bound, drops the one whose neighbours are nearest for its age, never the newest or the oldest.
async fn thin(conn: &mut SqliteConnection, key: i64, version: u32) -> Result<(), sqlx::Error> {
    let seqs: Vec<i64> = sqlx::query_scalar(
        "SELECT seq FROM snapshots WHERE session = ? AND version = ? ORDER BY seq",
    )
    .bind(key)
    .bind(version)
    .fetch_all(&mut *conn)
    .await?;
    if let Some(seq) = superfluous(&seqs) {
        sqlx::query("DELETE FROM snapshots WHERE session = ? AND version = ? AND seq = ?")
            .bind(key)
            .bind(version)
            .bind(seq)
            .execute(conn)
            .await?;
    }
    Ok(())
}

fn superfluous(seqs: &[i64]) -> Option<i64> {
    if seqs.len() <= KEPT {
        return None;
    }
    // Without the middle one of three, a fold to the third begins at the first.
    seqs.windows(3)
        .min_by_key(|three| three[2] - three[0])
        .map(|three| three[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_keeps_the_ends_and_spreads_the_rest() {
        let mut seqs = Vec::new();
        for seq in 1..=10_000 {
            seqs.push(seq);
            if let Some(dropped) = superfluous(&seqs) {
                seqs.retain(|seq| *seq != dropped);
            }
        }
        assert_eq!(seqs.len(), KEPT);
        assert_eq!((seqs.first(), seqs.last()), (Some(&1), Some(&10_000)));
        let widest = seqs.windows(2).map(|two| two[1] - two[0]).max().unwrap();
        assert!(widest <= 2 * 10_000 / (KEPT as i64 - 1) + 2, "{widest}");
    }
}
