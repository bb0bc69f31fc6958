//! Writing what the fold made: rows twice a second and when a list is asked for, boards where one is to be kept,
//! everything at the end.
//!
//! Neither is needed for truth: the events are. Rows make lists quick, kept boards make long sessions open quickly and
//! any moment of them. What a crash leaves behind is found at the next start by [`catch_up`].

use std::collections::HashMap;
use std::time::Duration;

use loopscope_protocol::SessionSummary;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::boards::Key;
use super::record::record_of;
use super::{Fold, load, stored};

const ROWS_EVERY: Duration = Duration::from_millis(500);

/// At the end a board is kept that has seen so many events since the last one: the next start has less to fold.
const LAG_AT_END: u64 = 100;

/// How many rows are brought up to date in one write after a crash.
const BEHIND: usize = 200;

/// What waits to be written. One write is under way at a time; while it is, newer rows replace older ones.
#[derive(Default)]
pub(super) struct Saving {
    rows: HashMap<Key, SessionSummary>,
    last: Option<Instant>,
    under_way: Option<JoinHandle<()>>,
}

impl Saving {
    /// Takes changed rows.
    pub(super) fn note(&mut self, rows: &[SessionSummary], now: Instant) {
        for row in rows {
            let key = (row.project.clone(), row.session_id.clone());
            self.rows.insert(key, row.clone());
        }
        self.last.get_or_insert(now);
    }

    /// Starts a write where it is time for one and none is under way.
    pub(super) fn idle(&mut self, fold: &Fold) {
        let now = Instant::now();
        let is_due = self.last.is_none_or(|last| now - last >= ROWS_EVERY);
        if is_due || fold.0.boards.has_passed() {
            self.write(fold, is_due);
        }
    }

    /// Starts a write of all rows, for a list that waits for them. Where a write is under way its end wakes who waits.
    pub(super) fn ask(&mut self, fold: &Fold) {
        self.write(fold, true);
    }

    fn write(&mut self, fold: &Fold, with_rows: bool) {
        if self
            .under_way
            .as_ref()
            .is_some_and(|task| !task.is_finished())
        {
            return;
        }
        let rows = if with_rows {
            std::mem::take(&mut self.rows)
        } else {
            HashMap::new()
        };
        let is_all = self.rows.is_empty() && !fold.0.boards.has_changed();
        let covered = is_all.then(|| fold.cursor().offset.0);
        if rows.is_empty() && !fold.0.boards.has_passed() {
            fold.0.settling.written(covered);
            return;
        }
        if !rows.is_empty() {
            self.last = Some(Instant::now());
        }
        let fold = fold.clone();
        self.under_way = Some(tokio::spawn(async move {
            put_rows(&fold, rows.into_values().collect()).await;
            fold.0.settling.written(covered);
            write_passed(&fold).await;
            fold.0.settling.written(None);
        }));
    }

    /// Writes everything that is left.
    pub(super) async fn finish(self, fold: &Fold) {
        if let Some(task) = self.under_way {
            // It was started here and only writes; if it broke, that was told where it happened.
            let _ = task.await;
        }
        put_rows(fold, self.rows.into_values().collect()).await;
        write_passed(fold).await;
        for board in fold.0.boards.due(LAG_AT_END) {
            stored::put(&fold.0.journal, board).await;
        }
    }
}

/// Writes the boards that passed the places where one is kept.
pub(super) async fn write_passed(fold: &Fold) {
    for board in fold.0.boards.take_passed() {
        stored::put(&fold.0.journal, board).await;
    }
}

async fn put_rows(fold: &Fold, rows: Vec<SessionSummary>) {
    let records = rows.iter().map(record_of).collect();
    if let Err(error) = fold.0.journal.put_sessions(records).await {
        tracing::warn!(%error, "session rows could not be written; they are derived again when there is room");
    }
}

/// Derives the rows of sessions that have events which their rows do not account for: a crash came in between.
pub(super) async fn catch_up(fold: &Fold) {
    let behind = match fold.0.journal.sessions_behind().await {
        Ok(behind) => behind,
        Err(error) => {
            tracing::error!(%error, "sessions that are behind could not be found");
            return;
        }
    };
    if !behind.is_empty() {
        tracing::info!(
            sessions = behind.len(),
            "bringing session rows up to their events"
        );
    }
    for some in behind.chunks(BEHIND) {
        let mut rows = Vec::with_capacity(some.len());
        for record in some {
            let key: Key = (record.project.clone(), record.session_id.clone());
            if let Ok(Some(board)) = load::from_journal(&fold.0.journal, &key).await {
                rows.push(board.summary());
            }
        }
        put_rows(fold, rows).await;
    }
}
