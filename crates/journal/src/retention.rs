//! Letting old sessions go. In: bounds. Out: rows removed, and the space given back to the system.

use loopscope_event::{Duration, Timestamp};

use crate::{Journal, JournalError};

/// How long and how much is kept; `None` is without bound.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retention {
    /// Sessions whose newest event is older go.
    pub max_age: Option<Duration>,
    /// The file's size in bytes above which the oldest go.
    pub max_bytes: Option<u64>,
}

/// What was let go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retained {
    /// Sessions that went as a whole.
    pub sessions: u64,
    /// Events that went.
    pub events: u64,
    /// Bytes that the file gave back.
    pub bytes: u64,
}

impl Journal {
    /// Keeps the journal within bounds.
    #[expect(clippy::unused_async, reason = "the skeleton of what comes")]
    pub async fn retain(
        &self,
        _bounds: Retention,
        _now: Timestamp,
    ) -> Result<Retained, JournalError> {
        Ok(Retained::default())
    }
}
