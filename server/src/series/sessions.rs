//! The sessions whose series are in hand, bounded. In: names. Out: a slot each, which one at a time works on.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use loopscope_event::{ProjectId, SessionId};
use tokio::time::Instant;

use super::built::Built;

/// A session's names.
pub(super) type Key = (ProjectId, SessionId);

/// The most sessions in hand; beyond it the least recently used ones are let go once they are on disk.
pub(super) const MOST: usize = 64;

/// A session in hand.
#[derive(Default)]
pub(super) struct Slot {
    pub built: tokio::sync::Mutex<Built>,
    /// Points that are not on disk, for who only looks.
    pub pending: AtomicUsize,
    /// When it last took a point.
    pub touched: Mutex<Option<Instant>>,
}

/// See the module.
#[derive(Default)]
pub(super) struct Sessions(Mutex<HashMap<Key, (Arc<Slot>, u64)>>);

impl Sessions {
    /// A session that is in hand.
    pub(super) fn get(&self, key: &Key) -> Option<Arc<Slot>> {
        self.lock().get(key).map(|(slot, _)| Arc::clone(slot))
    }

    /// A session, taken in hand where it is not.
    pub(super) fn open(&self, key: &Key) -> Arc<Slot> {
        let mut sessions = self.lock();
        let used = 1 + sessions.values().map(|(_, used)| *used).max().unwrap_or(0);
        let (slot, last) = sessions.entry(key.clone()).or_default();
        *last = used;
        Arc::clone(slot)
    }

    /// Lets a session go; what was not on disk is made again when it is needed.
    pub(super) fn remove(&self, key: &Key) {
        self.lock().remove(key);
    }

    /// Everything in hand, the least recently used first.
    pub(super) fn all(&self) -> Vec<(Key, Arc<Slot>)> {
        let sessions = self.lock();
        let mut all: Vec<_> = sessions.iter().collect();
        all.sort_by_key(|(_, (_, used))| *used);
        let all = all.into_iter();
        all.map(|(key, (slot, _))| (key.clone(), Arc::clone(slot)))
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, (Arc<Slot>, u64)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    /// Notes how many points are not on disk.
    pub(super) fn note(&self, pending: usize) {
        if pending != self.pending.swap(pending, Ordering::Relaxed) {
            let mut touched = self.touched.lock().unwrap_or_else(PoisonError::into_inner);
            *touched = (pending > 0).then(Instant::now);
        }
    }

    /// Since when nothing came, where something waits to be written.
    pub(super) fn waits_since(&self) -> Option<Instant> {
        *self.touched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
