//! The comparison's signals: what is compared, the series of the metrics that are shown, the stretch that is looked at.
//! Runs that go on are looked at again, at most once a second.

use std::pin::Pin;

use leptos::prelude::*;
use leptos::task::spawn_local;
use loopscope_event::Cursor;
use loopscope_protocol::{Comparison, ServerMessage};

use super::asked::{Align, Asked, Zoomed};
use super::overlay::{self, Overlay, Wanted};
use crate::address::Follower;
use crate::source::{SessionKey, Source, source};
use crate::store::{Listener, Live, Taken, Wants};
use crate::world;

/// What changed is asked for after so long, in milliseconds; the hand that zooms is waited for.
const LATER_MS: i32 = 1_000;
const HAND_MS: i32 = 90;

/// Columns of a chart: more than its pixels on most screens.
const COLUMNS: u32 = 600;

/// What comes with the page.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct Loaded {
    pub wanted: Asked,
    pub comparison: Comparison,
    pub overlays: Vec<Overlay>,
}

impl Loaded {
    /// Where no run is asked for.
    pub(super) fn nothing(wanted: Asked) -> Self {
        Self {
            wanted,
            comparison: Comparison {
                runs: Vec::new(),
                missing: Vec::new(),
                curves: Vec::new(),
                metrics: Vec::new(),
                results: Vec::new(),
                config: Vec::new(),
                config_left_out: 0,
                cursor: Cursor::default(),
                server_time: world::now(),
            },
            overlays: Vec::new(),
        }
    }
}

/// See the module.
#[derive(Clone, Copy)]
pub(super) struct CompareState {
    pub comparison: RwSignal<Comparison>,
    pub overlays: RwSignal<Vec<Overlay>>,
    /// How the runs that are shown are lined up.
    pub align: RwSignal<Align>,
    pub looking: RwSignal<Option<Zoomed>>,
    /// The stretch that was last asked for.
    looked: StoredValue<Option<Zoomed>>,
    pub asked: Memo<Asked>,
    /// Why what the address asks for could not be loaded.
    pub failed: RwSignal<Option<String>>,
    /// What is shown, as it was asked for.
    shown: StoredValue<Asked>,
    source: StoredValue<Source>,
    seen: StoredValue<Cursor>,
    /// Whether runs changed since they were last asked for, and whether that is under way.
    changed: StoredValue<(bool, bool)>,
    loads: StoredValue<u32>,
    address: Follower,
    live: Live,
}

impl CompareState {
    pub(super) fn new(loaded: Loaded, asked: Memo<Asked>, live: Live) -> Self {
        let state = Self {
            seen: StoredValue::new(loaded.comparison.cursor),
            comparison: RwSignal::new(loaded.comparison),
            overlays: RwSignal::new(loaded.overlays),
            align: RwSignal::new(loaded.wanted.align),
            looking: RwSignal::new(asked.with_untracked(|asked| asked.zoom.clone())),
            looked: StoredValue::new(None),
            asked,
            failed: RwSignal::new(None),
            shown: StoredValue::new(loaded.wanted),
            source: StoredValue::new(source()),
            changed: StoredValue::new((false, false)),
            address: Follower::here(),
            loads: StoredValue::new(0),
            live,
        };
        Effect::new(move || {
            let wanted = asked.with(Asked::wanted);
            if state.shown.with_value(|shown| *shown != wanted) {
                state.show(wanted);
            }
        });
        Effect::new(move || {
            let zoom = asked.with(|asked| asked.zoom.clone());
            if state.looking.get_untracked() != zoom {
                state.looking.set(zoom);
            }
        });
        Effect::new(move || {
            // The stretch of the address is in hand, but as coarse as the whole.
            let now = state.looking.get();
            if state.looked.with_value(|last| *last != now) {
                state.looked.set_value(now);
                state.look_closer();
            }
        });
        state
    }

    /// Loads what the address asks for; until it is there, what is shown stays.
    fn show(self, wanted: Asked) {
        self.shown.set_value(wanted.clone());
        self.loads.update_value(|loads| *loads += 1);
        let nth = self.loads.get_value();
        let source = self.source.get_value();
        spawn_local(async move {
            let loaded = super::load(source, wanted).await;
            if self.loads.try_get_value() != Some(nth) {
                return;
            }
            match loaded {
                Ok(loaded) => {
                    self.failed.set(None);
                    self.seen.set_value(loaded.comparison.cursor);
                    // What is drawn of the old runs must never meet the new axis.
                    self.overlays.set(Vec::new());
                    self.align.set(loaded.wanted.align);
                    self.comparison.set(loaded.comparison);
                    self.overlays.set(loaded.overlays);
                }
                Err(error) => self.failed.set(Some(error.message)),
            }
        });
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
        self.address.rest(move || {
            let href = |asked: &Asked| asked.with(|asked| asked.zoom = zoom).href();
            Some(self.asked.with(href))
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
        let (zoom, nth) = (self.looking.get_untracked(), self.loads.get_value());
        let names = self.overlays.with_untracked(|all| {
            let names = all.iter().map(|one| one.name.clone());
            names.collect::<Vec<_>>()
        });
        let wanted = self.comparison.with_untracked(|comparison| Wanted {
            zoom: zoom.clone(),
            columns: COLUMNS,
            ..Wanted::of(
                self.source.get_value(),
                comparison,
                names,
                self.align.get_untracked(),
            )
        });
        // What does not come is asked for with the next change; what is there stays.
        if let Ok(overlays) = overlay::load(wanted).await
            && self.loads.try_get_value() == Some(nth)
            && self.looking.get_untracked() == zoom
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
        let (Some(source), Some(wanted), Some(nth)) = (
            self.source.try_get_value(),
            self.shown.try_get_value(),
            self.loads.try_get_value(),
        ) else {
            return false;
        };
        if wanted.runs.sessions.is_empty() {
            return true;
        }
        let Ok(comparison) = source.compare(wanted.runs).await else {
            return false;
        };
        // Other runs are on their way, or the page is gone.
        if self.loads.try_get_value() != Some(nth) {
            return true;
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
