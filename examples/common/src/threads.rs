//! The wish to stop: Ctrl-C, a polite kill, a closed terminal. In: SIGINT, SIGTERM, SIGHUP. Out: [`Stop`], which any
//! thread can ask, or sleep on.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

/// Whether the program was asked to stop; cloned freely.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<(Mutex<bool>, Condvar)>);

impl Stop {
    /// Starts to listen for the signals.
    pub fn on_signals() -> std::io::Result<Self> {
        let stop = Self::default();
        let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
        let told = stop.clone();
        thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || {
                for _ in signals.forever() {
                    told.ask();
                }
            })?;
        Ok(stop)
    }

    /// Asks the program to stop.
    pub fn ask(&self) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.1.notify_all();
    }

    /// Whether it was asked.
    pub fn is_asked(&self) -> bool {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Rests so long, or until it is asked; whether it was.
    pub fn rest(&self, length: Duration) -> bool {
        let until = Instant::now().checked_add(length);
        let mut asked = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        while !*asked {
            let left = until.map_or(Duration::MAX, |until| {
                until.saturating_duration_since(Instant::now())
            });
            if left.is_zero() {
                break;
            }
            let woken = self
                .0
                .1
                .wait_timeout(asked, left.min(Duration::from_hours(1)));
            asked = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
        *asked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rest_ends_when_it_is_asked() {
        let stop = Stop::default();
        assert!(!stop.rest(Duration::from_millis(1)));
        let asker = stop.clone();
        let thread = thread::spawn(move || asker.ask());
        assert!(stop.rest(Duration::from_hours(2)));
        assert!(stop.is_asked());
        thread.join().unwrap();
    }
}
