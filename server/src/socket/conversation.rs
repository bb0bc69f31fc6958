//! What is said on a WebSocket, apart from how it gets there. Implemented by our own protocol and by each facade.

use std::pin::Pin;
use std::task::{Context, Poll};

use super::Outbox;

/// An answer that takes time (an fsync, a query): frames that go out when it is ready, in the order asked for.
pub(crate) type Later = Pin<Box<dyn Future<Output = String> + Send>>;

/// Why the server ends a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Farewell {
    /// The server stops; come back soon.
    Shutdown,
    /// The token that opened the connection was revoked.
    Revoked,
    /// Nothing was heard from the client for too long.
    Silent,
}

impl Farewell {
    /// The close code (RFC 6455, section 7.4) and its reason.
    pub(super) const fn close_code(self) -> (u16, &'static str) {
        match self {
            Self::Shutdown => (1001, "the server stops; come back soon"),
            Self::Revoked => (1008, "the access token was revoked"),
            Self::Silent => (1001, "nothing was heard for too long"),
        }
    }
}

/// One side of a WebSocket's talk. All methods are called from one task, one after the other.
pub(crate) trait Conversation: Send {
    /// What is said first, right after the upgrade.
    fn begin(&mut self, out: &mut Outbox);

    /// Whether there is room for one more message; pending where there is none, and the task is woken when there is.
    /// Until then the connection is not read.
    fn poll_room(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let _ = cx;
        Poll::Ready(())
    }

    /// A text message came. Answers at once go to `out`; one that takes time is returned, and no further message
    /// is read while too many of those are open.
    fn on_text(&mut self, text: &str, out: &mut Outbox) -> Option<Later>;

    /// A binary message came (`None`), or a text message over this many bytes: refuse it, in the contract's shape.
    fn on_refused(&mut self, limit: Option<usize>, out: &mut Outbox);

    /// Puts the next frames into `out`. Called only when everything before is written. Pending where there is
    /// nothing to say now; the task is woken when there is.
    fn poll_frames(&mut self, cx: &mut Context<'_>, out: &mut Outbox) -> Poll<()>;

    /// Called every few seconds: a chance to send what has a time (a cursor while nothing matches).
    fn on_tick(&mut self, out: &mut Outbox) {
        let _ = out;
    }

    /// The connection ends; what is said last.
    fn end(&mut self, why: Farewell, out: &mut Outbox) {
        let _ = (why, out);
    }
}
