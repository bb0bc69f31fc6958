//! What the charts of the tab share: what the address asks, which stretch is looked at right now, what came since.
//!
//! A hand moves faster than addresses should: the stretch is a signal of its own, and the address follows when the hand
//! rests.

use std::collections::HashMap;

use leptos::prelude::*;
use loopscope_board::Board;
use loopscope_event::Seq;
use loopscope_protocol::{Series, SeriesAxis};

use super::asked::Asked;
use super::data::{Fresh, Look};
use crate::address::Follower;
use crate::pages::session::replay::Replay;
use crate::pages::session::state::SessionState;
use crate::source::{SessionKey, Source};
use crate::visit::prefs;

/// The stretch that is looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Looking {
    pub axis: Option<SeriesAxis>,
    pub zoom: Option<(f64, f64)>,
}

/// Where series are asked for.
pub(super) struct Place {
    pub source: Source,
    pub key: SessionKey,
    pub upto: Option<Seq>,
}

/// Series that were loaded, with their axes and up to which event.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct Kept(pub(super) Vec<(SeriesAxis, Seq, Series)>);

/// A series in hand.
#[derive(Clone)]
pub(super) struct InHand {
    /// Along what.
    pub axis: SeriesAxis,
    pub series: Series,
    /// Whether it is as fine as a screen, and has every event that the page knows.
    pub is_whole: bool,
}

impl InHand {
    fn new(page: Page, axis: SeriesAxis, seq: Seq, series: Series, is_fine: bool) -> Self {
        let is_new = page.board.with_untracked(|board| board.seq() <= seq);
        Self {
            axis,
            is_whole: is_new && (is_fine || series.columns.exact),
            series,
        }
    }
}

/// See the module.
#[derive(Clone, Copy)]
pub(super) struct Page {
    pub key: StoredValue<SessionKey>,
    source: StoredValue<Source>,
    board: RwSignal<Board>,
    replay: Replay,
    pub asked: Memo<Asked>,
    pub looking: RwSignal<Looking>,
    /// The points of the newest events.
    pub fresh: RwSignal<Vec<Fresh>>,
    /// What was loaded for the stretch that is looked at, for charts that are made anew.
    hand: StoredValue<(Looking, HashMap<String, InHand>)>,
    address: Follower,
}

impl Page {
    pub(super) fn new(state: SessionState, asked: Memo<Asked>) -> Self {
        let looking = move || {
            asked.with(|asked| Looking {
                axis: asked.axis,
                zoom: asked.zoom,
            })
        };
        let page = Self {
            key: state.key,
            source: state.source,
            board: state.board,
            replay: state.replay,
            asked,
            looking: RwSignal::new(untrack(looking)),
            fresh: RwSignal::new(Vec::new()),
            hand: StoredValue::new((untrack(looking), HashMap::new())),
            address: Follower::here(),
        };
        Effect::new(move || {
            let now = looking();
            if page.looking.get_untracked() != now {
                page.looking.set(now);
            }
        });
        Effect::new(move |before: Option<u32>| {
            let now = page.jumps();
            if before.is_some_and(|before| before != now) {
                page.hand.update_value(|(_, hand)| hand.clear());
            }
            now
        });
        Effect::new(move || {
            let fresh = state.newest.with(|events| super::data::fresh(events));
            if !fresh.is_empty() {
                page.fresh.set(fresh);
            }
        });
        page
    }

    /// How series are looked at along an axis.
    pub(super) fn look(self, axis: SeriesAxis) -> Look {
        let zoom = self.looking.get().zoom;
        self.asked.with(|asked| Look {
            axis,
            zoom,
            log: asked.log,
            log_x: asked.log_x,
            smooth: asked.smooth,
            zone: prefs().zone.get(),
        })
    }

    /// Where series are asked for, and up to which event: all of it, or the moment that is shown.
    pub(super) fn place(self) -> Place {
        let board = self.board;
        Place {
            source: self.source.get_value(),
            key: self.key.get_value(),
            upto: self
                .replay
                .is_on_now()
                .then(|| board.with_untracked(Board::seq)),
        }
    }

    /// Rises when another moment was jumped to; tracked.
    pub(super) fn jumps(self) -> u32 {
        self.replay.jumps.get()
    }

    /// The address with one thing changed.
    pub(super) fn href(self, change: impl FnOnce(&mut Asked)) -> String {
        let asked = self.asked.with(|asked| asked.with(change));
        self.key.with_value(|key| asked.href(key))
    }

    /// Looks at a stretch of an axis, within what there is; at all of it where that is asked for.
    pub(super) fn zoom(
        self,
        axis: SeriesAxis,
        stretch: Option<(f64, f64)>,
        range: Option<(f64, f64)>,
    ) {
        let zoom = stretch.zip(range).and_then(|((from, to), (low, high))| {
            let (from, to) = (from.max(low), to.min(high));
            let least = (high - low).abs() * 1e-9;
            (to - from > least && (from > low || to < high)).then_some((from, to))
        });
        // What cannot be looked at closer stays as it is.
        let is_too_close = stretch.is_some_and(|(from, to)| {
            range.is_some_and(|(low, high)| to - from <= (high - low) * 1e-9)
        });
        let axis = if zoom.is_some() {
            Some(axis)
        } else {
            self.looking.get_untracked().axis
        };
        let now = Looking { axis, zoom };
        if is_too_close || self.looking.get_untracked() == now {
            return;
        }
        self.looking.set(now);
        self.address
            .rest(move || Some(self.href(|asked| (asked.axis, asked.zoom) = (now.axis, now.zoom))));
    }

    /// Keeps what was loaded with the page.
    pub(super) fn keep_first(self, kept: Kept) {
        let looking = self.looking.get_untracked();
        self.hand.update_value(|(last, hand)| {
            *last = looking;
            for (axis, seq, series) in kept.0 {
                let name = series.name.clone();
                hand.insert(name, InHand::new(self, axis, seq, series, false));
            }
        });
    }

    /// Keeps a series.
    pub(super) fn keep(self, looking: Looking, axis: SeriesAxis, series: &Series) {
        self.hand.update_value(|(last, hand)| {
            if *last != looking {
                *last = looking;
                hand.clear();
            }
            let in_hand = InHand {
                axis,
                series: series.clone(),
                // What comes from now on is only seen by its card.
                is_whole: false,
            };
            hand.insert(series.name.clone(), in_hand);
        });
    }

    /// What is kept of a series for a stretch.
    pub(super) fn kept(self, looking: Looking, name: &str) -> Option<InHand> {
        self.hand.with_value(|(last, hand)| {
            let is_same = *last == looking;
            is_same.then(|| hand.get(name).cloned()).flatten()
        })
    }
}
