//! The boards in memory, bounded: the least recently used ones leave.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use loopscope_board::Board;
use loopscope_event::{Event, ProjectId, Seq, SessionId};

/// A session's names.
pub(super) type Key = (ProjectId, SessionId);

/// See the module.
pub(super) struct Boards {
    most: usize,
    /// A board is kept each so many events.
    spacing: u64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    slots: HashMap<Key, Slot>,
    /// Boards that took events and were not told of yet, the longest waiting first.
    changed: VecDeque<Key>,
    /// Boards as they passed the places where one is kept, not written yet.
    passed: Vec<Arc<Board>>,
    clock: u64,
}

struct Slot {
    board: Arc<Board>,
    used: u64,
    /// The seq of the newest board that was kept, or given to be kept.
    saved: Seq,
    is_changed: bool,
}

/// Where an event came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// A program that is there, or Loopscope itself.
    Program,
    /// A file: its program is not there.
    File,
}

/// What became of an event that was offered to its board.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Applied {
    /// The board took it, or had it.
    Done,
    /// The board is not in memory, or lacks events before this one: it must be loaded first.
    Missing,
}

/// Beyond so many, boards that wait to be written are let go: what is missing is made again in the background.
const MOST_PASSED: usize = 32;

impl Boards {
    pub(super) fn new(most: usize, spacing: u64) -> Self {
        Self {
            most: most.max(1),
            spacing: spacing.max(1),
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

    /// What is read of a board while the boards stand still; nobody keeps it, so that the fold never copies it.
    pub(super) fn look<T>(&self, key: &Key, look: impl FnOnce(&Board) -> T) -> Option<T> {
        self.lock().slots.get(key).map(|slot| look(&slot.board))
    }

    /// Takes a board that was loaded, and whether it is to be told of; where one is there already, the one that has
    /// seen more stays.
    pub(super) fn offer(&self, key: Key, board: Arc<Board>, is_changed: bool) -> Arc<Board> {
        let mut state = self.lock();
        let used = state.tick();
        let saved = board.seq();
        let slot = state.slots.entry(key.clone()).or_insert_with(|| Slot {
            board: Arc::clone(&board),
            used,
            saved,
            is_changed: false,
        });
        if slot.board.seq() < board.seq() {
            slot.board = board;
        }
        slot.used = used;
        let kept = Arc::clone(&slot.board);
        if is_changed && !std::mem::replace(&mut slot.is_changed, true) {
            state.changed.push_back(key);
        }
        state.shrink(self.most);
        kept
    }

    /// Lets a board go, with everything that was to be told or written of it.
    pub(super) fn remove(&self, key: &Key) {
        let mut state = self.lock();
        state.slots.remove(key);
        state.changed.retain(|changed| changed != key);
        let is_it = |board: &Arc<Board>| (board.project(), board.session_id()) == (&key.0, &key.1);
        state.passed.retain(|board| !is_it(board));
    }

    /// Lets a board take an event.
    pub(super) fn apply(&self, key: &Key, event: &Event, origin: Origin) -> Applied {
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
                is_changed: true,
            };
            state.slots.insert(key.clone(), slot);
            state.changed.push_back(key.clone());
            state.shrink(self.most);
        }
        let Some(slot) = state.slots.get_mut(key) else {
            return Applied::Missing;
        };
        if event.seq.0 > slot.board.seq().0 + 1 {
            return Applied::Missing;
        }
        let board = Arc::make_mut(&mut slot.board);
        board.apply(event);
        if origin == Origin::File && board.seq() == event.seq {
            board.came_from_file(event.seq);
        }
        slot.used = used;
        let is_new = !std::mem::replace(&mut slot.is_changed, true);
        let is_place = slot.board.seq() == event.seq && event.seq.0.is_multiple_of(self.spacing);
        let passed = (is_place && slot.saved < event.seq).then(|| {
            slot.saved = event.seq;
            Arc::clone(&slot.board)
        });
        if is_new {
            state.changed.push_back(key.clone());
        }
        state.pass(passed);
        Applied::Done
    }

    /// Takes a board that is worth keeping.
    pub(super) fn pass(&self, board: Arc<Board>) {
        self.lock().pass(Some(board));
    }

    /// Whether boards wait to be written.
    pub(super) fn has_passed(&self) -> bool {
        !self.lock().passed.is_empty()
    }

    /// Boards that passed the places where one is kept.
    pub(super) fn take_passed(&self) -> Vec<Arc<Board>> {
        std::mem::take(&mut self.lock().passed)
    }

    /// Boards that changed since they were last taken, at most so many, the longest waiting first.
    pub(super) fn take_changed(&self, most: usize) -> Vec<Arc<Board>> {
        let mut state = self.lock();
        let count = most.min(state.changed.len());
        let keys: Vec<Key> = state.changed.drain(..count).collect();
        let taken = keys.iter().filter_map(|key| {
            let slot = state.slots.get_mut(key)?;
            slot.is_changed = false;
            Some(Arc::clone(&slot.board))
        });
        taken.collect()
    }

    /// Whether boards changed and were not taken yet.
    pub(super) fn has_changed(&self) -> bool {
        !self.lock().changed.is_empty()
    }

    /// Boards that have seen at least `lag` events since their snapshot; they count as saved from now on.
    pub(super) fn due(&self, lag: u64) -> Vec<Arc<Board>> {
        let mut state = self.lock();
        let mut due = Vec::new();
        for slot in state.slots.values_mut().filter(|slot| slot.lag() >= lag) {
            slot.saved = slot.board.seq();
            due.push(Arc::clone(&slot.board));
        }
        due
    }

    /// Forgets everything: the fold lost its place.
    pub(super) fn clear(&self) {
        let mut state = self.lock();
        state.slots.clear();
        state.changed.clear();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn pass(&mut self, board: Option<Arc<Board>>) {
        if self.passed.len() < MOST_PASSED {
            self.passed.extend(board);
        }
    }

    fn tick(&mut self) -> u64 {
        self.clock += 1;
        self.clock
    }

    /// Lets the least recently used boards go, but none that is yet to be told of. What they have seen is in the
    /// journal.
    fn shrink(&mut self, most: usize) {
        while self.slots.len() > most {
            let idle = self.slots.iter().filter(|(_, slot)| !slot.is_changed);
            let oldest = idle.min_by_key(|(_, slot)| slot.used);
            let Some(oldest) = oldest.map(|(key, _)| key.clone()) else {
                return;
            };
            self.slots.remove(&oldest);
        }
    }
}

impl Slot {
    /// How many events the board has seen since its snapshot.
    fn lag(&self) -> u64 {
        self.board.seq().0.saturating_sub(self.saved.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::event;

    fn key(session: &str) -> Key {
        (ProjectId::default(), SessionId::new(session).unwrap())
    }

    /// Lets the board of an event's session take it.
    fn take(boards: &Boards, event: &Event) -> Applied {
        boards.apply(&key(event.session_id.as_str()), event, Origin::Program)
    }

    #[test]
    fn a_board_takes_events_in_order_and_says_what_it_lacks() {
        let boards = Boards::new(2, 100);
        assert_eq!(take(&boards, &event(5, "a", 2)), Applied::Missing);
        assert_eq!(take(&boards, &event(1, "a", 1)), Applied::Done);
        assert_eq!(take(&boards, &event(9, "a", 3)), Applied::Missing);
        assert_eq!(take(&boards, &event(5, "a", 2)), Applied::Done);
        assert_eq!(take(&boards, &event(5, "a", 2)), Applied::Done);
        let (board, ()) = boards.get(&key("a"), || ()).unwrap();
        assert_eq!(board.seq(), Seq(2));
    }

    #[test]
    fn the_least_recently_used_board_leaves() {
        let boards = Boards::new(2, 100);
        for (offset, session) in ["a", "b"].into_iter().enumerate() {
            take(&boards, &event(offset as u64 + 1, session, 1));
        }
        assert_eq!(boards.take_changed(9).len(), 2);
        assert!(boards.get(&key("a"), || ()).is_some());
        take(&boards, &event(3, "c", 1));
        assert!(boards.get(&key("b"), || ()).is_none());
        assert!(boards.get(&key("a"), || ()).is_some());
    }

    #[test]
    fn a_board_that_is_yet_to_be_told_of_stays() {
        let boards = Boards::new(1, 100);
        for (offset, session) in ["a", "b", "c"].into_iter().enumerate() {
            take(&boards, &event(offset as u64 + 1, session, 1));
        }
        let names = |boards: Vec<Arc<Board>>| -> Vec<String> {
            let names = boards
                .iter()
                .map(|board| board.session_id().as_str().to_owned());
            names.collect()
        };
        assert_eq!(names(boards.take_changed(2)), ["a", "b"]);
        assert_eq!(names(boards.take_changed(2)), ["c"]);
        take(&boards, &event(4, "d", 1));
        assert!(boards.get(&key("c"), || ()).is_none());
    }

    #[test]
    fn boards_are_kept_as_they_pass_the_places_for_it() {
        let boards = Boards::new(2, 10);
        for seq in 1..=35 {
            take(&boards, &event(seq, "a", seq));
            take(&boards, &event(seq, "a", seq));
        }
        let passed = boards.take_passed();
        let seqs: Vec<u64> = passed.iter().map(|board| board.seq().0).collect();
        assert_eq!(seqs, [10, 20, 30]);
        assert!(boards.take_passed().is_empty());
        assert_eq!(boards.due(5).len(), 1);
        assert!(boards.due(5).is_empty());
    }

    #[test]
    fn a_held_board_does_not_change_under_its_holder() {
        let boards = Boards::new(2, 100);
        take(&boards, &event(1, "a", 1));
        let (held, ()) = boards.get(&key("a"), || ()).unwrap();
        take(&boards, &event(2, "a", 2));
        assert_eq!(held.seq(), Seq(1));
    }
}
