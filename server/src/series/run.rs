//! The task that keeps series up with the ring. In: every event, in order. Out: points in hand, and on disk now and
//! then. It never holds up the ring: a session that is being worked on, or has a gap, is brought up from the journal.

use std::collections::HashSet;
use std::time::Duration;

use loopscope_event::{Event, Seq};
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::save::FLUSH;
use super::sessions::{Key, MOST};
use super::{AllSeries, SeriesError, facts};
use crate::ring::{ReadError, Reader, Slice};

/// How often it is seen to what is due.
const BEAT: Duration = Duration::from_secs(1);

/// A session that took no point for so long is written.
const QUIET: Duration = Duration::from_secs(15);

/// All points in hand above which the sessions with most are written.
const MOST_POINTS: usize = 8 * FLUSH;

/// Takes everything that the reader gives until told to stop; then writes what is not written.
pub(crate) async fn run(series: AllSeries, mut reader: Reader, stop: CancellationToken) {
    let mut work = Work {
        series,
        behind: HashSet::new(),
        under_way: None,
    };
    let mut beat = interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => break,
            _ = beat.tick() => work.idle(),
            slice = reader.next() => work.take(slice).await,
        }
    }
    work.finish(reader).await;
}

struct Work {
    series: AllSeries,
    /// Sessions that have events which did not come in order.
    behind: HashSet<Key>,
    under_way: Option<JoinHandle<()>>,
}

impl Work {
    async fn take(&mut self, slice: Result<Slice, ReadError>) {
        match slice {
            Ok(slice) => slice.events().for_each(|event| self.event(event)),
            // Sessions that lack events notice it by the next one's number.
            Err(ReadError::Reset(reason)) => tracing::debug!(?reason, "series go on from here"),
            Err(ReadError::Page(error)) => {
                tracing::error!(%error, "series wait for the journal");
                tokio::time::sleep(BEAT).await;
            }
        }
    }

    fn event(&mut self, event: &Event) {
        let sessions = &self.series.0.sessions;
        let key: Key = (event.project.clone(), event.session_id.clone());
        let slot = match sessions.get(&key) {
            Some(slot) => slot,
            // Most sessions have no metrics, and are never taken in hand.
            None if facts::points(event).is_empty() => return,
            None => sessions.open(&key),
        };
        let Ok(mut built) = slot.built.try_lock() else {
            self.behind.insert(key);
            return;
        };
        if event.seq == Seq(1) && !built.loaded {
            built.loaded = true;
        }
        if !built.loaded || event.seq.0 > built.seq.0 + 1 {
            self.behind.insert(key);
        } else if event.seq > built.seq {
            built.apply(event);
            slot.note(built.pending);
        }
    }

    /// Starts what is due, where nothing is under way.
    fn idle(&mut self) {
        let is_busy = |task: &JoinHandle<()>| !task.is_finished();
        if self.under_way.as_ref().is_some_and(is_busy) {
            return;
        }
        let behind: Vec<Key> = self.behind.drain().collect();
        let due = self.due();
        if behind.is_empty() && due.is_empty() {
            return;
        }
        let series = self.series.clone();
        self.under_way = Some(tokio::spawn(async move {
            for key in &behind {
                told(series.bring_up(key).await.map(|_| ()));
            }
            for (key, let_go) in &due {
                told(series.save(key).await);
                if *let_go {
                    series.0.sessions.remove(key);
                }
            }
        }));
    }

    /// Sessions to be written, and whether they are to be let go.
    fn due(&self) -> Vec<(Key, bool)> {
        let all = self.series.0.sessions.all();
        let superfluous = all.len().saturating_sub(MOST);
        let pending =
            |slot: &super::sessions::Slot| slot.pending.load(std::sync::atomic::Ordering::Relaxed);
        let in_hand: usize = all.iter().map(|(_, slot)| pending(slot)).sum();
        let now = Instant::now();
        let due = all.into_iter().enumerate().filter_map(|(n, (key, slot))| {
            let count = pending(&slot);
            let is_quiet = slot.waits_since().is_some_and(|since| now - since >= QUIET);
            let is_large = count >= FLUSH || (in_hand > MOST_POINTS && count > FLUSH / 16);
            let let_go = n < superfluous;
            (is_quiet || is_large || let_go).then_some((key, let_go))
        });
        due.collect()
    }

    /// What is visible already is taken in and written before the end.
    async fn finish(mut self, mut reader: Reader) {
        while reader.behind() > 0 {
            let slice = reader.next().await;
            let is_error = slice.is_err();
            self.take(slice).await;
            if is_error {
                break;
            }
        }
        if let Some(task) = self.under_way.take() {
            // It tells its own errors.
            let _ = task.await;
        }
        for (key, slot) in self.series.0.sessions.all() {
            let mut built = slot.built.lock().await;
            told(self.series.flush(&key, &mut built).await);
        }
    }
}

fn told(outcome: Result<(), SeriesError>) {
    if let Err(error) = outcome {
        tracing::warn!(%error, "series could not be written; they are made again when there is room");
    }
}
