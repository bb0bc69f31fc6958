//! Connections: what each kind of them may do. In: a path. Out: SQLite connection options.

use std::path::Path;
use std::time::Duration;

use sqlx::ConnectOptions as _;
use sqlx::sqlite::{SqliteAutoVacuum, SqliteConnectOptions, SqliteSynchronous};

/// How long a connection waits for another process's short transaction (the command line's).
const BUSY: Duration = Duration::from_secs(5);

fn base(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(false)
        .busy_timeout(BUSY)
        .disable_statement_logging()
}

/// The writer: commits without an fsync of its own (`synchronous=NORMAL`), never checkpoints on its own accord.
pub(crate) fn writer(path: &Path, cache_bytes: u64) -> SqliteConnectOptions {
    base(path)
        .synchronous(SqliteSynchronous::Normal)
        .pragma("wal_autocheckpoint", "0")
        .pragma("cache_size", format!("-{}", cache_bytes / 1024))
        .pragma("temp_store", "MEMORY")
        .thread_name(|_| "journal-writer".into())
}

/// The one that makes a new file, in rollback mode, so that a half-made file is never taken for a journal.
pub(crate) fn creator(path: &Path) -> SqliteConnectOptions {
    base(path)
        .create_if_missing(true)
        .auto_vacuum(SqliteAutoVacuum::Incremental)
}

/// Copies the write-ahead log into the file, beside the writer.
pub(crate) fn checkpointer(path: &Path) -> SqliteConnectOptions {
    base(path)
        .busy_timeout(Duration::from_millis(100))
        .synchronous(SqliteSynchronous::Normal)
        .pragma("wal_autocheckpoint", "0")
        .thread_name(|_| "journal-ckpt".into())
}

/// Readers see committed rows and can change nothing.
pub(crate) fn reader(path: &Path) -> SqliteConnectOptions {
    base(path)
        .read_only(true)
        .pragma("cache_size", "-4096")
        .pragma("temp_store", "MEMORY")
        .thread_name(|id| format!("journal-read-{id}"))
}

/// The command line's, beside a running server.
pub(crate) fn beside(path: &Path) -> SqliteConnectOptions {
    base(path).synchronous(SqliteSynchronous::Full)
}

/// Looks at a file that nobody uses without making a `-wal` or `-shm` beside it.
pub(crate) fn untouched(path: &Path) -> SqliteConnectOptions {
    base(path).read_only(true).immutable(true)
}
