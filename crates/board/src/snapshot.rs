//! A board at a moment, as `GET /api/v1/sessions/{id}` answers it and a page is rendered from it.

use loopscope_event::{Cursor, Seq, Timestamp};
use loopscope_protocol::SessionSummary;
use serde::{Deserialize, Serialize};

use crate::Board;

/// A session at a moment. Subscribe to the session with `since` the cursor, apply what comes, and the board stays true.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionSnapshot {
    /// The session's row, as lists show it.
    pub summary: SessionSummary,
    /// Everything that its page shows.
    pub board: Board,
    /// What the board has seen.
    pub cursor: Cursor,
    /// The server's clock when it answered.
    pub server_time: Timestamp,
}

/// A session as it was after one of its events, as `GET /api/v1/sessions/{id}/board` answers it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionMoment {
    /// The event: the newest that the board has seen.
    pub seq: Seq,
    /// When it happened.
    pub timestamp: Timestamp,
    /// The oldest event whose moment can be shown; above 1 where retention took the events before.
    pub first_seq: Seq,
    /// The newest event that is stored.
    pub last_seq: Seq,
    /// The session's row at that moment.
    pub summary: SessionSummary,
    /// Everything that its page showed.
    pub board: Board,
}
