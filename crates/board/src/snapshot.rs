//! A board at a moment, as `GET /api/v1/sessions/{id}` answers it and a page is rendered from it.

use loopscope_event::{Cursor, Timestamp};
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
