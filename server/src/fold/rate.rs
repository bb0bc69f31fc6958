//! How many events came in each of the newest 60 seconds.

use std::sync::{Mutex, PoisonError};

use loopscope_event::Timestamp;

/// Whole seconds that are told.
const TOLD: usize = 60;

/// Seconds that are counted apart: the present one, which is not whole yet, too.
const SECONDS: usize = TOLD + 1;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Rate(Mutex<Counts>);

#[derive(Debug)]
struct Counts {
    /// The newest second that was counted, since the epoch.
    newest: i64,
    by_second: [u64; SECONDS],
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            newest: 0,
            by_second: [0; SECONDS],
        }
    }
}

impl Rate {
    /// Counts events that came now.
    pub(super) fn count(&self, events: u64, now: Timestamp) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let second = counts.advance(now);
        counts.by_second[second] += events;
    }

    /// The whole seconds before this one, oldest first.
    pub(super) fn by_second(&self, now: Timestamp) -> Vec<u64> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let second = counts.advance(now);
        (1..=TOLD)
            .map(|step| counts.by_second[(second + step) % SECONDS])
            .collect()
    }
}

impl Counts {
    /// Clears the seconds that have passed and answers the place of the present one.
    fn advance(&mut self, now: Timestamp) -> usize {
        let second = now.as_micros().div_euclid(1_000_000).max(self.newest);
        let passed = (second - self.newest).clamp(0, SECONDS as i64);
        for step in 0..passed {
            let place = (second - step).rem_euclid(SECONDS as i64) as usize;
            self.by_second[place] = 0;
        }
        self.newest = second;
        second.rem_euclid(SECONDS as i64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_counted_apart_and_forgotten() {
        let rate = Rate::default();
        let at = |second: i64| Timestamp::from_micros(second * 1_000_000);
        rate.count(3, at(1000));
        rate.count(2, at(1000));
        rate.count(7, at(1002));
        let seconds = rate.by_second(at(1003));
        assert_eq!(seconds[TOLD - 3..], [5, 0, 7]);
        assert_eq!(rate.by_second(at(1061))[..2], [0, 7]);
        assert_eq!(rate.by_second(at(5000)), [0; TOLD]);
    }
}
