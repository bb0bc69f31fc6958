//! The fold's house: one task reads every event in order and keeps the boards of active sessions true.
//!
//! In: the ring. Out: sessions at a moment ([`Fold::session`]), their rows in the journal (as new as the events where
//! [`Fold::settle`] was waited for), and the news that watchers get: changed rows at most ten times a second, the
//! Overview's numbers once a second ([`Feed`]).
//!
//! Boards are shared copies: a snapshot takes a reference, and the fold copies a board only if someone still holds
//! it. What is not in memory is folded anew from the newest snapshot on disk and the events after it. Snapshots lie
//! [`SPACING`] events apart, so that any moment that is over is folded as quickly ([`Fold::moment`]); where they are
//! missing [`keep_spaced`] makes them.

mod boards;
mod feed;
mod load;
mod rate;
mod record;
mod replay;
mod run;
mod save;
mod settle;
mod space;
mod stored;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use loopscope_board::{Board, SessionSnapshot};
use loopscope_event::{Cursor, Offset, ProjectId, SessionId};
use loopscope_journal::Journal;
use loopscope_protocol::SessionSummary;

use boards::{Boards, Key};
pub(crate) use feed::{Feed, News, Seen, Wants};
pub(crate) use load::{LoadError, from_events, from_journal};
pub(crate) use record::summary_of;
pub(crate) use run::{Told, run};
pub(crate) use space::keep_spaced;

use crate::life::now;
use rate::Rate;
use settle::Settling;

/// How many events lie between two boards that are kept: what a look at a moment folds at most.
pub(crate) const SPACING: u64 = 2_000;

/// The handle on the fold.
#[derive(Clone)]
pub(crate) struct Fold(Arc<Shared>);

struct Shared {
    journal: Journal,
    boards: Boards,
    feed: Feed,
    rate: Rate,
    settling: Settling,
    spacing: u64,
    /// The newest offset that every board in memory accounts for.
    folded: AtomicU64,
}

impl Fold {
    /// A fold that has seen nothing after `head`, and keeps a board each `spacing` events; [`run`] brings it to life.
    pub(crate) fn new(journal: Journal, boards: usize, head: Offset, spacing: u64) -> Self {
        Self(Arc::new(Shared {
            journal,
            boards: Boards::new(boards, spacing),
            feed: Feed::default(),
            rate: Rate::default(),
            settling: Settling::new(),
            spacing: spacing.max(1),
            folded: AtomicU64::new(head.0),
        }))
    }

    /// A session's board, and a cursor that it accounts for: whoever goes on from the cursor misses nothing (what
    /// the board has of later already is passed over by its `seq`). `None` where there is no such session.
    pub(crate) async fn board(
        &self,
        project: &ProjectId,
        session: &SessionId,
    ) -> Result<Option<(Arc<Board>, Cursor)>, LoadError> {
        let key: Key = (project.clone(), session.clone());
        if let Some(board) = self.0.boards.get(&key, || self.cursor()) {
            return Ok(Some(board));
        }
        // Read before the load: everything up to here is in the journal, and so in what is loaded.
        let cursor = self.cursor();
        let Some(board) = load::from_journal(&self.0.journal, &key).await? else {
            return Ok(None);
        };
        let board = self.0.boards.offer(key, Arc::new(board), false);
        Ok(Some((board, cursor)))
    }

    /// A session is deleted: nothing of it is kept.
    pub(crate) fn forget(&self, project: &ProjectId, session: &SessionId) {
        self.0.boards.remove(&(project.clone(), session.clone()));
    }

    /// A session at a moment, as the API answers it and a page is made of it.
    pub(crate) async fn session(
        &self,
        project: &ProjectId,
        session: &SessionId,
    ) -> Result<Option<SessionSnapshot>, LoadError> {
        let found = self.board(project, session).await?;
        Ok(found.map(|(board, cursor)| SessionSnapshot {
            summary: board.summary(),
            board: Arc::unwrap_or_clone(board),
            cursor,
            server_time: now(),
        }))
    }

    /// A session's row where its board is in memory: newer than the journal's where events came since [`Fold::settle`].
    pub(crate) fn live_row(
        &self,
        project: &ProjectId,
        session: &SessionId,
    ) -> Option<SessionSummary> {
        let key: Key = (project.clone(), session.clone());
        self.0.boards.look(&key, Board::summary)
    }

    /// The news for watchers.
    pub(crate) fn feed(&self) -> &Feed {
        &self.0.feed
    }

    /// Events a second: each of the newest 60 seconds, oldest first.
    pub(crate) fn events_by_second(&self) -> Vec<u64> {
        self.0.rate.by_second(now())
    }

    /// What every board in memory accounts for.
    pub(crate) fn cursor(&self) -> Cursor {
        Cursor {
            epoch: self.0.journal.epoch(),
            offset: Offset(self.0.folded.load(Ordering::Acquire)),
        }
    }
}
