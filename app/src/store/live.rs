//! The handle that components hold: the link's state, the page's clock, the numbers that every page shows.

use leptos::prelude::*;
use loopscope_event::{Duration, Timestamp};
use loopscope_protocol::MetricsFrame;

use super::hub::Hub;
use super::{Link, Listener};
use crate::source::HAS_SERVER;
use crate::world;

/// The live connection of the page.
#[derive(Clone, Copy)]
pub struct Live {
    /// The state of the link.
    pub link: RwSignal<Link>,
    /// The server's clock, as far as is known; moves once a second.
    pub now: RwSignal<Timestamp>,
    /// The newest numbers; none before the first.
    pub metrics: RwSignal<Option<MetricsFrame>>,
    /// The server's clock minus this machine's.
    skew: StoredValue<Duration>,
    hub: Hub,
}

/// The live connection of this page.
pub fn live() -> Live {
    expect_context()
}

impl Live {
    /// Makes it, provides it to all components, and starts it where there is a browser.
    pub fn provide() -> Self {
        let live = Self {
            link: RwSignal::new(Link::default()),
            now: RwSignal::new(world::now()),
            metrics: RwSignal::new(None),
            skew: StoredValue::new(Duration::default()),
            hub: Hub::new(),
        };
        provide_context(live);
        Effect::new(move || {
            live.hub.start(live);
            // Time stands where a file ends.
            if HAS_SERVER {
                set_interval(move || live.tick(), std::time::Duration::from_secs(1));
            }
        });
        live
    }

    /// Sets the clock by a snapshot, so that a page shows the same ages on both sides.
    pub fn set_clock(self, server_time: Timestamp) {
        self.skew.set_value(server_time.since(world::now()));
        self.now.set(server_time);
    }

    /// Corrects the clock by a frame that just came.
    pub fn correct_clock(self, server_time: Timestamp) {
        self.skew.set_value(server_time.since(world::now()));
    }

    /// Moves the clock that the page shows.
    pub fn tick(self) {
        self.now.set(self.clock());
    }

    /// The server's clock at this instant.
    pub fn clock(self) -> Timestamp {
        world::now().plus(self.skew.get_value())
    }

    /// Lets a page listen until its component goes. To be called in an effect.
    pub fn attach(self, listener: impl Listener) {
        let detach = self.hub.attach(listener);
        on_cleanup(detach);
    }

    /// Tries at once.
    pub fn retry_now(self) {
        self.hub.retry_now();
    }
}
