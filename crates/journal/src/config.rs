//! How a journal is opened. In: a path, and bounds where the defaults do not fit. Out: [`JournalConfig`].

use std::path::PathBuf;

/// Where the journal lies and what bounds it has.
#[derive(Debug, Clone)]
pub struct JournalConfig {
    /// The database file; its folder is made where it is missing.
    pub path: PathBuf,
    /// How many bytes of events may wait for their commit and their fsync. Beyond it
    /// [`append`](crate::Journal::append) answers [`TooBusy`](crate::AppendError::TooBusy).
    pub queue_bytes: usize,
    /// The most events in one commit. A single call's batch is never split, so a larger one is a group of its own.
    pub group_events: usize,
    /// How many connections serve readers.
    pub readers: u32,
    /// A hard bound on the database file, in bytes: beyond it the journal behaves as on a full disk.
    pub max_bytes_hard: Option<u64>,
    /// The writer's page cache, in bytes; it grows only as far as it is used.
    pub cache_bytes: u64,
    /// The write-ahead log's size in bytes above which it is emptied even under load.
    pub wal_bytes: u64,
}

impl JournalConfig {
    /// The defaults, for a file.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            queue_bytes: 64 << 20,
            group_events: 1024,
            readers: 4,
            max_bytes_hard: None,
            cache_bytes: 32 << 20,
            wal_bytes: 64 << 20,
        }
    }
}
