//! Events over a window of time, in at most sixty buckets. In: times of receipt. Out: how many in the window.

use std::collections::VecDeque;

use loopscope_event::Timestamp;

const BUCKETS: i64 = 60;

/// The newest events, by when they came. Not stored: after a restart a window begins anew.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Window {
    /// A bucket's number and its count, the oldest first.
    buckets: VecDeque<(i64, u64)>,
    /// Since when events are counted.
    since: Option<i64>,
}

/// How wide a bucket of such a window is, in microseconds.
fn bucket(window_seconds: f64) -> i64 {
    ((window_seconds * 1e6) as i64 / BUCKETS).max(1)
}

impl Window {
    /// Begins to count, where it does not yet.
    pub(crate) fn begin(&mut self, now: Timestamp) {
        self.since.get_or_insert(now.as_micros());
    }

    /// An event came.
    pub(crate) fn count(&mut self, window_seconds: f64, at: Timestamp) {
        self.begin(at);
        let number = at.as_micros().div_euclid(bucket(window_seconds));
        match self.buckets.back_mut() {
            Some((newest, count)) if *newest >= number => *count += 1,
            _ => self.buckets.push_back((number, 1)),
        }
        while self.buckets.len() > BUCKETS as usize + 1 {
            self.buckets.pop_front();
        }
    }

    /// How many came in the window before now, and whether it was watched for as long as the window is.
    pub(crate) fn sum(&mut self, window_seconds: f64, now: Timestamp) -> (u64, bool) {
        let width = bucket(window_seconds);
        let oldest = now.as_micros().div_euclid(width) - BUCKETS;
        while self
            .buckets
            .front()
            .is_some_and(|(number, _)| *number <= oldest)
        {
            self.buckets.pop_front();
        }
        let whole = (window_seconds * 1e6) as i64;
        let is_full = self
            .since
            .is_some_and(|since| now.as_micros() - since >= whole);
        (self.buckets.iter().map(|(_, count)| count).sum(), is_full)
    }
}
