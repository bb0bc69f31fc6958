//! The comparison's signals: what is compared, the series of the metrics that are shown, the stretch that is looked at.
//! Runs that go on are looked at again, at most once a second.

use std::pin::Pin;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use loopscope_event::Cursor;
use loopscope_protocol::{CompareQuery, Comparison, ServerMessage};

use super::asked::{Align, Asked, Zoomed};
use super::overlay::{self, Overlay, Wanted};
use crate::source::{SessionKey, Source, source};
use crate::store::{Listener, Live, Taken, Wants};
use crate::world;

/// What changed is asked for after so long, in milliseconds; the hand that zooms is waited for, then the address.
const LATER_MS: i32 = 1_000;
const HAND_MS: i32 = 90;
const ADDRESS_MS: i32 = 350;

/// Columns of a chart: more than its pixels on most screens.
const COLUMNS: u32 = 600;

/// What comes with the page.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct Loaded {
    pub comparison: Comparison,
    pub overlays: Vec<Overlay>,
}

/// See the module.
#[derive(Clone, Copy)]
pub(super) struct CompareState {
    pub comparison: RwSignal<Comparison>,
    pub overlays: RwSignal<Vec<Overlay>>,
    pub looking: RwSignal<Option<Zoomed>>,
    pub asked: Memo<Asked>,
    pub align: Align,
    runs: StoredValue<CompareQuery>,
    names: StoredValue<Vec<String>>,
    source: StoredValue<Source>,
    seen: StoredValue<Cursor>,
    /// Whether runs changed since they were last asked for, and whether that is under way.
    changed: StoredValue<(bool, bool)>,
    moves: StoredValue<u32>,
    go: Callback<String>,
    live: Live,
}

impl CompareState {
    pub(super) fn new(loaded: Loaded, asked: Memo<Asked>, live: Live) -> Self {
        let navigate = use_navigate();
        let first = asked.get_untracked();
        let state = Self {
            seen: StoredValue::new(loaded.comparison.cursor),
            names: StoredValue::new(loaded.overlays.iter().map(|one| one.name.clone()).collect()),
            comparison: RwSignal::new(loaded.comparison),
            overlays: RwSignal::new(loaded.overlays),
            looking: RwSignal::new(first.zoom),
            asked,
            align: first.align,
            runs: StoredValue::new(first.runs),
            source: StoredValue::new(source()),
            changed: StoredValue::new((false, false)),
            moves: StoredValue::new(0),
            go: Callback::new(move |href: String| {
                let options = NavigateOptions {
                    scroll: false,
                    replace: true,
                    ..NavigateOptions::default()
                };
                navigate(&href, options);
            }),
            live,
        };
        Effect::new(move || {
            let zoom = asked.with(|asked| asked.zoom.clone());
            if state.looking.get_untracked() != zoom {
                state.looking.set(zoom);
            }
        });
        Effect::new(move |was: Option<Option<Zoomed>>| {
            let now = state.looking.get();
            // The stretch of the address is in hand, but as coarse as the whole.
            let is_new = was.map_or(now.is_some(), |was| was != now);
            if is_new {
                state.look_closer();
            }
            now
        });
        state
    }

    /// A part of the comparison, told only when it changes.
    pub(super) fn part<T: Clone + PartialEq + Send + Sync + 'static>(
        self,
        of: fn(&Comparison) -> T,
    ) -> Memo<T> {
        Memo::new(move |_| self.comparison.with(of))
    }

    /// Looks at a stretch of an axis; at all of it where none is told.
    pub(super) fn zoom(self, axis: &str, stretch: Option<(f64, f64)>, whole: Option<(f64, f64)>) {
        let within = stretch
            .zip(whole)
            .map(|((from, to), (low, high))| (from.max(low), to.min(high), high - low));
        let zoom = match within {
            // What cannot be looked at closer stays as it is.
            Some((from, to, all)) if to - from <= all * 1e-9 => return,
            Some((from, to, all)) => (to - from < all).then(|| Zoomed {
                axis: axis.to_owned(),
                from,
                to,
            }),
            None => None,
        };
        if self.looking.get_untracked() == zoom {
            return;
        }
        self.looking.set(zoom.clone());
        self.moves.update_value(|moves| *moves += 1);
        let nth = self.moves.get_value();
        spawn_local(async move {
            world::sleep(ADDRESS_MS).await;
            if self.moves.try_get_value() == Some(nth) {
                let href = self
                    .asked
                    .with_untracked(|asked| asked.with(|asked| asked.zoom = zoom).href());
                self.go.run(href);
            }
        });
    }

    /// Asks for what is looked at in the fineness of the screen.
    fn look_closer(self) {
        let zoom = self.looking.get_untracked();
        spawn_local(async move {
            world::sleep(HAND_MS).await;
            if self.looking.try_get_untracked() == Some(zoom) {
                self.load_overlays().await;
            }
        });
    }

    async fn load_overlays(self) {
        let zoom = self.looking.get_untracked();
        let wanted = self.comparison.with_untracked(|comparison| Wanted {
            zoom: zoom.clone(),
            columns: COLUMNS,
            ..Wanted::of(
                self.source.get_value(),
                comparison,
                self.names.get_value(),
                self.align,
            )
        });
        // What does not come is asked for with the next change; what is there stays.
        if let Ok(overlays) = overlay::load(wanted).await
            && self.looking.try_get_untracked() == Some(zoom)
        {
            self.overlays.maybe_update(|old| {
                let is_new = *old != overlays;
                *old = overlays;
                is_new
            });
        }
    }

    /// Asks anew for what goes on, until nothing changed meanwhile.
    fn later(self) {
        let (_, is_asking) = self.changed.get_value();
        self.changed.set_value((true, true));
        if is_asking {
            return;
        }
        spawn_local(async move {
            while self.changed.try_get_value() == Some((true, true)) {
                world::sleep(LATER_MS).await;
                if self.changed.try_set_value((false, true)).is_some() {
                    return;
                }
                self.ask().await;
            }
            let _ = self.changed.try_set_value((false, false));
        });
    }

    async fn ask(self) -> bool {
        let (Some(source), Some(runs)) = (self.source.try_get_value(), self.runs.try_get_value())
        else {
            return false;
        };
        let Ok(comparison) = source.compare(runs).await else {
            return false;
        };
        if self.comparison.try_get_untracked().is_none() {
            return false;
        }
        self.live.correct_clock(comparison.server_time);
        self.seen.set_value(comparison.cursor);
        self.comparison.set(comparison);
        self.load_overlays().await;
        true
    }
}

impl Listener for CompareState {
    fn wants(&self) -> Wants {
        Wants {
            sessions: true,
            seen: self.seen.get_value(),
            ..Wants::default()
        }
    }

    fn take(&self, messages: Vec<ServerMessage>) -> Taken {
        let is_ours = |key: &SessionKey| {
            let same = |run: &loopscope_protocol::ComparedRun| SessionKey::of(&run.summary) == *key;
            self.comparison
                .with_untracked(|comparison| comparison.runs.iter().any(same))
        };
        let rows = messages.iter().filter_map(|message| match message {
            ServerMessage::Sessions(frame) => Some(&frame.sessions),
            _ => None,
        });
        if rows.flatten().any(|row| is_ours(&SessionKey::of(row))) {
            self.later();
        }
        Taken::Fits
    }

    fn refresh(&self) -> Pin<Box<dyn Future<Output = bool>>> {
        Box::pin(self.ask())
    }
}
