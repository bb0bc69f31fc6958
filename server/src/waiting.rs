//! A waiting room: tasks that have seen everything and wait for the next pulse. In: their wakers. Out: all, at once.

use std::task::Waker;

/// A place in the waiting room, good until the next pulse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ticket {
    pulse: u64,
    place: usize,
}

/// The waiting room. It is emptied by every pulse; a reader that leaves before gives its place back.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    pulse: u64,
    wakers: Vec<Option<Waker>>,
    free: Vec<usize>,
}

impl Waiting {
    /// Waits, or goes on waiting in the same place.
    pub(crate) fn enter(&mut self, ticket: Option<Ticket>, waker: &Waker) -> Ticket {
        if let Some(ticket) = ticket.filter(|ticket| ticket.pulse == self.pulse) {
            match self.wakers.get_mut(ticket.place) {
                Some(Some(known)) => known.clone_from(waker),
                Some(place) => *place = Some(waker.clone()),
                None => {}
            }
            return ticket;
        }
        let place = if let Some(place) = self.free.pop() {
            self.wakers[place] = Some(waker.clone());
            place
        } else {
            self.wakers.push(Some(waker.clone()));
            self.wakers.len() - 1
        };
        Ticket {
            pulse: self.pulse,
            place,
        }
    }

    /// Stops waiting.
    pub(crate) fn leave(&mut self, ticket: Ticket) {
        if ticket.pulse == self.pulse
            && let Some(place) = self.wakers.get_mut(ticket.place)
            && place.take().is_some()
        {
            self.free.push(ticket.place);
        }
    }

    /// Everyone, to be woken outside of the lock; the room is empty after.
    pub(crate) fn everyone(&mut self) -> Vec<Option<Waker>> {
        self.pulse += 1;
        self.free.clear();
        let next = Vec::with_capacity(self.wakers.len());
        std::mem::replace(&mut self.wakers, next)
    }

    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        self.wakers.len() - self.free.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_reader_holds_one_place_however_often_it_asks() {
        let mut room = Waiting::default();
        let waker = Waker::noop();
        let ticket = room.enter(None, waker);
        for _ in 0..100 {
            assert_eq!(room.enter(Some(ticket), waker), ticket);
        }
        assert_eq!(room.len(), 1);
        room.leave(ticket);
        assert_eq!(room.len(), 0);
        let _ = room.enter(None, waker);
        assert_eq!(room.wakers.len(), 1, "the free place is used again");
    }

    #[test]
    fn a_ticket_is_void_after_the_pulse() {
        let mut room = Waiting::default();
        let old = room.enter(None, Waker::noop());
        assert_eq!(room.everyone().len(), 1);
        let _other = room.enter(None, Waker::noop());
        room.leave(old);
        assert_eq!(room.len(), 1, "another's place was not given away");
    }
}
