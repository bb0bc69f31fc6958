//! What is not over, by session. In: a session's names. Out: its seat, where one thing at a time happens.

use std::collections::HashMap;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use loopscope_event::{CommandId, CommandRecord, CommandState, Timestamp};
use tokio::sync::{Notify, OwnedMutexGuard};

use super::Key;
use super::runners::Runner;

/// Nothing is due.
const NEVER: i64 = i64::MAX;

/// Every seat that someone sits on or that has something open.
#[derive(Default)]
pub(super) struct Seats {
    seats: Mutex<HashMap<Key, Arc<Seat>>>,
    /// Told when something may be due sooner than before.
    pub sooner: Notify,
}

/// One session's.
pub(super) struct Seat {
    /// When its next thing is due, in microseconds.
    due: AtomicI64,
    inside: Arc<tokio::sync::Mutex<Inside>>,
    /// Told when there is something for a polling runner.
    pub news: Notify,
    /// How often it was.
    told: AtomicU64,
}

/// See [`Seat`].
#[derive(Default)]
pub(super) struct Inside {
    /// Commands that are not over, in their order.
    pub open: Vec<CommandRecord>,
    /// Who takes them.
    pub runner: Option<Runner>,
    /// The session ended; what is open by then fails.
    pub fails_at: Option<Timestamp>,
}

/// A seat that is held: nothing else happens on it meanwhile.
pub(super) struct Held<'a> {
    seats: &'a Seats,
    key: Key,
    pub seat: Arc<Seat>,
    inside: OwnedMutexGuard<Inside>,
}

impl Seats {
    /// Holds a session's seat, when nobody else does.
    pub(super) async fn hold(&self, key: &Key) -> Held<'_> {
        let seat = Arc::clone(self.lock().entry(key.clone()).or_insert_with(Seat::new));
        self.held(key, seat).await
    }

    /// The same where there is such a seat.
    pub(super) async fn hold_known(&self, key: &Key) -> Option<Held<'_>> {
        let seat = self.lock().get(key).map(Arc::clone)?;
        Some(self.held(key, seat).await)
    }

    async fn held(&self, key: &Key, seat: Arc<Seat>) -> Held<'_> {
        let inside = Arc::clone(&seat.inside).lock_owned().await;
        Held {
            seats: self,
            key: key.clone(),
            seat,
            inside,
        }
    }

    /// Whether anything is open or anyone attached.
    pub(super) fn has(&self, key: &Key) -> bool {
        self.lock().contains_key(key)
    }

    /// When the next thing is due, and the sessions in which something is due by `now`.
    pub(super) fn due(&self, now: Timestamp) -> (Option<Timestamp>, Vec<Key>) {
        let seats = self.lock();
        let mut next = NEVER;
        let mut due = Vec::new();
        for (key, seat) in seats.iter() {
            let at = seat.due.load(Ordering::Acquire);
            if at <= now.as_micros() {
                due.push(key.clone());
            } else {
                next = next.min(at);
            }
        }
        ((next != NEVER).then(|| Timestamp::from_micros(next)), due)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Arc<Seat>>> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            due: AtomicI64::new(NEVER),
            inside: Arc::default(),
            news: Notify::new(),
            told: AtomicU64::new(0),
        })
    }

    /// Wakes a polling runner.
    pub(super) fn tell_news(&self) {
        self.told.fetch_add(1, Ordering::AcqRel);
        self.news.notify_waiters();
    }

    /// How often there was news.
    pub(super) fn told(&self) -> u64 {
        self.told.load(Ordering::Acquire)
    }
}

impl Inside {
    /// An open command.
    pub(super) fn find(&self, id: &CommandId) -> Option<&CommandRecord> {
        self.open.iter().find(|row| row.command_id == *id)
    }

    /// Takes a command as it stands now; what is over leaves.
    pub(super) fn put(&mut self, row: CommandRecord) {
        self.open.retain(|known| known.command_id != row.command_id);
        if !row.state.is_over() {
            let place = self
                .open
                .partition_point(|known| known.position <= row.position);
            self.open.insert(place, row);
        }
    }

    /// When the next thing is due.
    fn due(&self) -> i64 {
        let expiring = self
            .open
            .iter()
            .filter(|row| matches!(row.state, CommandState::Queued | CommandState::Delivered));
        let expiring = expiring.filter_map(|row| row.expires_at);
        let lapse = self.runner.as_ref().and_then(Runner::lapses_at);
        expiring
            .chain(lapse)
            .chain(self.fails_at)
            .map(Timestamp::as_micros)
            .min()
            .unwrap_or(NEVER)
    }

    fn is_empty(&self) -> bool {
        self.open.is_empty() && self.runner.is_none()
    }
}

impl Deref for Held<'_> {
    type Target = Inside;

    fn deref(&self) -> &Inside {
        &self.inside
    }
}

impl DerefMut for Held<'_> {
    fn deref_mut(&mut self) -> &mut Inside {
        &mut self.inside
    }
}

/// A seat that is let go says when it is to be looked at again; an empty one leaves.
impl Drop for Held<'_> {
    fn drop(&mut self) {
        let due = self.inside.due();
        let before = self.seat.due.swap(due, Ordering::AcqRel);
        if due < before {
            self.seats.sooner.notify_one();
        }
        if self.inside.is_empty() {
            let mut seats = self.seats.lock();
            // The map's and ours: whoever waits for the seat has one too, and got it under this lock.
            if Arc::strong_count(&self.seat) == 2 {
                seats.remove(&self.key);
            }
        }
    }
}
