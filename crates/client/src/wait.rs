//! Time, chance, and place: the clock, how long to wait before trying again, and whose thread this is.

use std::cell::Cell;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use loopscope_event::Timestamp;

/// The first wait after a failure.
const FIRST: Duration = Duration::from_millis(100);
/// The longest wait after a failure.
const LONGEST: Duration = Duration::from_secs(5);

thread_local! {
    static OWN: Cell<bool> = const { Cell::new(false) };
}

/// Marks this thread as one of the crate's own.
pub(crate) fn own_this_thread() {
    OWN.set(true);
}

/// Whether this thread is one of the crate's own: what happens on it is not the program's.
pub(crate) fn is_own_thread() -> bool {
    OWN.get()
}

/// Now, by the machine's clock.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let micros = since.map_or(0, |since| since.as_micros());
    Timestamp::from_micros(i64::try_from(micros).unwrap_or(i64::MAX))
}

/// Random bits; those of the clock where the system has none.
pub(crate) fn chance() -> u64 {
    getrandom::u64().unwrap_or_else(|_| now().as_micros() as u64)
}

/// Waits that double, each shortened by chance so that many programs do not come back at once.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The next wait.
    pub(crate) fn next(&mut self) -> Duration {
        let most = FIRST
            .saturating_mul(1 << self.failures.min(16))
            .min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        let half = most / 2;
        let spread = u64::try_from(half.as_micros()).unwrap_or(u64::MAX).max(1);
        half + Duration::from_micros(chance() % spread)
    }

    /// It worked.
    pub(crate) const fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_bound_and_begin_anew() {
        let mut backoff = Backoff::default();
        for most in [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000] {
            let wait = backoff.next();
            let most = Duration::from_millis(most);
            assert!(wait >= most / 2 && wait <= most, "{wait:?} of {most:?}");
        }
        backoff.reset();
        assert!(backoff.next() <= FIRST);
    }
}
