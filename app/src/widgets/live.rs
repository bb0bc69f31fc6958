//! What widgets of a page show, as a signal, and how events, word of changes and moments move it.

use std::pin::Pin;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use loopscope_board::widgets::{WidgetShown, WidgetsShown};
use loopscope_event::{Event, Seq};
use loopscope_protocol::{Moment, ServerMessage, WidgetChange, WidgetNews};

use super::folding::{Folded, Folding};
use crate::source::{HAS_SERVER, SessionKey, Source, source};
use crate::store::{Listener, Taken, Wants, live};
use crate::world;

/// Nobody reads more figures a second than these steps give, in milliseconds.
const STEP_MS: f64 = 100.0;
/// The Overview reads its pictures no more often than so, in milliseconds.
const READ_MS: u64 = 1_000;
/// A hand that moves through a run rests so long before the moment is read, in milliseconds.
const REST_MS: u64 = 200;
/// The most events that are kept while a snapshot is on its way.
const MOST_MEANWHILE: usize = 20_000;

/// The widgets of a page.
#[derive(Clone, Copy)]
pub struct Widgets {
    /// In their order, with what they show.
    pub(super) shown: RwSignal<Vec<WidgetShown>>,
    /// Whether an earlier moment is shown.
    pub(super) back: RwSignal<bool>,
    session: StoredValue<Option<SessionKey>>,
    /// How events move them; none where pictures are read.
    folding: StoredValue<Option<Box<dyn Folding>>>,
    /// The moment that is shown.
    at: StoredValue<Option<Seq>>,
    /// Whether a snapshot is on its way, and whether another is to follow it.
    loading: StoredValue<bool>,
    again: StoredValue<bool>,
    /// What came meanwhile.
    meanwhile: StoredValue<Vec<Event>>,
    told_ms: StoredValue<f64>,
    waits: StoredValue<bool>,
    source: StoredValue<Source>,
}

impl Widgets {
    /// Widgets of the Overview; `None` where they could not be had.
    pub fn of_all(snapshot: Option<WidgetsShown>) -> Self {
        Self::new(snapshot, None, None)
    }

    /// Widgets of a session's page, and how its events move them; `None` where they could not be had.
    pub fn of_session(
        snapshot: Option<WidgetsShown>,
        session: SessionKey,
        folding: Box<dyn Folding>,
    ) -> Self {
        Self::new(snapshot, Some(session), Some(folding))
    }

    fn new(
        snapshot: Option<WidgetsShown>,
        session: Option<SessionKey>,
        mut folding: Option<Box<dyn Folding>>,
    ) -> Self {
        let widgets = snapshot
            .map(|snapshot| snapshot.widgets)
            .unwrap_or_default();
        if let Some(folding) = &mut folding {
            folding.begin(&widgets);
        }
        Self {
            folding: StoredValue::new(folding),
            shown: RwSignal::new(widgets),
            back: RwSignal::new(false),
            session: StoredValue::new(session),
            at: StoredValue::new(None),
            loading: StoredValue::new(false),
            again: StoredValue::new(false),
            meanwhile: StoredValue::new(Vec::new()),
            told_ms: StoredValue::new(f64::NEG_INFINITY),
            waits: StoredValue::new(false),
            source: StoredValue::new(source()),
        }
    }

    /// Listens to changes until the component goes. To be called where a page is made.
    pub fn follow(self) {
        if HAS_SERVER {
            Effect::new(move || live().attach(self));
        }
    }

    /// Takes the session's events as they come.
    pub fn take_events(self, events: &[Event]) {
        if events.is_empty() || self.at.get_value().is_some() {
            return;
        }
        if self.loading.get_value() {
            self.meanwhile.update_value(|own| {
                own.extend_from_slice(events);
                if own.len() > MOST_MEANWHILE {
                    own.clear();
                    self.again.set_value(true);
                }
            });
        }
        if self.fold(events) == Taken::Gap {
            self.read();
        }
    }

    /// Shows another moment of the session: an earlier one, or now.
    pub fn show_moment(self, at: Option<Seq>) {
        if self.at.get_value() == at {
            return;
        }
        self.at.set_value(at);
        self.back.set(at.is_some());
        let rest = if at.is_some() { REST_MS } else { 0 };
        let read = move || {
            if self.at.try_get_value() == Some(at) {
                self.read();
            }
        };
        set_timeout(read, Duration::from_millis(rest));
    }

    fn fold(self, events: &[Event]) -> Taken {
        let mut folded = Folded::default();
        self.shown.update_untracked(|shown| {
            self.folding.with_value(|folding| {
                if let Some(folding) = folding {
                    folded = folding.take(shown, events);
                }
            });
        });
        if folded.moved {
            self.draw_in_time();
        }
        folded.taken
    }

    /// Draws what was folded: at once where it has been still, else in its time.
    fn draw_in_time(self) {
        let rest = self.told_ms.get_value() + STEP_MS - world::uptime_ms();
        if rest <= 0.0 {
            return self.draw();
        }
        if !self.waits.get_value() {
            self.waits.set_value(true);
            let later = move || {
                if self.waits.try_set_value(false).is_none() {
                    self.draw();
                }
            };
            set_timeout(later, Duration::from_secs_f64(rest / 1_000.0));
        }
    }

    fn draw(self) {
        self.told_ms.set_value(world::uptime_ms());
        self.shown.update(|shown| {
            self.folding.with_value(|folding| {
                if let Some(folding) = folding {
                    folding.draw(shown);
                }
            });
        });
    }

    /// Reads a snapshot; what comes until it is there is folded on top of it.
    fn read(self) {
        if self.loading.get_value() {
            self.again.set_value(true);
            return;
        }
        self.loading.set_value(true);
        self.again.set_value(false);
        spawn_local(async move {
            let at = self.at.try_get_value().flatten();
            self.load(at).await;
            if self.session.try_with_value(Option::is_none) == Some(true) {
                world::sleep(READ_MS as i32).await;
            }
            if self.loading.try_set_value(false).is_none()
                && (self.again.get_value() || self.at.get_value() != at)
            {
                self.read();
            }
        });
    }

    async fn load(self, at: Option<Seq>) -> bool {
        let Some(session) = self.session.try_get_value() else {
            return false;
        };
        self.meanwhile.update_value(Vec::clear);
        let loading = self
            .source
            .with_value(|source| source.widgets_shown(session, at.map(Moment::Seq)));
        let Ok(snapshot) = loading.await else {
            return false;
        };
        // Whoever looks elsewhere by now is not shown this.
        if self.at.try_get_value() != Some(at) {
            return true;
        }
        self.folding.update_value(|folding| {
            if let Some(folding) = folding {
                folding.begin(&snapshot.widgets);
            }
        });
        if self
            .shown
            .with_untracked(|shown| *shown != snapshot.widgets)
        {
            self.shown.set(snapshot.widgets);
        }
        let mut meanwhile = Vec::new();
        self.meanwhile
            .update_value(|own| meanwhile = std::mem::take(own));
        if at.is_none() && self.fold(&meanwhile) == Taken::Gap {
            self.again.set_value(true);
        }
        true
    }

    /// Whether a change is of what this page shows.
    fn concerns(self, change: &WidgetChange) -> bool {
        self.session.with_value(|session| match session {
            None => change.session_id.is_none(),
            Some(key) => {
                change.project == key.project
                    && match change.what {
                        WidgetNews::Definitions => true,
                        WidgetNews::Pushed => change.session_id.as_ref() == Some(&key.id),
                        WidgetNews::Figures => false,
                    }
            }
        })
    }
}

impl Listener for Widgets {
    fn wants(&self) -> Wants {
        Wants {
            widgets: true,
            ..Wants::default()
        }
    }

    fn take(&self, messages: Vec<ServerMessage>) -> Taken {
        let concerns = messages.iter().any(|message| match message {
            ServerMessage::Widgets(frame) => {
                frame.changes.iter().any(|change| self.concerns(change))
            }
            _ => false,
        });
        if concerns {
            self.read();
        }
        Taken::Fits
    }

    fn refresh(&self) -> Pin<Box<dyn Future<Output = bool>>> {
        let widgets = *self;
        Box::pin(async move {
            let at = widgets.at.try_get_value().flatten();
            widgets.loading.try_set_value(true);
            let done = widgets.load(at).await;
            widgets.loading.try_set_value(false);
            done
        })
    }
}
