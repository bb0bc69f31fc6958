//! What can go wrong, by who has to act on it. In: sqlx's and the system's errors. Out: this crate's.

use std::io;
use std::path::PathBuf;

use sqlx::error::DatabaseError as _;

/// Why a journal was not opened. In every case but `Storage` the file is as it was.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another server holds the file.
    #[error("{path} is in use by another loopscope server{}", pid.map(|pid| format!(" (process {pid})")).unwrap_or_default())]
    InUse {
        /// The database file.
        path: PathBuf,
        /// The process that holds it, where it is known.
        pid: Option<u32>,
    },
    /// The file was written by a later version of Loopscope.
    #[error(
        "{path} was written by a newer Loopscope (schema {found}, this one knows up to {known}); upgrade Loopscope, or open another file"
    )]
    Newer {
        /// The database file.
        path: PathBuf,
        /// The schema version in the file.
        found: u32,
        /// The newest schema version known here.
        known: u32,
    },
    /// The file is a SQLite database of another program.
    #[error(
        "{path} is the SQLite database of another program; it is left untouched, choose another file"
    )]
    Foreign {
        /// The database file.
        path: PathBuf,
    },
    /// The file is no database, or a damaged one.
    #[error(
        "{path} is damaged or no journal: {what}; it is left untouched, restore a copy or choose another file"
    )]
    Corrupt {
        /// The database file.
        path: PathBuf,
        /// What does not hold.
        what: String,
    },
    /// The file is not there, and this way of opening does not make one.
    #[error("{path} does not exist")]
    Missing {
        /// The database file.
        path: PathBuf,
    },
    /// The system refused.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// SQLite refused.
    #[error("{path}: {message}")]
    Storage {
        /// The database file.
        path: PathBuf,
        /// What SQLite said.
        message: String,
    },
}

/// Why a batch was not acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// The disk is full, or the file is at its bound. Nothing of the batch counts; intake goes on when there is room.
    #[error("the disk is full")]
    DiskFull,
    /// More waits than the bound allows; try again.
    #[error("the journal's queue is full")]
    TooBusy,
    /// The journal was closed.
    #[error("the journal is closed")]
    Closed,
    /// Anything else that the storage said. The batch may be in the journal all the same; sending it again is safe.
    #[error("storage: {0}")]
    Storage(String),
}

/// Why something other than an append failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// The disk is full, or the file is at its bound.
    #[error("the disk is full")]
    DiskFull,
    /// The journal was closed.
    #[error("the journal is closed")]
    Closed,
    /// A page token that was not made by this journal.
    #[error("not a page token of this list")]
    BadToken,
    /// What it is about does not exist.
    #[error("not found")]
    NotFound,
    /// Anything else that the storage said.
    #[error("storage: {0}")]
    Storage(String),
}

/// What an error of SQLite means for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    Full,
    Duplicate,
    Damaged,
    Other,
}

impl Cause {
    pub(crate) fn of(error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(database) => {
                let code = database
                    .downcast_ref::<sqlx::sqlite::SqliteError>()
                    .code()
                    .and_then(|code| code.parse::<u32>().ok())
                    .unwrap_or_default();
                match (code & 0xff, code >> 8) {
                    // SQLITE_FULL; SQLITE_IOERR_SHMSIZE, the shared memory file that cannot grow.
                    (13, _) | (10, 19) => Self::Full,
                    // SQLITE_CONSTRAINT_UNIQUE
                    (19, 8) => Self::Duplicate,
                    // SQLITE_CORRUPT, SQLITE_NOTADB
                    (11 | 26, _) => Self::Damaged,
                    _ => Self::Other,
                }
            }
            sqlx::Error::Io(error) => Self::of_io(error),
            _ => Self::Other,
        }
    }

    pub(crate) fn of_io(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Other,
        }
    }
}

impl From<sqlx::Error> for JournalError {
    fn from(error: sqlx::Error) -> Self {
        match (Cause::of(&error), &error) {
            (Cause::Full, _) => Self::DiskFull,
            (_, sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed) => Self::Closed,
            _ => Self::Storage(error.to_string()),
        }
    }
}

impl From<AppendError> for JournalError {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::DiskFull => Self::DiskFull,
            AppendError::Closed => Self::Closed,
            other => Self::Storage(other.to_string()),
        }
    }
}

impl From<sqlx::Error> for AppendError {
    fn from(error: sqlx::Error) -> Self {
        match (Cause::of(&error), &error) {
            (Cause::Full, _) => Self::DiskFull,
            (_, sqlx::Error::WorkerCrashed) => Self::Closed,
            _ => Self::Storage(error.to_string()),
        }
    }
}

impl From<io::Error> for AppendError {
    fn from(error: io::Error) -> Self {
        match Cause::of_io(&error) {
            Cause::Full => Self::DiskFull,
            _ => Self::Storage(error.to_string()),
        }
    }
}
