//! The viewer's hub: files are whole, nothing comes. A press on the badge opens another one.

use leptos::prelude::*;

use super::{Link, Listener, Live};
use crate::world;

/// Says what the page shows.
#[derive(Clone, Copy)]
pub(super) struct Hub;

impl Hub {
    pub(super) const fn new() -> Self {
        Self
    }

    #[expect(
        clippy::unused_self,
        reason = "the hub of a server's page has the same shape"
    )]
    pub(super) fn start(self, live: Live) {
        live.link.set(Link::File);
    }

    #[expect(
        clippy::unused_self,
        reason = "the hub of a server's page has the same shape"
    )]
    pub(super) fn attach(self, _listener: impl Listener) -> impl FnOnce() + Send + Sync + 'static {
        || {}
    }

    #[expect(
        clippy::unused_self,
        reason = "the hub of a server's page has the same shape"
    )]
    pub(super) fn retry_now(self) {
        world::click("#open-file");
    }
}
