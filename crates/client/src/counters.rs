//! What became of the events. `emitted + recovered == acknowledged + rejected + dropped + waiting`, at every moment.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// What became of the events so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Emitted by this program.
    pub emitted: u64,
    /// Found on disk: emitted by programs before this one, which ended before their receipts came.
    pub recovered: u64,
    /// Given to the server, sendings of the same event again included.
    pub sent: u64,
    /// On the server's disk, by its receipt.
    pub acknowledged: u64,
    /// Of these, those that the server had already: sent again because a receipt was lost.
    pub duplicates: u64,
    /// Refused by the server, each for a fault of its own.
    pub rejected: u64,
    /// Lost: both bounds (memory and disk) were reached, or a file of an earlier program was damaged.
    pub dropped: u64,
    /// Without a receipt so far.
    pub waiting: u64,
    /// Of these, in memory and not yet on disk.
    pub queued: u64,
    /// Bytes that wait on disk.
    pub spilled_bytes: u64,
}

/// The same, being counted.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) recovered: AtomicU64,
    pub(crate) sent: AtomicU64,
    pub(crate) acknowledged: AtomicU64,
    pub(crate) duplicates: AtomicU64,
    pub(crate) rejected: AtomicU64,
    pub(crate) dropped: AtomicU64,
}

impl Tally {
    /// Those that are counted one by one; `emitted` is asked for last, `queued` and `spilled_bytes` are known elsewhere.
    pub(crate) fn read(&self, emitted: impl FnOnce() -> u64) -> Counters {
        // What settles is read before what comes in, so that `waiting` is never below zero.
        let (acknowledged, rejected) =
            (self.acknowledged.load(Relaxed), self.rejected.load(Relaxed));
        let (dropped, duplicates) = (self.dropped.load(Relaxed), self.duplicates.load(Relaxed));
        let sent = self.sent.load(Relaxed);
        let (recovered, emitted) = (self.recovered.load(Relaxed), emitted());
        Counters {
            emitted,
            recovered,
            sent,
            acknowledged,
            duplicates,
            rejected,
            dropped,
            waiting: (emitted + recovered).saturating_sub(acknowledged + rejected + dropped),
            queued: 0,
            spilled_bytes: 0,
        }
    }
}

/// Adds.
pub(crate) fn add(counter: &AtomicU64, more: u64) {
    counter.fetch_add(more, Relaxed);
}
