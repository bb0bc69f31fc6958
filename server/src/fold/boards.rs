//! The boards in memory, bounded: the least recently used ones leave.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use loopscope_board::Board;
use loopscope_event::{Event, ProjectId, Seq, SessionId};

/// A session's names.
pub(super) type Key = (ProjectId, SessionId);

/// See the module.
pub(super) struct Boards {
    most: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    slots: HashMap<Key, Slot>,
    clock: u64,
}

struct Slot {
    board: Arc<Board>,
    used: u64,
    /// The seq that the newest snapshot on disk accounts for.
    saved: Seq,
}

/// What became of an event that was offered to its board.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Applied {
    /// The board took it, or had it.
    Done,
    /// The board is not in memory, or lacks events before this one: it must be loaded first.
    Missing,
}

/// A board that leaves memory, or is due for a snapshot.
pub(super) struct Due {
    pub board: Arc<Board>,
}

impl Boards {
    pub(super) fn new(most: usize) -> Self {
        Self {
            most: most.max(1),
            state: Mutex::default(),
        }
    }

    /// A board, with what `cursor` says while the boards stand still.
    pub(super) fn get<T>(&self, key: &Key, cursor: impl FnOnce() -> T) -> Option<(Arc<Board>, T)> {
        let mut state = self.lock();
        let used = state.tick();
        let slot = state.slots.get_mut(key)?;
        slot.used = used;
        Some((Arc::clone(&slot.board), cursor()))
    }

    /// Takes a board that was loaded; where one is there already, the one that has seen more stays.
    pub(super) fn offer(&self, key: Key, board: Arc<Board>) -> Arc<Board> {
        let mut state = self.lock();
        let used = state.tick();
        let saved = board.seq();
        let slot = state.slots.entry(key).or_insert_with(|| Slot {
            board: Arc::clone(&board),
            used,
            saved,
        });
        if slot.board.seq() < board.seq() {
            slot.board = board;
        }
        slot.used = used;
        let kept = Arc::clone(&slot.board);
        state.shrink(self.most);
        kept
    }

    /// Lets a board take an event.
    pub(super) fn apply(&self, key: &Key, event: &Event) -> Applied {
        let mut state = self.lock();
        let used = state.tick();
        if !state.slots.contains_key(key) {
            if event.seq != Seq(1) {
                return Applied::Missing;
            }
            let slot = Slot {
                board: Arc::new(Board::new(key.0.clone(), key.1.clone())),
                used,
                saved: Seq(0),
            };
            state.slots.insert(key.clone(), slot);
            state.shrink(self.most);
        }
        let Some(slot) = state.slots.get_mut(key) else {
            return Applied::Missing;
        };
        if event.seq.0 > slot.board.seq().0 + 1 {
            return Applied::Missing;
        }
        Arc::make_mut(&mut slot.board).apply(event);
        slot.used = used;
        Applied::Done
    }

    /// Boards that have seen at least `lag` events since their snapshot; they count as saved from now on.
    pub(super) fn due(&self, lag: u64) -> Vec<Due> {
        let mut state = self.lock();
        let slots = state.slots.values_mut();
        slots
            .filter(|slot| slot.board.seq().0 - slot.saved.0.min(slot.board.seq().0) >= lag)
            .map(|slot| {
                slot.saved = slot.board.seq();
                Due {
                    board: Arc::clone(&slot.board),
                }
            })
            .collect()
    }

    /// Forgets everything: the fold lost its place.
    pub(super) fn clear(&self) {
        self.lock().slots.clear();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn tick(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }

    /// Lets the least recently used boards go. What they have seen is in the journal.
    fn shrink(&mut self, most: usize) {
        while self.slots.len() > most {
            let oldest = self
                .slots
                .iter()
                .min_by_key(|(_, slot)| slot.used)
                .map(|(key, _)| key.clone());
            let Some(oldest) = oldest else { return };
            self.slots.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::event;

    fn key(session: &str) -> Key {
        (ProjectId::default(), SessionId::new(session).unwrap())
    }

    #[test]
    fn a_board_takes_events_in_order_and_says_what_it_lacks() {
        let boards = Boards::new(2);
        assert_eq!(boards.apply(&key("a"), &event(5, "a", 2)), Applied::Missing);
        assert_eq!(boards.apply(&key("a"), &event(1, "a", 1)), Applied::Done);
        assert_eq!(boards.apply(&key("a"), &event(9, "a", 3)), Applied::Missing);
        assert_eq!(boards.apply(&key("a"), &event(5, "a", 2)), Applied::Done);
        assert_eq!(boards.apply(&key("a"), &event(5, "a", 2)), Applied::Done);
        let (board, ()) = boards.get(&key("a"), || ()).unwrap();
        assert_eq!(board.seq(), Seq(2));
    }

    #[test]
    fn the_least_recently_used_board_leaves() {
        let boards = Boards::new(2);
        for (offset, session) in ["a", "b"].into_iter().enumerate() {
            boards.apply(&key(session), &event(offset as u64 + 1, session, 1));
        }
        assert!(boards.get(&key("a"), || ()).is_some());
        boards.apply(&key("c"), &event(3, "c", 1));
        assert!(boards.get(&key("b"), || ()).is_none());
        assert!(boards.get(&key("a"), || ()).is_some());
    }

    #[test]
    fn a_held_board_does_not_change_under_its_holder() {
        let boards = Boards::new(2);
        boards.apply(&key("a"), &event(1, "a", 1));
        let (held, ()) = boards.get(&key("a"), || ()).unwrap();
        boards.apply(&key("a"), &event(2, "a", 2));
        assert_eq!(held.seq(), Seq(1));
    }
}
