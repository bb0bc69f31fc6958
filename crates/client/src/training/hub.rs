//! Where events go: to every backend, each with a bounded queue and a thread of its own, so that none can hold up the
//! training or another. In: events. Out: the same, in order; where a queue is full the newest is dropped and counted.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::{OutputBackend, TelemetryEvent};

/// The most events that wait for a backend.
const QUEUE: usize = 10_000;
/// Time for the backends to let go of what they have.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Gives events to backends.
#[derive(Default)]
pub struct Hub {
    outlets: Mutex<Vec<Outlet>>,
    dropped: Arc<AtomicU64>,
}

struct Outlet {
    queue: SyncSender<Arc<TelemetryEvent>>,
    /// Is cut off when the backend's thread is through.
    is_over: Receiver<()>,
}

impl Hub {
    /// A hub without any backend: what it is given is nobody's.
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts a backend, and gives it every event from now on.
    pub fn add_backend(&self, backend: impl OutputBackend + 'static) -> std::io::Result<()> {
        backend.start()?;
        let (queue, waiting) = mpsc::sync_channel::<Arc<TelemetryEvent>>(QUEUE);
        let (ends, is_over) = mpsc::channel();
        let named = thread::Builder::new().name("telemetry".to_owned());
        named.spawn(move || {
            let _ends: mpsc::Sender<()> = ends;
            for event in waiting {
                backend.emit(&event);
            }
            backend.close();
        })?;
        self.outlets().push(Outlet { queue, is_over });
        Ok(())
    }

    /// Gives an event to all backends; never waits for any, and never fails.
    pub fn emit(&self, event: TelemetryEvent) {
        let event = Arc::new(event);
        for outlet in self.outlets().iter() {
            if outlet.queue.try_send(Arc::clone(&event)).is_err() {
                self.dropped.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// How often a backend had no room for an event, or was no longer there.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Closes all backends; gives them two seconds for what waits.
    pub fn close(&self) {
        let until = Instant::now() + LAST_WORDS;
        let outlets = std::mem::take(&mut *self.outlets());
        let ends: Vec<_> = outlets.into_iter().map(|outlet| outlet.is_over).collect();
        for is_over in ends {
            // Nothing is ever sent: it is over, or the time is.
            let _ = is_over.recv_timeout(until.saturating_duration_since(Instant::now()));
        }
    }

    fn outlets(&self) -> MutexGuard<'_, Vec<Outlet>> {
        self.outlets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.close();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Condvar;

    use super::*;

    #[derive(Default)]
    struct Slow {
        may_go: Mutex<bool>,
        goes: Condvar,
        seen: AtomicU64,
        closed: AtomicU64,
    }

    impl OutputBackend for Slow {
        fn emit(&self, _: &TelemetryEvent) {
            let may_go = self.may_go.lock().unwrap();
            drop(self.goes.wait_while(may_go, |may_go| !*may_go).unwrap());
            self.seen.fetch_add(1, Ordering::SeqCst);
        }

        fn close(&self) {
            self.closed.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn a_slow_backend_holds_up_nobody_and_what_it_misses_is_counted() {
        let (hub, slow, quick) = (
            Hub::new(),
            Arc::new(Slow::default()),
            Arc::new(Slow::default()),
        );
        *quick.may_go.lock().unwrap() = true;
        hub.add_backend(Arc::clone(&slow)).unwrap();
        hub.add_backend(Arc::clone(&quick)).unwrap();
        let event = TelemetryEvent::new("X");
        let all = QUEUE as u64 + 25;
        for sent in 1..=all {
            hub.emit(event.clone());
            // One at a time, so that the quick one never falls behind.
            while quick.seen.load(Ordering::SeqCst) < sent {
                thread::yield_now();
            }
        }
        // One may be in the slow one's hands already.
        assert!((24..=25).contains(&hub.dropped()), "{}", hub.dropped());
        *slow.may_go.lock().unwrap() = true;
        slow.goes.notify_all();
        let dropped = hub.dropped();
        hub.close();
        assert_eq!(slow.seen.load(Ordering::SeqCst), all - dropped);
        assert_eq!(slow.closed.load(Ordering::SeqCst), 1);
        hub.close();
        hub.emit(event);
        assert_eq!(
            hub.dropped(),
            dropped,
            "without a backend nothing is dropped"
        );
    }

    #[test]
    fn a_backend_that_does_not_start_is_not_taken() {
        let hub = Hub::new();
        let file = super::super::FileOutput::new("/dev/null/at/all/events.jsonl");
        assert!(hub.add_backend(file).is_err());
        assert_eq!(hub.outlets().len(), 0);
    }
}
