//! Letting old sessions go. In: bounds. Out: rows removed, and the space given back to the system.
//!
//! A session goes as a whole: its row first, so that no list shows half of it, then its events, a chunk at a time and
//! between the groups of the intake. Crashed half-way, the next call goes on. Where the file is too large even so, the
//! oldest events of whatever is left go. Freed pages are moved to the end of the file and cut off, a stretch at a time.

use loopscope_event::{Duration, ProjectId, SessionId, Timestamp};
use sqlx::Row as _;
use sqlx::sqlite::SqliteConnection;

use crate::writer::Desk;
use crate::{Journal, JournalError};

/// How long and how much is kept; `None` is without bound.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retention {
    /// Sessions whose newest event was received longer ago go, ended or not.
    pub max_age: Option<Duration>,
    /// The bytes in use in the file above which sessions go, the one that ended first before the others; where none
    /// has ended, the oldest events.
    pub max_bytes: Option<u64>,
}

/// What was let go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retained {
    /// Sessions that went as a whole.
    pub sessions: u64,
    /// Events that went.
    pub events: u64,
    /// Bytes by which the file became smaller.
    pub bytes: u64,
}

/// Events removed, and pages moved, in one go; the intake waits so long.
const CHUNK: i64 = 2_000;
const PAGES: i64 = 1_000;

impl Journal {
    /// Keeps the journal within bounds. Intake goes on meanwhile; call it every minute or so, not twice at a time.
    pub async fn retain(
        &self,
        bounds: Retention,
        now: Timestamp,
    ) -> Result<Retained, JournalError> {
        let mut done = Retained::default();
        let before = self.file_bytes();
        self.clear_doomed(&mut done).await?;
        if let Some(max_age) = bounds.max_age {
            let cutoff = now.as_micros().saturating_sub(max_age.as_micros());
            while self.doom(Which::OlderThan(cutoff)).await? {
                done.sessions += 1;
                self.clear_doomed(&mut done).await?;
            }
        }
        if let Some(max_bytes) = bounds.max_bytes {
            while self.used_bytes().await? > max_bytes {
                if self.doom(Which::FirstEnded).await? {
                    done.sessions += 1;
                    self.clear_doomed(&mut done).await?;
                    continue;
                }
                // What was made of these events goes first: it may be enough.
                if self
                    .at_desk(|desk| Box::pin(crate::series::clear_oldest(desk, CHUNK)))
                    .await?
                {
                    continue;
                }
                let removed = self.at_desk(|desk| Box::pin(remove_oldest(desk))).await?;
                done.events += removed;
                if removed == 0 {
                    break;
                }
            }
        }
        self.give_back().await?;
        done.bytes = before.saturating_sub(self.file_bytes());
        Ok(done)
    }

    /// Removes one session with its events and commands; `false` where there is none.
    pub async fn delete_session(
        &self,
        project: &ProjectId,
        session_id: &SessionId,
    ) -> Result<bool, JournalError> {
        let (project, session_id) = (project.clone(), session_id.clone());
        let was_there = self
            .at_desk(move |desk| {
                Box::pin(async move {
                    let doomed = desk
                        .in_transaction(move |conn| {
                            Box::pin(async move {
                                match crate::sessions::key(conn, &project, &session_id).await? {
                                    Some(key) => doom_key(conn, key).await.map(|()| true),
                                    None => Ok(false),
                                }
                            })
                        })
                        .await?;
                    desk.forget_sessions().await?;
                    Ok(doomed)
                })
            })
            .await?;
        self.clear_doomed(&mut Retained::default()).await?;
        Ok(was_there)
    }

    /// The newest offset that retention removed; see [`Scan::horizon`](crate::Scan::horizon).
    pub fn horizon(&self) -> loopscope_event::Offset {
        loopscope_event::Offset(self.shared().horizon())
    }

    fn file_bytes(&self) -> u64 {
        std::fs::metadata(&self.shared().path).map_or(0, |meta| meta.len())
    }

    async fn used_bytes(&self) -> Result<u64, JournalError> {
        self.at_desk(|desk| Box::pin(used_bytes(&mut desk.conn)))
            .await
    }

    /// Takes one session out of the lists; answers whether there was one.
    async fn doom(&self, which: Which) -> Result<bool, JournalError> {
        self.at_desk(move |desk| {
            Box::pin(async move {
                let doomed = desk
                    .in_transaction(move |conn| Box::pin(doom(conn, which)))
                    .await?;
                desk.forget_sessions().await?;
                Ok(doomed)
            })
        })
        .await
    }

    async fn clear_doomed(&self, done: &mut Retained) -> Result<(), JournalError> {
        while let Some(removed) = self.at_desk(|desk| Box::pin(clear_chunk(desk))).await? {
            done.events += removed;
        }
        Ok(())
    }

    /// Moves free pages to the end and cuts them off.
    async fn give_back(&self) -> Result<(), JournalError> {
        loop {
            let left: i64 = self
                .at_desk(|desk| {
                    Box::pin(async move {
                        let sql =
                            sqlx::AssertSqlSafe(format!("PRAGMA incremental_vacuum({PAGES})"));
                        sqlx::query(sql).execute(&mut desk.conn).await?;
                        sqlx::query_scalar("PRAGMA freelist_count")
                            .fetch_one(&mut desk.conn)
                            .await
                    })
                })
                .await?;
            // The file itself becomes shorter when the log is moved into it.
            self.at_desk(|desk| {
                Box::pin(async move {
                    sqlx::query("PRAGMA wal_checkpoint(PASSIVE)")
                        .execute(&mut desk.conn)
                        .await
                })
            })
            .await?;
            if left == 0 {
                return Ok(());
            }
        }
    }
}

/// Which session goes next.
#[derive(Clone, Copy)]
enum Which {
    /// One whose newest event was received before.
    OlderThan(i64),
    /// The one that ended first.
    FirstEnded,
}

async fn used_bytes(conn: &mut SqliteConnection) -> Result<u64, sqlx::Error> {
    let mut figures = [0_i64; 3];
    let pragmas = [
        "PRAGMA page_count",
        "PRAGMA freelist_count",
        "PRAGMA page_size",
    ];
    for (figure, pragma) in figures.iter_mut().zip(pragmas) {
        *figure = sqlx::query_scalar(pragma).fetch_one(&mut *conn).await?;
    }
    let [pages, free, page_bytes] = figures;
    Ok(((pages - free) * page_bytes) as u64)
}

async fn doom(conn: &mut SqliteConnection, which: Which) -> Result<bool, sqlx::Error> {
    let (sql, cutoff) = match which {
        Which::OlderThan(cutoff) => (
            "SELECT key FROM sessions WHERE last_event_at < ? ORDER BY last_event_at LIMIT 1",
            cutoff,
        ),
        Which::FirstEnded => (
            "SELECT key FROM sessions WHERE ended_at <= ? ORDER BY ended_at LIMIT 1",
            i64::MAX,
        ),
    };
    let found: Option<i64> = sqlx::query_scalar(sql)
        .bind(cutoff)
        .fetch_optional(&mut *conn)
        .await?;
    let Some(key) = found else {
        return Ok(false);
    };
    doom_key(conn, key).await.map(|()| true)
}

async fn doom_key(conn: &mut SqliteConnection, key: i64) -> Result<(), sqlx::Error> {
    for sql in [
        "INSERT INTO doomed (session) VALUES (?)",
        "DELETE FROM snapshots WHERE session = ?",
        "DELETE FROM summaries WHERE session = ?",
        "DELETE FROM commands WHERE session = ?",
        "DELETE FROM runners WHERE session = ?",
        "DELETE FROM alerts WHERE session = ?",
        "DELETE FROM alert_watches WHERE session = ?",
        "DELETE FROM annotations WHERE session = ?",
        "DELETE FROM widget_states WHERE session = ?",
        "DELETE FROM session_tags WHERE session = ?",
        "DELETE FROM sessions WHERE key = ?",
    ] {
        sqlx::query(sql).bind(key).execute(&mut *conn).await?;
    }
    crate::series::clear_words(conn, key).await
}

/// Removes a chunk of a doomed session's series, then of its events; `None` where no session is doomed.
async fn clear_chunk(desk: &mut Desk) -> Result<Option<u64>, sqlx::Error> {
    let doomed: Option<i64> = sqlx::query_scalar("SELECT session FROM doomed LIMIT 1")
        .fetch_optional(&mut desk.conn)
        .await?;
    let Some(key) = doomed else {
        return Ok(None);
    };
    let had_series = desk
        .in_transaction(move |conn| Box::pin(crate::series::clear_chunks(conn, key)))
        .await?;
    if had_series {
        return Ok(Some(0));
    }
    // Offsets rise with seq, so the last of the chunk is the newest that goes.
    let last = sqlx::query(
        "SELECT max(seq), max(offset) FROM (SELECT seq, offset FROM events WHERE session = ? ORDER BY seq LIMIT ?)",
    )
    .bind(key)
    .bind(CHUNK)
    .fetch_one(&mut desk.conn)
    .await?;
    let (seq, offset): (Option<i64>, Option<i64>) = (last.try_get(0)?, last.try_get(1)?);
    let head = mark_gone(desk, offset);
    let removed = desk
        .in_transaction(move |conn| {
            Box::pin(async move {
                let Some(seq) = seq else {
                    sqlx::query("DELETE FROM doomed WHERE session = ?")
                        .bind(key)
                        .execute(conn)
                        .await?;
                    return Ok(0);
                };
                crate::search::clear_session(conn, key, seq).await?;
                let done = sqlx::query("DELETE FROM events WHERE session = ? AND seq <= ?")
                    .bind(key)
                    .bind(seq)
                    .execute(&mut *conn)
                    .await?;
                note_gone(conn, head, offset).await?;
                Ok(done.rows_affected())
            })
        })
        .await?;
    Ok(Some(removed))
}

/// Removes a chunk of the oldest events of whatever is there.
async fn remove_oldest(desk: &mut Desk) -> Result<u64, sqlx::Error> {
    let offset: Option<i64> = sqlx::query_scalar(
        "SELECT max(offset) FROM (SELECT offset FROM events ORDER BY offset LIMIT ?)",
    )
    .bind(CHUNK)
    .fetch_one(&mut desk.conn)
    .await?;
    let Some(last) = offset else {
        return Ok(0);
    };
    let head = mark_gone(desk, offset);
    desk.in_transaction(move |conn| {
        Box::pin(async move {
            sqlx::query(
                "UPDATE sessions SET first_seq = gone.seq + 1 FROM \
                 (SELECT session, max(seq) AS seq FROM events WHERE offset <= ? GROUP BY session) AS gone \
                 WHERE sessions.key = gone.session",
            )
            .bind(last)
            .execute(&mut *conn)
            .await?;
            crate::snapshots::clear_stranded(conn, last).await?;
            crate::search::clear_oldest(conn, last).await?;
            let done = sqlx::query("DELETE FROM events WHERE offset <= ?")
                .bind(last)
                .execute(&mut *conn)
                .await?;
            note_gone(conn, head, offset).await?;
            Ok(done.rows_affected())
        })
    })
    .await
}

/// Before rows go: readers are told first, so that none reads on over a hole without noticing, and nothing in memory
/// answers with a place that will be gone. Answers the head.
fn mark_gone(desk: &mut Desk, newest: Option<i64>) -> i64 {
    if let Some(newest) = newest {
        desk.shared.raise_horizon(newest as u64);
    }
    desk.recent.forget();
    desk.next_offset - 1
}

/// In the transaction that removes rows: no offset up to the head is given again, and cursors below the newest that
/// went are told so.
async fn note_gone(
    conn: &mut SqliteConnection,
    head: i64,
    newest: Option<i64>,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE journal SET head = max(head, ?), horizon = max(horizon, ?)")
        .bind(head)
        .bind(newest.unwrap_or_default())
        .execute(conn)
        .await?;
    Ok(())
}
