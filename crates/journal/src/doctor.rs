//! Whether a file is sound. In: a path. Out: a [`Report`]; nothing is changed.
//!
//! For the command line, beside a running server or without one. Not for the process that has the journal open: a
//! plain handle on the file, closed there, would drop SQLite's locks. That one has [`Journal::storage`].

use std::fs::File;
use std::path::{Path, PathBuf};

use loopscope_event::Timestamp;
use sqlx::sqlite::SqliteConnection;
use sqlx::{ConnectOptions as _, Connection as _, Row as _};

use crate::store::probe::{Found, probe};
use crate::store::{connect, lock, open};
use crate::{Journal, JournalError, OpenError};

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The database file.
    pub path: PathBuf,
    /// What is wrong; empty where all is well.
    pub problems: Vec<String>,
    /// The schema's version.
    pub schema: u32,
    /// The version of SQLite that looked.
    pub sqlite: String,
    /// Whether a server has it open.
    pub in_use: bool,
    /// Whether it was closed in order; `false` while it is in use.
    pub clean: bool,
    /// The present epoch.
    pub epoch: u32,
    /// The sizes and the counts.
    pub storage: Storage,
}

/// How large a journal is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Storage {
    /// The database file, in bytes.
    pub file_bytes: u64,
    /// The write-ahead log, in bytes.
    pub log_bytes: u64,
    /// Pages of the file that nothing uses, in bytes.
    pub free_bytes: u64,
    /// A page, in bytes.
    pub page_bytes: u64,
    /// Projects.
    pub projects: u64,
    /// Sessions.
    pub sessions: u64,
    /// Events that are kept.
    pub events: u64,
    /// The newest event's place.
    pub head: u64,
    /// The newest event that retention removed.
    pub horizon: u64,
    /// When the session that began first began, by its producer's clock.
    pub oldest_session_at: Option<Timestamp>,
    /// When the newest event was received.
    pub newest_event_at: Option<Timestamp>,
}

impl Journal {
    /// How large the journal is.
    pub async fn storage(&self) -> Result<Storage, JournalError> {
        let mut conn = self.readers().acquire().await?;
        let mut storage = storage(&mut conn, &self.shared().path).await?;
        storage.head = self.head().0;
        Ok(storage)
    }
}

/// Looks through the whole file; takes seconds a gigabyte. Refuses what [`Journal::open`] would refuse, but for damage
/// that it can put into words.
pub async fn doctor(path: impl AsRef<Path>) -> Result<Report, OpenError> {
    let path = path.as_ref();
    let Found::Ours { has_log } = probe(path)? else {
        return Err(OpenError::Missing {
            path: path.to_owned(),
        });
    };
    let in_use = is_locked(path);
    let options = if in_use || has_log {
        connect::reader(path)
    } else {
        connect::untouched(path)
    };
    let look = async {
        let mut conn = options.connect().await?;
        let report = look(&mut conn, path, in_use).await?;
        conn.close().await?;
        Ok(report)
    };
    look.await.map_err(|error| open::refused(path, &error))
}

/// Whether a server holds the lock; nothing is made where there is none.
fn is_locked(path: &Path) -> bool {
    File::open(lock::beside(path, ".lock")).is_ok_and(|file| {
        matches!(
            file.try_lock_shared(),
            Err(std::fs::TryLockError::WouldBlock)
        )
    })
}

async fn look(
    conn: &mut SqliteConnection,
    path: &Path,
    in_use: bool,
) -> Result<Report, sqlx::Error> {
    let mut problems: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check(100)")
        .fetch_all(&mut *conn)
        .await?;
    problems.retain(|problem| problem != "ok");
    problems.extend(gaps(conn).await?);
    if has_words(conn).await? {
        problems.extend(words(conn).await?);
    }
    let journal = sqlx::query("SELECT epoch, clean, sqlite_version() FROM journal")
        .fetch_one(&mut *conn)
        .await?;
    Ok(Report {
        path: path.to_owned(),
        problems,
        schema: sqlx::query_scalar("PRAGMA user_version")
            .fetch_one(&mut *conn)
            .await?,
        sqlite: journal.try_get(2)?,
        in_use,
        clean: journal.try_get(1)?,
        epoch: journal.try_get(0)?,
        storage: storage(conn, path).await?,
    })
}

/// Sessions whose events are not exactly those from its first to its last, and events that belong to none.
async fn gaps(conn: &mut SqliteConnection) -> Result<Vec<String>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT g.session, s.session_id, g.n, g.low, g.high, s.first_seq, s.last_seq FROM \
         (SELECT session, count(*) AS n, min(seq) AS low, max(seq) AS high FROM events GROUP BY session) AS g \
         LEFT JOIN sessions s ON s.key = g.session \
         WHERE g.session NOT IN (SELECT session FROM doomed) \
         AND (s.key IS NULL OR g.n <> g.high - g.low + 1 OR g.low <> s.first_seq OR g.high <> s.last_seq) LIMIT 100",
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut problems: Vec<String> = rows
        .iter()
        .map(|row| {
            let number = |column: usize| row.try_get::<Option<i64>, _>(column);
            let (count, low, high) = (number(2)?, number(3)?, number(4)?);
            let text = |value: Option<i64>| {
                value.map_or_else(|| "?".to_owned(), |value| value.to_string())
            };
            Ok(match row.try_get::<Option<String>, _>(1)? {
                None => format!(
                    "{} events of a session without a row (key {})",
                    text(count),
                    text(number(0)?)
                ),
                Some(session) => format!(
                    "session {session:?} has {} events from {} to {}, its row says {} to {}",
                    text(count),
                    text(low),
                    text(high),
                    text(number(5)?),
                    text(number(6)?)
                ),
            })
        })
        .collect::<Result<_, sqlx::Error>>()?;
    let empty: Vec<String> = sqlx::query_scalar(
        "SELECT session_id FROM sessions s WHERE last_seq >= first_seq \
         AND NOT EXISTS (SELECT 1 FROM events e WHERE e.session = s.key) LIMIT 100",
    )
    .fetch_all(conn)
    .await?;
    problems.extend(
        empty
            .iter()
            .map(|session| format!("session {session:?} has no events")),
    );
    Ok(problems)
}

/// A file of an older version, that nobody has opened since, has no words yet.
async fn has_words(conn: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    let sql = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'search_docsize')";
    sqlx::query_scalar(sql).fetch_one(conn).await
}

/// Words of events that are gone.
async fn words(conn: &mut SqliteConnection) -> Result<Vec<String>, sqlx::Error> {
    let left: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM search_docsize WHERE id NOT IN (SELECT offset FROM events)",
    )
    .fetch_one(conn)
    .await?;
    let told = (left > 0).then(|| format!("the search has words of {left} events that are gone"));
    Ok(told.into_iter().collect())
}

async fn storage(conn: &mut SqliteConnection, path: &Path) -> Result<Storage, sqlx::Error> {
    let page_bytes: i64 = sqlx::query_scalar("PRAGMA page_size")
        .fetch_one(&mut *conn)
        .await?;
    let free: i64 = sqlx::query_scalar("PRAGMA freelist_count")
        .fetch_one(&mut *conn)
        .await?;
    let row = sqlx::query(
        "SELECT (SELECT count(*) FROM projects), count(*), coalesce(sum(last_seq - first_seq + 1), 0), \
         max((SELECT head FROM journal), coalesce((SELECT max(offset) FROM events), 0)), \
         (SELECT horizon FROM journal), min(started_at), max(last_event_at) FROM sessions",
    )
    .fetch_one(conn)
    .await?;
    let count = |column: usize| {
        row.try_get::<i64, _>(column)
            .map(|value| value.max(0) as u64)
    };
    let time = |column: usize| {
        let micros: Option<i64> = row.try_get(column)?;
        Ok::<_, sqlx::Error>(micros.map(Timestamp::from_micros))
    };
    let bytes = |path: &Path| std::fs::metadata(path).map_or(0, |meta| meta.len());
    Ok(Storage {
        file_bytes: bytes(path),
        log_bytes: bytes(&lock::beside(path, "-wal")),
        free_bytes: (free * page_bytes) as u64,
        page_bytes: page_bytes as u64,
        projects: count(0)?,
        sessions: count(1)?,
        events: count(2)?,
        head: count(3)?,
        horizon: count(4)?,
        oldest_session_at: time(5)?,
        newest_event_at: time(6)?,
    })
}
