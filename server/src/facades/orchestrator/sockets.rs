//! Who is connected over Socket.IO, and for which sessions a program speaks there. The facade's only state.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use loopscope_event::{Offset, ProjectId, SessionId, Timestamp};
use tokio::sync::broadcast;

use super::outlet::{Emit, Say};
use super::seat::Seat;
use crate::steer::Key;

/// A session that was deleted, and when.
pub(super) type Deleted = (Key, Timestamp);

/// Deleted sessions that a connection may be behind.
const MOST_DELETED: usize = 256;

/// See the module.
pub(crate) struct Sockets {
    seats: Mutex<HashMap<Box<str>, Weak<Seat>>>,
    /// How many connections speak for a session.
    producers: Mutex<HashMap<Key, usize>>,
    deleted: broadcast::Sender<Deleted>,
    /// Projects of which everything was told to stand still, and not to go on since.
    standing: Mutex<HashSet<ProjectId>>,
}

impl Default for Sockets {
    fn default() -> Self {
        Self {
            seats: Mutex::default(),
            producers: Mutex::default(),
            deleted: broadcast::channel(MOST_DELETED).0,
            standing: Mutex::default(),
        }
    }
}

impl Sockets {
    pub(super) fn enter(&self, seat: &Arc<Seat>) {
        lock(&self.seats).insert(seat.sid.clone(), Arc::downgrade(seat));
    }

    pub(super) fn leave(&self, sid: &str) {
        lock(&self.seats).remove(sid);
    }

    /// How many are connected.
    pub(super) fn count(&self) -> usize {
        lock(&self.seats).len()
    }

    /// How many are connected in a project, and to each of its sessions.
    pub(super) fn by_session(&self, project: &ProjectId) -> (usize, BTreeMap<SessionId, usize>) {
        let mut total = 0;
        let mut sessions = BTreeMap::new();
        for seat in lock(&self.seats).values().filter_map(Weak::upgrade) {
            if seat.project == *project {
                total += 1;
                for session in seat.rooms().joined() {
                    *sessions.entry(session.clone()).or_insert(0) += 1;
                }
            }
        }
        (total, sessions)
    }

    /// A connection speaks for a session from now on.
    pub(super) fn produces(&self, key: &Key) {
        *lock(&self.producers).entry(key.clone()).or_insert(0) += 1;
    }

    /// A connection speaks for a session no longer. `true` where nobody does now.
    pub(super) fn falls_silent(&self, key: &Key) -> bool {
        let mut producers = lock(&self.producers);
        let Some(count) = producers.get_mut(key) else {
            return true;
        };
        *count = count.saturating_sub(1);
        let is_silent = *count == 0;
        if is_silent {
            producers.remove(key);
        }
        is_silent
    }

    /// Whether a connection speaks for a session.
    pub(super) fn is_spoken_for(&self, key: &Key) -> bool {
        lock(&self.producers).contains_key(key)
    }

    /// Everything of a project was told to stand still, or to go on.
    pub(super) fn stand(&self, project: &ProjectId, still: bool) {
        let mut standing = lock(&self.standing);
        if still {
            standing.insert(project.clone());
        } else {
            standing.remove(project);
        }
    }

    /// Whether everything of a project was told to stand still.
    pub(super) fn stands(&self, project: &ProjectId) -> bool {
        lock(&self.standing).contains(project)
    }

    /// Tells everyone in a project who may hear it and wants to, whatever sessions they joined, once everything up to an
    /// offset was said.
    pub(super) fn tell(&self, project: &ProjectId, emits: &[Emit], after: Offset) {
        let seats: Vec<Arc<Seat>> = lock(&self.seats)
            .values()
            .filter_map(Weak::upgrade)
            .collect();
        for seat in seats {
            if seat.project != *project || !seat.may_view() {
                continue;
            }
            for emit in emits {
                if seat.rooms().wants(&emit.name) {
                    seat.say_after(after, Say::Event(emit.clone()));
                }
            }
        }
    }

    /// Tells everyone that a session is gone.
    pub(super) fn tell_deleted(&self, key: Key, at: Timestamp) {
        // Nobody may be there to hear it.
        let _ = self.deleted.send((key, at));
    }

    pub(super) fn deleted(&self) -> broadcast::Receiver<Deleted> {
        self.deleted.subscribe()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
