//! The server's hub: nobody listens, nothing comes.

use super::{Listener, Live};

/// Does nothing.
#[derive(Clone, Copy)]
pub(super) struct Hub;

impl Hub {
    pub(super) const fn new() -> Self {
        Self
    }

    #[expect(clippy::unused_self, reason = "the browser's hub has the same shape")]
    pub(super) const fn start(self, _live: Live) {}

    #[expect(clippy::unused_self, reason = "the browser's hub has the same shape")]
    pub(super) fn attach(self, _listener: impl Listener) -> impl FnOnce() + Send + Sync + 'static {
        || {}
    }

    #[expect(clippy::unused_self, reason = "the browser's hub has the same shape")]
    pub(super) const fn retry_now(self) {}
}
