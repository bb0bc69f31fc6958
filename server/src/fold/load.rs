//! Folds a session from the journal: the newest snapshot on disk, and the events after it.

use loopscope_board::{BOARD_VERSION, Board};
use loopscope_event::Seq;
use loopscope_journal::{EventQuery, Journal, JournalError};

use super::boards::Key;

/// How many events are read at once.
const PAGE: u32 = 2_000;

/// Why a session could not be loaded.
#[derive(Debug, thiserror::Error)]
#[error("the session could not be read: {0}")]
pub(crate) struct LoadError(#[from] JournalError);

/// A session's board as of now; `None` where the journal knows no such session.
pub(super) async fn from_journal(journal: &Journal, key: &Key) -> Result<Option<Board>, LoadError> {
    let (project, session) = key;
    let mut board = match snapshot(journal, key).await? {
        Some(board) => board,
        None => Board::new(project.clone(), session.clone()),
    };
    loop {
        let query = EventQuery {
            after: Some(board.seq()),
            limit: PAGE,
            ..EventQuery::default()
        };
        let page = journal.session_events(project, session, &query).await?;
        for event in &page.events {
            board.apply(event);
        }
        if !page.more {
            break;
        }
    }
    Ok((board.seq() > Seq(0)).then_some(board))
}

/// The newest snapshot of this version; one that cannot be read is folded anew.
async fn snapshot(journal: &Journal, key: &Key) -> Result<Option<Board>, LoadError> {
    let (project, session) = key;
    let stored = journal
        .latest_snapshot(project, session, BOARD_VERSION, None)
        .await?;
    let Some(stored) = stored else {
        return Ok(None);
    };
    match serde_json::from_slice(&stored.board) {
        Ok(board) => Ok(Some(board)),
        Err(error) => {
            tracing::warn!(%error, session = session.as_str(), "a stored board is unreadable and is folded anew");
            Ok(None)
        }
    }
}
