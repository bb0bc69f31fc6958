//! How long to wait before a loop is dialled again. In: failures, and a random number. Out: a delay.
//!
//! A quarter of a second, doubling to five seconds, with jitter: a whole run of a loop can be shorter than five
//! seconds. Only a link that proved itself (it brought events, or it held) starts over; a loop that accepts and closes
//! at once is dialled ever more slowly.

use std::time::Duration;

/// The first delay.
const FIRST: Duration = Duration::from_millis(250);
/// The longest delay.
const LONGEST: Duration = Duration::from_secs(5);
/// How long a silent link must hold to count as good.
pub(crate) const HOLDS: Duration = Duration::from_secs(5);

/// The delays between attempts.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The link proved itself.
    pub(crate) const fn reset(&mut self) {
        self.failures = 0;
    }

    /// Attempts since a link proved itself.
    pub(crate) const fn failures(self) -> u32 {
        self.failures
    }

    /// The delay after one more failure. `random` is 0.0 to 1.0; the delay lies between three quarters of the nominal
    /// one and the whole.
    pub(crate) fn next_delay(&mut self, random: f64) -> Duration {
        let doubled = FIRST.saturating_mul(1 << self.failures.min(8));
        self.failures = self.failures.saturating_add(1);
        doubled
            .min(LONGEST)
            .mul_f64(0.75 + 0.25 * random.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_five_seconds_and_start_over() {
        let mut backoff = Backoff::default();
        let whole: Vec<u128> = (0..8)
            .map(|_| backoff.next_delay(1.0).as_millis())
            .collect();
        assert_eq!(whole, [250, 500, 1000, 2000, 4000, 5000, 5000, 5000]);
        assert_eq!(backoff.failures(), 8);
        backoff.reset();
        assert_eq!(backoff.next_delay(0.0).as_micros(), 187_500);
        for _ in 0..10_000 {
            assert!(backoff.next_delay(0.5) <= LONGEST);
        }
    }
}
