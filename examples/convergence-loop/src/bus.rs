//! Where events go. In: finished frames. Out: everyone who listens at that moment; nothing is kept for later.

use std::sync::Arc;

use tokio::sync::{broadcast, watch};
use tokio_tungstenite::tungstenite::Utf8Bytes;

/// How many frames a slow listener may be behind before it loses some.
const BACKLOG: usize = 8_192;

/// One event, as JSON text.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The session it belongs to.
    pub session_id: Arc<str>,
    /// The event.
    pub text: Utf8Bytes,
}

/// A broadcast to every listener; cloned freely.
#[derive(Debug, Clone)]
pub struct Bus {
    frames: broadcast::Sender<Frame>,
    clients: Arc<watch::Sender<usize>>,
}

impl Bus {
    /// A bus without listeners.
    pub fn new() -> Self {
        Self {
            frames: broadcast::Sender::new(BACKLOG),
            clients: Arc::new(watch::Sender::new(0)),
        }
    }

    /// Gives a frame to everyone who listens now.
    pub fn send(&self, frame: Frame) {
        // An error only says that nobody listens.
        let _ = self.frames.send(frame);
    }

    /// Listens from now on.
    pub fn listen(&self) -> broadcast::Receiver<Frame> {
        self.frames.subscribe()
    }

    /// Counts a client in for as long as the guard lives.
    pub fn count_client(&self) -> ClientGuard {
        self.clients.send_modify(|count| *count += 1);
        ClientGuard(Arc::clone(&self.clients))
    }

    /// Returns once there is a client.
    pub async fn first_client(&self) {
        // The sender lives in `self`, so that the wait cannot fail.
        let _ = self.clients.subscribe().wait_for(|count| *count > 0).await;
    }
}

impl Default for Bus {
    fn default() -> Self {
        Self::new()
    }
}

/// A client that is connected.
#[derive(Debug)]
pub struct ClientGuard(Arc<watch::Sender<usize>>);

impl Drop for ClientGuard {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count = count.saturating_sub(1));
    }
}
