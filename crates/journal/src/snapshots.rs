//! States of the fold on the way. In: bytes that only the server reads. Out: the newest at or before a moment.
//!
//! A session keeps many, evenly spread: whoever wants a moment folds on from the nearest one before it. Their number and
//! their bytes are bounded; beyond, the one goes whose neighbours are nearest. Those whose next events retention took
//! lead nowhere and go with them.

use loopscope_event::{Offset, ProjectId, Seq, SessionId};
use sqlx::Row as _;
use sqlx::sqlite::SqliteConnection;

use crate::{Journal, JournalError};

/// How many a session keeps of one version.
pub const SNAPSHOTS_KEPT: usize = 1_024;

/// How many bytes they hold, but for the newest and the oldest.
pub const SNAPSHOTS_BYTES: u64 = 32 << 20;

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

    /// Where a session's states of a version are, by `seq`, and how many bytes each is.
    pub async fn snapshot_places(
        &self,
        project: &ProjectId,
        session_id: &SessionId,
        version: u32,
    ) -> Result<Vec<(Seq, u64)>, JournalError> {
        let mut conn = self.readers().acquire().await?;
        let Some(key) = crate::sessions::key(&mut conn, project, session_id).await? else {
            return Ok(Vec::new());
        };
        let places = places(&mut conn, key, version).await?;
        let named = places.into_iter();
        Ok(named.map(|(seq, bytes)| (Seq(seq as u64), bytes)).collect())
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

/// The `seq` and the bytes of each, by `seq`.
async fn places(
    conn: &mut SqliteConnection,
    key: i64,
    version: u32,
) -> Result<Vec<(i64, u64)>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT seq, length(board) FROM snapshots WHERE session = ? AND version = ? ORDER BY seq",
    )
    .bind(key)
    .bind(version)
    .fetch_all(conn)
    .await?;
    let place = |row: &sqlx::sqlite::SqliteRow| {
        Ok((row.try_get(0)?, row.try_get::<i64, _>(1)?.max(0) as u64))
    };
    rows.iter().map(place).collect()
}

/// Above a bound, drops the one whose neighbours are nearest, never the newest or the oldest.
async fn thin(conn: &mut SqliteConnection, key: i64, version: u32) -> Result<(), sqlx::Error> {
    let mut places = places(conn, key, version).await?;
    while let Some(place) = superfluous(&places) {
        let (seq, _) = places.remove(place);
        sqlx::query("DELETE FROM snapshots WHERE session = ? AND version = ? AND seq = ?")
            .bind(key)
            .bind(version)
            .bind(seq)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

fn superfluous(places: &[(i64, u64)]) -> Option<usize> {
    let bytes: u64 = places.iter().map(|(_, bytes)| bytes).sum();
    if places.len() <= SNAPSHOTS_KEPT && bytes <= SNAPSHOTS_BYTES {
        return None;
    }
    // Without the middle one of three, a fold to the third begins at the first.
    let threes = places.windows(3).enumerate();
    let nearest = threes.min_by_key(|(_, three)| three[2].0 - three[0].0);
    nearest.map(|(place, _)| place + 1)
}

/// Drops the states of the sessions whose oldest events go, up to an offset, that no event leads on from any more.
pub(crate) async fn clear_stranded(
    conn: &mut SqliteConnection,
    offset: i64,
) -> Result<(), sqlx::Error> {
    let sessions: Vec<i64> =
        sqlx::query_scalar("SELECT DISTINCT session FROM events WHERE offset <= ?")
            .bind(offset)
            .fetch_all(&mut *conn)
            .await?;
    for session in sessions {
        sqlx::query(
            "DELETE FROM snapshots WHERE session = ? \
             AND seq < (SELECT first_seq - 1 FROM sessions WHERE key = ?)",
        )
        .bind(session)
        .bind(session)
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thinned(all: i64, bytes: u64) -> Vec<(i64, u64)> {
        let mut places = Vec::new();
        for seq in 1..=all {
            places.push((seq, bytes));
            while let Some(place) = superfluous(&places) {
                places.remove(place);
            }
        }
        places
    }

    #[test]
    fn thinning_keeps_the_ends_and_spreads_the_rest() {
        for (bytes, kept) in [(1, SNAPSHOTS_KEPT), (SNAPSHOTS_BYTES / 50, 50)] {
            let places = thinned(5_000, bytes);
            assert_eq!(places.len(), kept);
            assert_eq!((places[0].0, places[kept - 1].0), (1, 5_000));
            let widest = places.windows(2).map(|two| two[1].0 - two[0].0).max();
            let most = 2 * 5_000 / (kept as i64 - 1) + 2;
            assert!(widest.is_some_and(|widest| widest <= most), "{widest:?}");
        }
    }

    #[test]
    fn two_that_are_too_large_stay() {
        assert_eq!(thinned(9, SNAPSHOTS_BYTES).len(), 2);
    }
}
