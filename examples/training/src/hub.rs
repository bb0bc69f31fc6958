//! Where events go: to every outlet, each with a bounded queue of its own, so that none can hold up the training or
//! another. In: finished frames. Out: the same, in order; where a queue is full the newest is dropped and counted.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The most frames that wait in a queue.
pub const QUEUE: usize = 10_000;

/// A queue of frames; cloned freely.
#[derive(Debug, Clone)]
pub struct Outlet(Arc<(Mutex<Queue>, Condvar)>);

#[derive(Debug, Default)]
struct Queue {
    name: String,
    frames: VecDeque<Arc<str>>,
    dropped: u64,
    told: u64,
    is_closed: bool,
}

impl Outlet {
    fn new(name: String) -> Self {
        let queue = Queue {
            name,
            ..Queue::default()
        };
        Self(Arc::new((Mutex::new(queue), Condvar::new())))
    }

    /// Takes a frame; never waits.
    fn push(&self, frame: &Arc<str>) {
        let mut queue = self.queue();
        if queue.frames.len() >= QUEUE {
            queue.dropped += 1;
            // Once at first, and then only when it has become ten times as many: the log is no queue.
            if queue.dropped >= queue.told.saturating_mul(10).max(1) {
                queue.told = queue.dropped;
                eprintln!(
                    "warning: {} is too slow; {} events dropped",
                    queue.name, queue.dropped
                );
            }
            return;
        }
        queue.frames.push_back(Arc::clone(frame));
        self.0.1.notify_one();
    }

    /// What waits, at most so many; waits for it at most so long. `None` once it is closed and all is taken.
    pub fn take(&self, most: usize, at_most: Duration) -> Option<Vec<Arc<str>>> {
        let until = Instant::now() + at_most;
        let mut queue = self.queue();
        loop {
            if !queue.frames.is_empty() {
                let count = queue.frames.len().min(most);
                return Some(queue.frames.drain(..count).collect());
            }
            if queue.is_closed {
                return None;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Some(Vec::new());
            }
            let woken = self.0.1.wait_timeout(queue, left);
            queue = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// How many frames had no room.
    pub fn dropped(&self) -> u64 {
        self.queue().dropped
    }

    /// Nothing more will come, or nobody takes it any more.
    pub fn close(&self) {
        self.queue().is_closed = true;
        self.0.1.notify_all();
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        // Whoever panicked with the lock held left a whole queue: every change is one statement.
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All outlets; cloned freely.
#[derive(Debug, Clone, Default)]
pub struct Hub(Arc<Mutex<Vec<Outlet>>>);

impl Hub {
    /// One more outlet, from now on.
    pub fn open(&self, name: String) -> Outlet {
        let outlet = Outlet::new(name);
        self.outlets().push(outlet.clone());
        outlet
    }

    /// Gives a frame to all outlets; never waits for any.
    pub fn emit(&self, frame: &str) {
        let frame: Arc<str> = frame.into();
        let mut outlets = self.outlets();
        outlets.retain(|outlet| !outlet.queue().is_closed);
        for outlet in outlets.iter() {
            outlet.push(&frame);
        }
    }

    /// How many outlets are open.
    pub fn count(&self) -> usize {
        self.outlets()
            .iter()
            .filter(|outlet| !outlet.queue().is_closed)
            .count()
    }

    /// Nothing more will come.
    pub fn close(&self) {
        for outlet in self.outlets().iter() {
            outlet.close();
        }
    }

    fn outlets(&self) -> MutexGuard<'_, Vec<Outlet>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_queue_drops_the_newest_and_holds_up_nobody() {
        let hub = Hub::default();
        let (slow, quick) = (hub.open("slow".to_owned()), hub.open("quick".to_owned()));
        for number in 0..QUEUE + 25 {
            hub.emit(&number.to_string());
            quick.take(1, Duration::ZERO);
        }
        assert_eq!((slow.dropped(), quick.dropped()), (25, 0));
        assert_eq!(&*slow.take(1, Duration::ZERO).unwrap()[0], "0");
        hub.close();
        assert_eq!(slow.take(QUEUE, Duration::ZERO).unwrap().len(), QUEUE - 1);
        assert!(slow.take(1, Duration::ZERO).is_none());
        assert_eq!(hub.count(), 0);
    }
}
