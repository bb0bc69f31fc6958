//! A board as it is kept in the journal: JSON, deflated. A board repeats its words, and many are kept of a session.

use std::io::{Read as _, Write as _};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use loopscope_board::{BOARD_VERSION, Board};
use loopscope_journal::{Journal, Snapshot};

/// Keeps a board. A lost one is only a longer fold: what goes wrong is told here.
pub(super) async fn put(journal: &Journal, board: std::sync::Arc<Board>) {
    let (project, session) = (board.project().clone(), board.session_id().clone());
    let packed = tokio::task::spawn_blocking(move || {
        Ok::<_, std::io::Error>(Snapshot {
            seq: board.seq(),
            offset: board.offset(),
            board: pack(&board)?,
        })
    });
    let snapshot = match packed.await {
        Ok(Ok(snapshot)) => snapshot,
        Ok(Err(error)) => return tracing::error!(%error, "a board cannot be written"),
        // The runtime stops.
        Err(_) => return,
    };
    let stored = journal.put_snapshot(&project, &session, BOARD_VERSION, snapshot);
    if let Err(error) = stored.await {
        tracing::warn!(%error, "a snapshot could not be written");
    }
}

/// The board of a snapshot; `None` where it cannot be read.
pub(super) fn board_of(snapshot: &Snapshot) -> Option<Board> {
    unpack(&snapshot.board)
        .inspect_err(
            |error| tracing::warn!(%error, "a stored board is unreadable and is folded anew"),
        )
        .ok()
}

fn pack(board: &Board) -> std::io::Result<Vec<u8>> {
    let mut packer = DeflateEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(&serde_json::to_vec(board)?)?;
    packer.finish()
}

fn unpack(bytes: &[u8]) -> std::io::Result<Board> {
    let mut text = Vec::with_capacity(bytes.len() * 8);
    DeflateDecoder::new(bytes).read_to_end(&mut text)?;
    Ok(serde_json::from_slice(&text)?)
}

#[cfg(test)]
mod tests {
    use loopscope_event::{ProjectId, SessionId};

    use super::*;
    use crate::testing::event;

    #[test]
    fn a_board_comes_back_as_it_was_and_what_is_none_is_refused() {
        let mut board = Board::new(ProjectId::default(), SessionId::new("a").unwrap());
        for seq in 1..=200 {
            board.apply(&event(seq, "a", seq));
        }
        let packed = pack(&board).unwrap();
        assert_eq!(unpack(&packed).unwrap(), board);
        assert!(unpack(&packed[..packed.len() / 2]).is_err());
        assert!(unpack(b"{}").is_err());
    }
}
