//! The queue between those who emit and the thread that sends: bounded, without a lock, and without a system call.
//!
//! In: items. Out: the same, in order. Where it is full, whoever emits empties it himself into the outbox (see
//! [`crate::client`]): nobody waits for the network, and nothing is thrown away.

mod line;

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use crossbeam_queue::ArrayQueue;
use loopscope_event::{Severity, Timestamp};
use tokio::sync::Notify;

pub(crate) use line::write as write_line;

use crate::emitter::Told;

/// An event as it was emitted; it becomes text on our own thread.
#[derive(Debug)]
pub(crate) struct Item {
    /// Whose; `None` for an event that is whole.
    pub(crate) told: Option<Arc<Told>>,
    pub(crate) at: Timestamp,
    pub(crate) iteration: u32,
    pub(crate) severity: Option<Severity>,
    pub(crate) what: What,
}

/// What it says.
#[derive(Debug)]
pub(crate) enum What {
    Metric(Cow<'static, str>, f64, Option<u64>),
    Metrics(Vec<(String, f64)>, Option<u64>),
    Log(String),
    /// A name, and the payload as JSON text.
    Named(Cow<'static, str>, String),
    /// The same, and what stands beside the payload.
    Beside(Box<Beside>),
    /// An event object as JSON text, in any dialect.
    Whole(String),
}

/// An event that says more than a name and a payload.
#[derive(Debug)]
pub(crate) struct Beside {
    pub(crate) name: Cow<'static, str>,
    /// An object.
    pub(crate) data: String,
    /// An object: its fields are the event's own.
    pub(crate) fields: String,
}

impl Item {
    /// About how much memory it takes.
    fn bytes(&self) -> usize {
        let more = match &self.what {
            What::Metric(Cow::Owned(text), ..) | What::Log(text) | What::Whole(text) => text.len(),
            What::Metric(..) => 0,
            What::Metrics(points, _) => points.iter().map(|(name, _)| name.len() + 32).sum(),
            What::Named(_, data) => data.len(),
            What::Beside(event) => event.data.len() + event.fields.len(),
        };
        size_of::<Self>() + more
    }
}

/// The queue.
pub(crate) struct Queue {
    ring: ArrayQueue<Item>,
    bytes: AtomicUsize,
    most_bytes: usize,
    /// Pushes so far: what a flush waits for.
    pushed: AtomicU64,
    /// Whether the thread sleeps until it is woken.
    idle: AtomicBool,
    wake: Notify,
}

impl Queue {
    pub(crate) fn new(events: usize, bytes: usize) -> Self {
        Self {
            ring: ArrayQueue::new(events.max(2)),
            bytes: AtomicUsize::new(0),
            most_bytes: bytes,
            pushed: AtomicU64::new(0),
            idle: AtomicBool::new(false),
            wake: Notify::new(),
        }
    }

    /// Takes an item, or gives it back where the queue is full.
    pub(crate) fn push(&self, item: Item) -> Result<(), Item> {
        let bytes = item.bytes();
        if self.bytes.load(Ordering::Relaxed) + bytes > self.most_bytes && !self.ring.is_empty() {
            return Err(item);
        }
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        if let Err(item) = self.ring.push(item) {
            self.bytes.fetch_sub(bytes, Ordering::Relaxed);
            return Err(item);
        }
        self.count();
        Ok(())
    }

    /// Counts an item that went around the queue.
    pub(crate) fn count(&self) {
        self.pushed.fetch_add(1, Ordering::SeqCst);
        // Waking costs a system call; it is done only where the thread sleeps.
        if self.idle.load(Ordering::SeqCst) && self.idle.swap(false, Ordering::SeqCst) {
            self.wake.notify_one();
        }
    }

    /// The oldest item.
    pub(crate) fn pop(&self) -> Option<Item> {
        let item = self.ring.pop()?;
        self.bytes.fetch_sub(item.bytes(), Ordering::Relaxed);
        Some(item)
    }

    /// Whether an item of ordinary size finds room.
    pub(crate) fn has_room(&self) -> bool {
        !self.ring.is_full() && self.bytes.load(Ordering::Relaxed) < self.most_bytes
    }

    pub(crate) fn len(&self) -> usize {
        self.ring.len()
    }

    pub(crate) fn pushed(&self) -> u64 {
        self.pushed.load(Ordering::SeqCst)
    }

    /// Sleeps until something is pushed, or somebody wakes it.
    pub(crate) async fn sleep(&self) {
        self.idle.store(true, Ordering::SeqCst);
        if self.ring.is_empty() {
            self.wake.notified().await;
        }
        self.idle.store(false, Ordering::SeqCst);
    }

    /// Wakes the thread, whatever it does.
    pub(crate) fn wake(&self) {
        self.wake.notify_one();
    }
}
