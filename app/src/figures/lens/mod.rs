//! The lens of a page: which stretch of each axis its charts show, and how each chart is drawn. In: what a reader asks
//! for, in any chart. Out: the same for every chart with that axis, in the address as soon as the hand rests, and from the
//! address again, on the server too.

mod sight;

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use leptos_router::params::ParamsMap;

pub use self::sight::Look;
use self::sight::{FIELDS, Sight, tidy};
use crate::address::Follower;

/// See the module.
#[derive(Clone, Copy)]
pub struct Lens {
    sight: RwSignal<Sight>,
    /// Where the page is.
    path: Memo<String>,
    query: Memo<ParamsMap>,
    address: Follower,
}

impl Lens {
    /// The page's, or one of its own for a figure that stands alone.
    pub fn here() -> Self {
        // What was provided before a part of the page was made anew is still to be found, and gone.
        let lens = use_context::<Self>().filter(|lens| !lens.sight.is_disposed());
        lens.unwrap_or_else(Self::provide)
    }

    /// Makes it from the address, and provides it to the figures below.
    pub fn provide() -> Self {
        let location = use_location();
        let query = location.query;
        let asked = Memo::new(move |_| query.with(Sight::read));
        let lens = Self {
            sight: RwSignal::new(asked.get_untracked()),
            path: location.pathname,
            query,
            address: Follower::here(),
        };
        Effect::new(move || {
            let asked = asked.get();
            if lens.sight.with_untracked(|sight| *sight != asked) {
                lens.sight.set(asked);
            }
        });
        provide_context(lens);
        lens
    }

    /// Follows it, in an effect.
    pub fn track(self) {
        self.sight.track();
    }

    /// The stretch of an axis that is looked at; `None` for all of it.
    pub fn zoom(self, axis: &str) -> Option<(f64, f64)> {
        self.sight.with_untracked(|sight| sight.zoom(axis))
    }

    /// How a chart is drawn.
    pub fn look(self, chart: &str) -> Look {
        self.sight.with_untracked(|sight| sight.look(chart))
    }

    /// The series of a chart that were put away.
    pub fn hidden(self, chart: &str) -> Vec<String> {
        self.sight.with_untracked(|sight| sight.hidden(chart))
    }

    /// Looks at a stretch of an axis of which a chart has `whole`; at all of it where that, or more, is asked for.
    pub fn set_zoom(self, axis: &str, asked: Option<(f64, f64)>, (low, high): (f64, f64)) {
        let least = (high - low).abs() * 1e-6;
        let is_too_close = asked.is_some_and(|(from, to)| to - from <= least);
        if is_too_close {
            // What cannot be looked at closer stays as it is.
            return;
        }
        let stretch = asked.and_then(|(from, to)| {
            let (from, to) = tidy((from.max(low), to.min(high)));
            let slack = (high - low) * 1e-4;
            let is_part = from > low + slack || to < high - slack;
            (to - from > least && is_part).then_some((from, to))
        });
        self.change(|sight| sight.set_zoom(axis, stretch));
    }

    /// Draws a chart in another way.
    pub fn set_look(self, chart: &str, look: Look) {
        self.change(|sight| sight.set_look(chart, look));
    }

    /// Puts series of a chart away, and takes all others back.
    pub fn set_hidden(self, chart: &str, series: &[String]) {
        self.change(|sight| sight.set_hidden(chart, series));
    }

    fn change(self, change: impl FnOnce(&mut Sight)) {
        let mut sight = self.sight.get_untracked();
        change(&mut sight);
        if self.sight.with_untracked(|now| *now == sight) {
            return;
        }
        self.sight.set(sight);
        self.address.rest(move || Some(self.href()));
    }

    /// The address of what is looked at; what else it says stays.
    fn href(self) -> String {
        let mut query = self.query.get_untracked();
        for field in FIELDS {
            query.remove(field);
        }
        for (name, value) in self.sight.with_untracked(Sight::fields) {
            query.insert(name, value);
        }
        self.path.get_untracked() + &query.to_query_string()
    }
}
