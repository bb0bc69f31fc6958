//! A session at a moment that is over: the nearest board that was kept before it, folded on to it.
//!
//! In: an event or a time. Out: the board that was live then. What lies further from a kept board than it should
//! leaves boards behind on the way, so that the next look is quick.

use std::sync::Arc;

use loopscope_board::{BOARD_VERSION, Board, SessionMoment};
use loopscope_event::{ProjectId, Seq, SessionId, Timestamp};
use loopscope_protocol::Moment;

use super::{Fold, LoadError, load, stored};

impl Fold {
    /// A session at a moment, within what is kept; `None` where there is no such session.
    pub(crate) async fn moment(
        &self,
        project: &ProjectId,
        session: &SessionId,
        at: Moment,
    ) -> Result<Option<SessionMoment>, LoadError> {
        let journal = &self.0.journal;
        let at = match at {
            Moment::Seq(seq) => seq,
            Moment::Time(time) => match journal.seq_at(project, session, time).await? {
                Some(seq) => seq,
                None => return Ok(None),
            },
        };
        let base = journal
            .moment_base(project, session, BOARD_VERSION, at)
            .await?;
        let Some(base) = base else { return Ok(None) };
        let kept = base.snapshot.as_ref().and_then(stored::board_of);
        let mut board = kept.unwrap_or_else(|| Board::new(project.clone(), session.clone()));
        load::note_file(journal, &mut board, base.last);
        let board = self.fold_to(board, base.seq).await?;
        Ok(Some(SessionMoment {
            // A session that is deleted meanwhile has no event there any more.
            seq: board.seq(),
            timestamp: board.moment().unwrap_or(Timestamp::default()),
            first_seq: base.first,
            last_seq: base.last,
            summary: board.summary(),
            board,
        }))
    }

    async fn fold_to(&self, mut board: Board, upto: Seq) -> Result<Board, LoadError> {
        let spacing = self.0.spacing;
        let mut kept = board.seq().0;
        while board.seq() < upto {
            let next = Seq((board.seq().0 / spacing + 1).saturating_mul(spacing)).min(upto);
            if !load::fold_page(&self.0.journal, &mut board, next).await? && board.seq() < next {
                break;
            }
            if board.seq() == next && next.0 >= kept + spacing && next < upto {
                kept = next.0;
                self.0.boards.pass(Arc::new(board.clone()));
            }
        }
        Ok(board)
    }
}

#[cfg(test)]
mod tests;
