//! Folds a session from the journal: the newest snapshot on disk, and the events after it.

use loopscope_board::{BOARD_VERSION, Board};
use loopscope_event::Seq;
use loopscope_journal::{EventQuery, Journal, JournalError};

use super::boards::Key;
use super::stored;

/// How many events are read at once.
pub(super) const PAGE: u32 = 2_000;

/// Why a session could not be loaded.
#[derive(Debug, thiserror::Error)]
#[error("the session could not be read: {0}")]
pub(crate) struct LoadError(#[from] JournalError);

/// A session's board as of now; `None` where the journal knows no such session.
pub(crate) async fn from_journal(journal: &Journal, key: &Key) -> Result<Option<Board>, LoadError> {
    let (project, session) = key;
    let stored = journal
        .latest_snapshot(project, session, BOARD_VERSION, None)
        .await?;
    let mut board = stored
        .and_then(|snapshot| stored::board_of(&snapshot))
        .unwrap_or_else(|| Board::new(project.clone(), session.clone()));
    note_file(journal, &mut board, Seq(u64::MAX));
    while fold_page(journal, &mut board, Seq(u64::MAX)).await? {}
    // Of a file that was cut off less is here than it said.
    let last = board.seq();
    note_file(journal, &mut board, last);
    Ok((last > Seq(0)).then_some(board))
}

/// Tells a board up to which event it came from a file, at most up to its session's last. One that is behind that knows
/// by itself.
pub(super) fn note_file(journal: &Journal, board: &mut Board, last: Seq) {
    let until = journal.archived_until(board.project(), board.session_id());
    let until = until.map(|until| until.min(last));
    if let Some(until) = until.filter(|until| board.seq() <= *until) {
        board.came_from_file(until);
    }
}

/// A session's board as what is kept of its events gives it, and nothing else.
pub(crate) async fn from_events(journal: &Journal, key: &Key) -> Result<Option<Board>, LoadError> {
    let mut board = Board::new(key.0.clone(), key.1.clone());
    while fold_page(journal, &mut board, Seq(u64::MAX)).await? {}
    Ok((board.seq() > Seq(0)).then_some(board))
}

/// Folds a board on, by at most a page of events and no further than an event. Out: whether there may be more.
pub(super) async fn fold_page(
    journal: &Journal,
    board: &mut Board,
    upto: Seq,
) -> Result<bool, LoadError> {
    let left = upto.0.saturating_sub(board.seq().0);
    let query = EventQuery {
        after: Some(board.seq()),
        limit: PAGE.min(u32::try_from(left).unwrap_or(PAGE)),
        ..EventQuery::default()
    };
    if query.limit == 0 {
        return Ok(false);
    }
    let page = journal
        .session_events(board.project(), board.session_id(), &query)
        .await?;
    for event in page.events.iter().filter(|event| event.seq <= upto) {
        board.apply(event);
    }
    Ok(page.more && board.seq() < upto)
}
