//! The server's own life: since when it runs, who it is, how it is told to stop, and what still runs then.

mod clock;
mod signals;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub(crate) use clock::now;
pub(crate) use signals::stop_signal;

/// Tasks that outlive a stop for longer are left behind.
pub(crate) const STOP_GRACE: Duration = Duration::from_secs(5);

/// See the module.
#[derive(Debug)]
pub(crate) struct Life {
    started: Instant,
    /// A word that differs from one start of a server to the next.
    pub instance: String,
    /// Cancelled when the server is told to stop.
    pub shutdown: CancellationToken,
    /// Connections and background work; a stop waits for them.
    pub tasks: TaskTracker,
}

impl Life {
    /// Begins.
    pub(crate) fn begin() -> Self {
        static STARTS: AtomicU64 = AtomicU64::new(0);
        let nth = STARTS.fetch_add(1, Ordering::Relaxed);
        let micros = now().as_micros();
        Self {
            started: Instant::now(),
            instance: format!("{micros:x}-{:x}-{nth}", std::process::id()),
            shutdown: CancellationToken::new(),
            tasks: TaskTracker::new(),
        }
    }

    /// How long the server is up.
    pub(crate) fn uptime(&self) -> Duration {
        self.started.elapsed()
    }

    /// Whether the server was told to stop.
    pub(crate) fn is_stopping(&self) -> bool {
        self.shutdown.is_cancelled()
    }

    /// Tells everything to stop, and waits until it has, or until patience ends.
    pub(crate) async fn stop(&self) {
        self.shutdown.cancel();
        self.tasks.close();
        if tokio::time::timeout(STOP_GRACE, self.tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!(left = self.tasks.len(), "some tasks did not stop in time");
        }
    }
}
