//! When events become visible. In: the rate. Out: pulses, at once or a few milliseconds apart.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::Ring;

/// Below this rate every commit is shown at once: the journal spaces small commits already, and waiting would cost
/// time. Above it pulses are long: the gathered frame is worth more than the milliseconds.
const BUSY_PER_SECOND: f64 = 5_000.0;

/// The rate is measured over windows of this length.
const WINDOW: Duration = Duration::from_millis(100);

/// Runs the ring's pulse until told to stop; what is pending then still becomes visible.
pub(crate) async fn pulse_until(ring: &Ring, stop: CancellationToken) {
    let mut rate = Rate::default();
    let mut earliest = Instant::now();
    let mut gather = None;
    loop {
        tokio::select! {
            () = ring.published.notified() => {}
            () = until(gather) => {
                gather = ring.gather();
                continue;
            }
            () = stop.cancelled() => break,
        }
        if earliest > Instant::now() {
            sleep_until(earliest).await;
        }
        let now = Instant::now();
        let events = ring.pulse();
        rate.count(events, now);
        if events > 0 {
            gather = ring.gather();
        }
        earliest = now + gap(rate.per_second);
    }
    ring.pulse();
}

/// Waits until then; for ever where there is no such moment.
async fn until(then: Option<Instant>) {
    match then {
        Some(then) => sleep_until(then).await,
        None => std::future::pending().await,
    }
}

/// How long a pulse waits for the one before it.
fn gap(per_second: f64) -> Duration {
    if per_second < BUSY_PER_SECOND {
        Duration::ZERO
    } else {
        Duration::from_millis(5)
    }
}

/// Events a second over the last whole window.
#[derive(Debug, Default)]
struct Rate {
    started: Option<Instant>,
    events: usize,
    per_second: f64,
}

impl Rate {
    fn count(&mut self, events: usize, now: Instant) {
        let started = *self.started.get_or_insert(now);
        self.events += events;
        let elapsed = now - started;
        if elapsed >= WINDOW {
            self.per_second = self.events as f64 / elapsed.as_secs_f64();
            self.started = Some(now);
            self.events = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gap_follows_the_rate() {
        let mut rate = Rate::default();
        let start = Instant::now();
        assert_eq!(gap(rate.per_second), Duration::ZERO);
        for tick in 0..=10 {
            rate.count(100, start + Duration::from_millis(10 * tick));
        }
        assert_eq!(gap(rate.per_second), Duration::from_millis(5));
        rate.count(1, start + Duration::from_secs(10));
        assert_eq!(gap(rate.per_second), Duration::ZERO, "calm again");
    }
}
