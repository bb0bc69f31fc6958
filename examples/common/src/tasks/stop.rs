//! The wish to stop: Ctrl-C, a polite kill, a closed terminal. In: SIGINT, SIGTERM, SIGHUP. Out: [`Stop`], which any task can wait for.

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Tells its holders that the program was asked to stop.
#[derive(Debug, Clone)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Starts to listen for the signals.
    pub fn on_signals() -> std::io::Result<Self> {
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let mut hang_up = signal(SignalKind::hangup())?;
        let (asked, stop) = watch::channel(false);
        tokio::spawn(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                _ = hang_up.recv() => {}
            }
            asked.send_replace(true);
            asked.closed().await;
        });
        Ok(Self(stop))
    }

    /// Returns once the program was asked to stop.
    pub async fn asked(&self) {
        let mut changes = self.0.clone();
        if changes.wait_for(|asked| *asked).await.is_err() {
            // The listener is gone with its runtime; nobody will ask any more.
            std::future::pending::<()>().await;
        }
    }
}
