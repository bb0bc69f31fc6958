//! The task that folds. It alone changes boards, so a board is always the fold of a run of events without a gap.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use loopscope_board::Board;
use loopscope_event::Event;
use loopscope_protocol::{DecisionRow, SessionSummary};
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::boards::{Applied, Key, Origin};
use super::save::{self, Saving};
use super::{Fold, load};
use crate::life::now;
use crate::ring::{ReadError, Reader, Slice};

/// How often changed rows are told, at most.
const TELL_EVERY: Duration = Duration::from_millis(100);

/// The most rows told at once; the rest follows with the next beat.
const ROWS_A_BEAT: usize = 256;

/// Folds everything that the reader gives until told to stop; then writes what is not written.
pub(crate) async fn run(fold: Fold, mut reader: Reader, told: impl Told, stop: CancellationToken) {
    save::catch_up(&fold).await;
    let asked = fold.clone();
    let mut work = Work {
        fold,
        told,
        saving: Saving::default(),
        untold: HashMap::new(),
        has_events: false,
    };
    let mut beat = interval(TELL_EVERY);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => break,
            _ = beat.tick() => work.tell(),
            () = asked.0.settling.asked() => work.settle(),
            slice = reader.next() => work.take(slice).await,
        }
    }
    work.finish(reader).await;
}

/// Who is told of the boards that changed, after each beat.
pub(crate) trait Told: Send + 'static {
    /// An event that was folded.
    fn event(&self, event: &Event);

    /// Questions to people that changed since this was asked last.
    fn decisions(&self) -> Vec<DecisionRow>;

    /// Takes a look at them; it is not to keep them.
    fn changed(&self, boards: &[Arc<Board>]);
}

struct Work<T> {
    fold: Fold,
    told: T,
    saving: Saving,
    /// Rows that changed since watchers were told last.
    untold: HashMap<Key, SessionSummary>,
    has_events: bool,
}

impl<T: Told> Work<T> {
    async fn take(&mut self, slice: Result<Slice, ReadError>) {
        match slice {
            Ok(slice) => self.fold_slice(&slice).await,
            Err(ReadError::Reset(reason)) => {
                // Retention overtook us. What is in memory may lack events: it is loaded anew when asked for.
                tracing::warn!(?reason, "the fold lost its place and starts anew");
                self.fold.0.boards.clear();
            }
            Err(ReadError::Page(error)) => {
                tracing::error!(%error, "the fold waits for the journal");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }

    async fn fold_slice(&mut self, slice: &Slice) {
        let mut count = 0;
        for event in slice.events() {
            self.fold_event(event).await;
            self.told.event(event);
            count += 1;
        }
        self.has_events = true;
        self.fold.0.rate.count(count, now());
        let folded = slice.cursor().offset.0;
        self.fold.0.folded.store(folded, Ordering::Release);
    }

    async fn fold_event(&mut self, event: &Event) {
        let key: Key = (event.project.clone(), event.session_id.clone());
        let origin = if self.fold.0.journal.is_archived(event) {
            Origin::File
        } else {
            Origin::Program
        };
        if self.fold.0.boards.apply(&key, event, origin) == Applied::Missing {
            match load::from_journal(&self.fold.0.journal, &key).await {
                Ok(Some(board)) => {
                    self.fold.0.boards.offer(key, Arc::new(board), true);
                }
                Ok(None) => {}
                Err(error) => {
                    tracing::error!(%error, "a session could not be loaded");
                }
            }
        }
    }

    /// Takes the rows that changed, at most so many, for those who are told and for the journal.
    fn gather(&mut self, most: usize) {
        let changed = self.fold.0.boards.take_changed(most);
        if std::mem::take(&mut self.has_events) || !changed.is_empty() {
            self.told.changed(&changed);
            let rows: Vec<_> = changed.iter().map(|board| board.summary()).collect();
            self.saving.note(&rows, Instant::now());
            let keyed = rows.into_iter();
            self.untold
                .extend(keyed.map(|row| ((row.project.clone(), row.session_id.clone()), row)));
        }
    }

    /// Tells of the rows that changed, and writes them where it is time.
    fn tell(&mut self) {
        self.gather(ROWS_A_BEAT.saturating_sub(self.untold.len()));
        let keys: Vec<Key> = self.untold.keys().take(ROWS_A_BEAT).cloned().collect();
        let rows: Vec<_> = keys
            .iter()
            .filter_map(|key| self.untold.remove(key))
            .collect();
        if !rows.is_empty() {
            self.fold.0.feed.tell_rows(rows);
        }
        let decisions = self.told.decisions();
        if !decisions.is_empty() {
            self.fold.0.feed.tell_decisions(decisions);
        }
        self.saving.idle(&self.fold);
    }

    /// A list waits: all rows that changed are written now. Watchers are told at the next beat, as always.
    fn settle(&mut self) {
        self.gather(usize::MAX);
        self.saving.ask(&self.fold);
    }

    /// What is visible already is folded and written before the end.
    async fn finish(mut self, mut reader: Reader) {
        while reader.behind() > 0 {
            let slice = reader.next().await;
            let is_error = slice.is_err();
            self.take(slice).await;
            if is_error {
                break;
            }
        }
        while self.fold.0.boards.has_changed() || !self.untold.is_empty() {
            self.tell();
        }
        self.saving.finish(&self.fold).await;
    }
}
