//! The events behind the list: which row is which event, what is loaded, what waits.
//!
//! Without conditions every `seq` is a row, so that the list knows its length and can be scrolled anywhere; rows that
//! come into view are loaded in chunks. With conditions the list is what was found so far, and grows as it is read.
//! What comes live appears at once while the list stands at its top; else it waits and is counted.

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;
use loopscope_event::{Event, Seq};
use loopscope_protocol::{EventsPage, EventsQuery};

use super::super::state::SessionState;
use super::matching::matches;
use super::window::MOST;

/// How many events one request brings.
const CHUNK: u64 = 200;
/// The most events that are kept; beyond, those far from the view go.
const MOST_KEPT: usize = 4_000;

/// Which row is which event.
enum Order {
    /// Every event is a row: row 0 is `top`, the last is `first`.
    Every { top: u64, first: u64 },
    /// What was found, newest first; and whether there may be more.
    Found { seqs: Vec<u64>, more: bool },
}

struct Inner {
    order: Order,
    events: BTreeMap<u64, Event>,
    /// Chunks, or ends of the list, that are on their way.
    asked: BTreeSet<u64>,
    newest: u64,
    waiting: Vec<u64>,
}

/// The events behind the list.
#[derive(Clone, Copy)]
pub(super) struct Feed {
    inner: StoredValue<Inner>,
    /// Changes whenever a row does.
    pub(super) version: RwSignal<u64>,
    /// How many events wait to be shown.
    pub(super) waiting: RwSignal<u64>,
    /// Whether the list follows what comes.
    pub(super) following: RwSignal<bool>,
    /// Where the list stands at first.
    pub(super) start: Option<Seq>,
    state: StoredValue<SessionState>,
    query: StoredValue<EventsQuery>,
}

impl Feed {
    pub(super) fn new(
        state: SessionState,
        query: EventsQuery,
        page: EventsPage,
        newest: Seq,
        start: Option<Seq>,
    ) -> Self {
        let events: BTreeMap<u64, Event> = page
            .events
            .into_iter()
            .map(|event| (event.seq.0, event))
            .collect();
        let order = if query.is_filtered() {
            Order::Found {
                seqs: events.keys().rev().copied().collect(),
                more: page.more,
            }
        } else {
            // Where the page holds the newest events, rows start with them, whatever came since.
            let top = if start.is_some() {
                newest.0
            } else {
                page.last_seq.0
            };
            Order::Every {
                top,
                first: page.first_seq.0.max(1),
            }
        };
        let inner = Inner {
            order,
            events,
            asked: BTreeSet::new(),
            newest: page.last_seq.0,
            waiting: Vec::new(),
        };
        Self {
            inner: StoredValue::new(inner),
            version: RwSignal::new(0),
            waiting: RwSignal::new(0),
            following: RwSignal::new(start.is_none()),
            start,
            state: StoredValue::new(state),
            query: StoredValue::new(query),
        }
    }

    /// How many rows there are; tracked.
    pub(super) fn total(self) -> usize {
        self.version.track();
        self.rows_now()
    }

    /// How many rows there are; not tracked.
    pub(super) fn rows_now(self) -> usize {
        self.inner.with_value(|inner| inner.order.len())
    }

    /// The oldest event that is loaded.
    pub(super) fn oldest(self) -> Option<u64> {
        self.inner
            .with_value(|inner| inner.events.keys().next().copied())
    }

    /// The event of a row: its `seq`, and itself where it is loaded.
    pub(super) fn row(self, index: usize) -> Option<(u64, Option<Event>)> {
        self.inner.with_value(|inner| {
            let seq = inner.order.seq(index)?;
            Some((seq, inner.events.get(&seq).cloned()))
        })
    }

    /// The row of an event, where it has one.
    pub(super) fn row_of(self, seq: u64) -> Option<usize> {
        self.inner.with_value(|inner| inner.order.row(seq))
    }

    /// Loads what rows in view need.
    pub(super) fn need(self, first: usize, end: usize) {
        let wanted = self
            .inner
            .try_update_value(|inner| inner.missing(first, end))
            .unwrap_or_default();
        for ask in wanted {
            self.load(ask);
        }
        self.inner
            .update_value(|inner| inner.forget_far(first, end));
    }

    fn load(self, ask: Ask) {
        let state = self.state.get_value();
        let (key, query) = match ask {
            Ask::Chunk(chunk) => (
                chunk,
                EventsQuery {
                    after: Some(Seq(chunk * CHUNK)),
                    limit: CHUNK as u32,
                    ..EventsQuery::default()
                },
            ),
            Ask::Older(before) => {
                let query = self.query.get_value();
                (
                    before,
                    EventsQuery {
                        before: Some(Seq(before)),
                        at: None,
                        limit: CHUNK as u32,
                        ..query
                    },
                )
            }
        };
        let session = state.key.get_value();
        let loading = state
            .source
            .with_value(|source| source.events(session, query));
        leptos::task::spawn(async move {
            let page = loading.await;
            let known = self.inner.try_update_value(|inner| {
                inner.asked.remove(&key);
                if let Ok(page) = page {
                    inner.take(page, matches!(ask, Ask::Older(_)));
                }
            });
            if known.is_some() {
                self.changed();
            }
        });
    }

    fn changed(self) {
        self.version.update(|version| *version += 1);
    }

    /// Takes events that came live.
    pub(super) fn push(self, events: &[Event]) {
        let found = self.query.with_value(|query| {
            let found = events.iter().filter(|event| matches(query, event));
            found.cloned().collect::<Vec<_>>()
        });
        self.inner.update_value(|inner| inner.push(found));
        self.settle();
    }

    /// Says how far the session is, where its events themselves did not come.
    pub(super) fn grow_to(self, newest: Seq) {
        self.inner
            .update_value(|inner| inner.newest = inner.newest.max(newest.0));
        self.settle();
    }

    /// Follows what comes, or stands still.
    pub(super) fn follow(self, follow: bool) {
        if self.following.get_untracked() != follow {
            self.following.set(follow);
        }
        self.settle();
    }

    fn settle(self) {
        let following = self.following.get_untracked();
        let (moved, waiting) = self
            .inner
            .try_update_value(|inner| inner.settle(following))
            .unwrap_or_default();
        if self.waiting.get_untracked() != waiting {
            self.waiting.set(waiting);
        }
        if moved {
            self.changed();
        }
    }
}

/// What is to be loaded.
#[derive(Clone, Copy)]
enum Ask {
    /// Events after `chunk * CHUNK`.
    Chunk(u64),
    /// Events found before this one.
    Older(u64),
}

impl Order {
    fn len(&self) -> usize {
        match self {
            Self::Every { top, first } => ((top + 1).saturating_sub(*first) as usize).min(MOST),
            Self::Found { seqs, .. } => seqs.len(),
        }
    }

    fn seq(&self, row: usize) -> Option<u64> {
        match self {
            Self::Every { top, .. } => (row < self.len()).then(|| top - row as u64),
            Self::Found { seqs, .. } => seqs.get(row).copied(),
        }
    }

    fn row(&self, seq: u64) -> Option<usize> {
        match self {
            Self::Every { top, .. } => {
                let row = top.checked_sub(seq)? as usize;
                (row < self.len()).then_some(row)
            }
            Self::Found { seqs, .. } => seqs.binary_search_by(|known| seq.cmp(known)).ok(),
        }
    }
}

impl Inner {
    /// What rows need that is neither here nor on its way; marks it as on its way.
    fn missing(&mut self, first: usize, end: usize) -> Vec<Ask> {
        let mut wanted = Vec::new();
        match &self.order {
            Order::Every { .. } => {
                for row in first..end.min(self.order.len()) {
                    let Some(seq) = self.order.seq(row) else {
                        continue;
                    };
                    let chunk = (seq - 1) / CHUNK;
                    if !self.events.contains_key(&seq) && self.asked.insert(chunk) {
                        wanted.push(Ask::Chunk(chunk));
                    }
                }
            }
            Order::Found { seqs, more } => {
                let last = seqs.last().copied();
                if let Some(last) = last.filter(|_| *more && end + 50 >= seqs.len())
                    && self.asked.insert(last)
                {
                    wanted.push(Ask::Older(last));
                }
            }
        }
        wanted
    }

    fn take(&mut self, page: EventsPage, older: bool) {
        if let (Order::Found { seqs, more }, true) = (&mut self.order, older) {
            let last = seqs.last().copied().unwrap_or(u64::MAX);
            let found = page.events.iter().rev().map(|event| event.seq.0);
            seqs.extend(found.filter(|seq| *seq < last));
            *more = page.more;
        }
        self.events
            .extend(page.events.into_iter().map(|event| (event.seq.0, event)));
    }

    fn push(&mut self, events: Vec<Event>) {
        for event in events {
            let seq = event.seq.0;
            self.newest = self.newest.max(seq);
            let known = match &self.order {
                Order::Found { seqs, .. } => seqs.first().copied(),
                Order::Every { .. } => None,
            };
            if matches!(self.order, Order::Found { .. })
                && known.is_none_or(|newest| seq > newest)
                && self.waiting.last().is_none_or(|last| seq > *last)
            {
                self.waiting.push(seq);
            }
            self.events.insert(seq, event);
        }
    }

    /// Shows what waits, if the list follows. Out: whether rows moved, and how many wait now.
    fn settle(&mut self, following: bool) -> (bool, u64) {
        match &mut self.order {
            Order::Every { top, .. } => {
                let moved = following && *top < self.newest;
                if moved {
                    *top = self.newest;
                }
                (moved, self.newest - *top)
            }
            Order::Found { seqs, .. } => {
                let moved = following && !self.waiting.is_empty();
                if moved {
                    seqs.splice(0..0, self.waiting.drain(..).rev());
                }
                (moved, self.waiting.len() as u64)
            }
        }
    }

    /// Lets go of what is far from the view.
    fn forget_far(&mut self, first: usize, end: usize) {
        if self.events.len() <= MOST_KEPT {
            return;
        }
        let newest = self
            .order
            .seq(first.saturating_sub(MOST_KEPT / 4))
            .unwrap_or(u64::MAX);
        let oldest = self.order.seq(end + MOST_KEPT / 4).unwrap_or(0);
        if matches!(self.order, Order::Every { .. }) {
            self.events.retain(|seq, _| (oldest..=newest).contains(seq));
        }
    }
}

#[cfg(test)]
#[path = "feed_tests.rs"]
mod tests;
