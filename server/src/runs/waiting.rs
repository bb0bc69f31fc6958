//! How many frames of trainers wait to be stored: the contract's `queue_size`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The count; cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Waiting(Arc<AtomicU64>);

/// One frame that waits, until this is dropped.
#[derive(Debug)]
pub(crate) struct WaitingFrame(Waiting);

impl Waiting {
    /// One more waits.
    pub(crate) fn one_more(&self) -> WaitingFrame {
        self.0.fetch_add(1, Ordering::Relaxed);
        WaitingFrame(self.clone())
    }

    /// How many wait.
    pub(crate) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for WaitingFrame {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}
