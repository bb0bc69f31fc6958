//! The ring itself: pending events, chunks, the waiting room, behind one lock.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use loopscope_event::{Cursor, Event, Offset};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::{Chunk, Encoders, Filters, Slice};
use crate::waiting::{Ticket, Waiting};

/// The most events in one chunk: a frame of a size that browsers take in one gulp.
pub(super) const CHUNK_EVENTS: usize = 512;

/// The most bytes of events in one chunk (one event may be larger alone).
pub(super) const CHUNK_BYTES: usize = 512 * 1024;

/// How long readers that gather wait for the next events after the ones before: one write to a socket costs more than
/// all events in it. What comes after a longer silence is theirs at once.
pub(super) const GATHER: Duration = Duration::from_millis(3);

/// How much the ring may hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RingLimits {
    /// The most events.
    pub events: usize,
    /// The most bytes, encodings included, about.
    pub bytes: usize,
}

/// How the ring stands, for `/metrics`.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RingStats {
    /// Events held.
    pub events: usize,
    /// Bytes held, about.
    pub bytes: usize,
    /// Readers that wait for the next pulse.
    pub waiting: usize,
}

/// The newest events in memory.
#[derive(Debug)]
pub(crate) struct Ring {
    state: Mutex<State>,
    head: AtomicU64,
    limits: RingLimits,
    encoders: Encoders,
    pub(super) published: Notify,
    filters: Filters,
}

#[derive(Debug, Default)]
struct State {
    pending: Vec<Arc<Event>>,
    chunks: VecDeque<Arc<Chunk>>,
    events: usize,
    bytes: usize,
    waiting: Waiting,
    /// Those who gather, and when they were woken last.
    gathering: Waiting,
    gathered: Option<Instant>,
}

/// How a reader waits for events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// It is woken by every pulse.
    Prompt,
    /// It is woken by a pulse no sooner than [`GATHER`] after the last.
    Gathers,
}

/// A place in the waiting room that its patience leads to.
pub(super) type Seat = (Patience, Ticket);

/// What there is after a cursor.
pub(super) enum Next {
    /// Events.
    Slice(Slice),
    /// Nothing yet; the reader waits.
    Wait(Seat),
    /// The ring no longer reaches back that far.
    Fallen,
}

impl Ring {
    /// A ring that goes on after `head`, holding the journal's newest events `tail` already.
    pub(crate) fn new(
        limits: RingLimits,
        encoders: Encoders,
        head: Offset,
        tail: &[Arc<Event>],
    ) -> Self {
        let start = match tail.first() {
            Some(first) => first.offset.0 - 1,
            None => head.0,
        };
        let ring = Self {
            state: Mutex::default(),
            head: AtomicU64::new(start),
            limits,
            encoders,
            published: Notify::new(),
            filters: Filters::default(),
        };
        ring.publish(tail);
        ring.pulse();
        ring.head.fetch_max(head.0, Ordering::AcqRel);
        ring
    }

    /// Takes committed events, in order. They become visible with the next pulse, which is soon.
    pub(crate) fn publish(&self, events: &[Arc<Event>]) {
        for event in events {
            // By `--log-level debug`: one looks here when a page seems to miss something.
            tracing::debug!(
                event_type = %event.name,
                session = %event.session_id,
                offset = event.offset.0,
                "broadcast"
            );
        }
        self.lock().pending.extend(events.iter().cloned());
        self.published.notify_one();
    }

    /// What a reader that came now and wants only new events has seen.
    pub(crate) fn cursor(&self) -> Cursor {
        Cursor {
            epoch: self.encoders.epoch,
            offset: self.head(),
        }
    }

    /// The newest visible offset.
    pub(crate) fn head(&self) -> Offset {
        Offset(self.head.load(Ordering::Acquire))
    }

    /// What every encoding needs to know.
    pub(crate) fn encoders(&self) -> Encoders {
        self.encoders
    }

    /// The filters in use.
    pub(crate) fn filters(&self) -> &Filters {
        &self.filters
    }

    /// How the ring stands.
    pub(crate) fn stats(&self) -> RingStats {
        let state = self.lock();
        RingStats {
            events: state.events,
            bytes: state.bytes,
            waiting: state.waiting.len() + state.gathering.len(),
        }
    }

    /// The newest of the visible events that are wanted, newest first, at most `most`, as far back as the ring reaches.
    pub(crate) fn newest(&self, most: usize, wanted: impl Fn(&Event) -> bool) -> Vec<Arc<Event>> {
        let chunks: Vec<Arc<Chunk>> = self.lock().chunks.iter().rev().cloned().collect();
        let newest_first = chunks.iter().flat_map(|chunk| chunk.entries.iter().rev());
        newest_first
            .map(super::Entry::event)
            .filter(|event| wanted(event))
            .take(most)
            .cloned()
            .collect()
    }

    /// The newest of the visible events after an offset that are wanted, newest first, at most `most`; and how many
    /// there are of them in all, as far back as the ring reaches.
    pub(crate) fn newest_after(
        &self,
        after: u64,
        most: usize,
        wanted: impl Fn(&Event) -> bool,
    ) -> (Vec<Arc<Event>>, usize) {
        let chunks: Vec<Arc<Chunk>> = {
            let state = self.lock();
            let newer = state.chunks.iter().rev();
            newer
                .take_while(|chunk| chunk.last > after)
                .cloned()
                .collect()
        };
        let (mut newest, mut count) = (Vec::new(), 0);
        let newest_first = chunks.iter().flat_map(|chunk| chunk.entries.iter().rev());
        for entry in newest_first.take_while(|entry| entry.event().offset.0 > after) {
            if wanted(entry.event()) {
                count += 1;
                if newest.len() < most {
                    newest.push(Arc::clone(entry.event()));
                }
            }
        }
        (newest, count)
    }

    /// Makes the pending events visible and wakes the waiting readers. Answers how many events there were.
    pub(super) fn pulse(&self) -> usize {
        let mut state = self.lock();
        let pending = std::mem::take(&mut state.pending);
        if pending.is_empty() {
            return 0;
        }
        let count = pending.len();
        let mut head = self.head.load(Ordering::Acquire);
        for events in runs(pending) {
            let last = events.last().map_or(head, |event| event.offset.0);
            let chunk = Chunk::new(head, last, None, events, self.encoders);
            head = last;
            state.push(chunk, &self.limits);
        }
        self.head.store(head, Ordering::Release);
        let everyone = state.waiting.everyone();
        drop(state);
        for waker in everyone.into_iter().flatten() {
            waker.wake();
        }
        count
    }

    /// Wakes those who gather where it is time; else answers when it will be. `None` where nobody waits for what came.
    pub(super) fn gather(&self) -> Option<Instant> {
        let mut state = self.lock();
        if state.gathering.len() == 0 {
            return None;
        }
        let now = Instant::now();
        let due = state.gathered.map_or(now, |last| last + GATHER);
        if due > now {
            return Some(due);
        }
        state.gathered = Some(now);
        let everyone = state.gathering.everyone();
        drop(state);
        for waker in everyone.into_iter().flatten() {
            waker.wake();
        }
        None
    }

    /// What there is after `after`; registers the reader to be woken where there is nothing.
    fn next(
        &self,
        after: u64,
        patience: Patience,
        seat: Option<Seat>,
        cx: &mut Context<'_>,
    ) -> Next {
        let mut state = self.lock();
        if after >= self.head.load(Ordering::Acquire) {
            let ticket = seat
                .filter(|(before, _)| *before == patience)
                .map(|(_, ticket)| ticket);
            let ticket = state.room(patience).enter(ticket, cx.waker());
            return Next::Wait((patience, ticket));
        }
        let index = state.chunks.partition_point(|chunk| chunk.last <= after);
        match state.chunks.get(index) {
            Some(chunk) if chunk.after <= after => {
                let chunk = Arc::clone(chunk);
                drop(state);
                Next::Slice(Slice::new(chunk, after))
            }
            _ => Next::Fallen,
        }
    }

    /// Takes a reader out of the waiting room.
    pub(super) fn leave(&self, (patience, ticket): Seat) {
        self.lock().room(patience).leave(ticket);
    }

    /// A future's worth of waiting: ready once something is visible after `after`.
    pub(super) fn poll_after(
        &self,
        after: u64,
        patience: Patience,
        seat: &mut Option<Seat>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Slice>> {
        match self.next(after, patience, *seat, cx) {
            Next::Slice(slice) => Poll::Ready(Some(slice)),
            Next::Fallen => Poll::Ready(None),
            Next::Wait(place) => {
                *seat = Some(place);
                Poll::Pending
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn room(&mut self, patience: Patience) -> &mut Waiting {
        match patience {
            Patience::Prompt => &mut self.waiting,
            Patience::Gathers => &mut self.gathering,
        }
    }

    fn push(&mut self, chunk: Chunk, limits: &RingLimits) {
        self.events += chunk.entries.len();
        self.bytes += chunk.bytes();
        self.chunks.push_back(Arc::new(chunk));
        while self.chunks.len() > 1 && (self.events > limits.events || self.bytes > limits.bytes) {
            let Some(oldest) = self.chunks.pop_front() else {
                break;
            };
            self.events -= oldest.entries.len();
            self.bytes -= oldest.bytes();
        }
    }
}

/// Cuts events into runs of a chunk's size.
fn runs(events: Vec<Arc<Event>>) -> impl Iterator<Item = Vec<Arc<Event>>> {
    let mut events = events.into_iter().peekable();
    std::iter::from_fn(move || {
        let mut run = Vec::new();
        let mut bytes = 0;
        while run.len() < CHUNK_EVENTS {
            let next = events.next_if(|event| {
                run.is_empty() || bytes + event.data.as_str().len() <= CHUNK_BYTES
            });
            let Some(event) = next else { break };
            bytes += event.data.as_str().len();
            run.push(event);
        }
        (!run.is_empty()).then_some(run)
    })
}
