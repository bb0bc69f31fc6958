//! The session's signals: its board, folded on as events come, and who else wants them. The board is the one of the
//! moment that is shown: the newest, or an earlier one while somebody looks back ([`Replay`]).

use std::pin::Pin;

use leptos::prelude::*;
use loopscope_board::widgets::WidgetsShown;
use loopscope_board::{Board, SessionMoment, SessionSnapshot};
use loopscope_event::{Cursor, Event, Seq, Timestamp};
use loopscope_protocol::{Annotation, ServerMessage};

use super::controls::Steering;
use super::notes::Notes;
use super::replay::{Replay, newest_first};
use crate::lasting::told;
use crate::panels::Stream;
use crate::source::{SessionKey, Source, source};
use crate::store::{Listener, Live, Taken, Wants};
use crate::widgets::{SessionFolding, Widgets};

/// How many lines the live panel shows.
const LINES: usize = 8;

/// What a page begins with.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(super) struct Loaded {
    pub(super) snapshot: SessionSnapshot,
    /// The earlier moment that the address names.
    pub(super) moment: Option<SessionMoment>,
    pub(super) notes: Vec<Annotation>,
    pub(super) widgets: Option<WidgetsShown>,
}

/// Everything that the page shows, as signals.
#[derive(Clone, Copy)]
pub(super) struct SessionState {
    pub(super) key: StoredValue<SessionKey>,
    /// The board of the moment that is shown.
    pub(super) board: RwSignal<Board>,
    /// Looking back.
    pub(super) replay: Replay,
    /// What people wrote at its moments.
    pub(super) notes: Notes,
    /// Figures that somebody declared, or that the program pushes.
    pub(super) widgets: Widgets,
    /// The time of the moment that is shown: the server's clock at the newest one.
    pub(super) now: Signal<Timestamp>,
    pub(super) stream: Stream,
    pub(super) live: Live,
    pub(super) source: StoredValue<Source>,
    /// The events that the board took last, one after the other, for whoever lists them.
    pub(super) newest: RwSignal<Vec<Event>>,
    /// What is being asked of the program.
    pub(super) steering: Steering,
    seen: StoredValue<Cursor>,
}

impl SessionState {
    /// A session at its newest moment, or at an earlier one that the address names.
    pub(super) fn new(loaded: Loaded, live: Live) -> Self {
        let Loaded {
            snapshot,
            moment,
            notes,
            widgets,
        } = loaded;
        let SessionSnapshot { board, cursor, .. } = snapshot;
        // The end is no moment of its own.
        let moment = moment.filter(|moment| moment.seq < board.seq());
        let clock = moment
            .as_ref()
            .map_or(Timestamp::default(), |moment| moment.timestamp);
        let (board, ahead) = match moment {
            Some(moment) => (moment.board, Some(board)),
            None => (board, None),
        };
        let replay = Replay::new(ahead, clock);
        let lines = newest_first(&board);
        let now = move || {
            if replay.is_on() {
                replay.clock()
            } else {
                live.now.get()
            }
        };
        let key = SessionKey {
            project: board.project().clone(),
            id: board.session_id().clone(),
        };
        Self {
            widgets: Widgets::of_session(widgets, key.clone(), Box::new(SessionFolding::default())),
            key: StoredValue::new(key),
            stream: Stream::new(lines, LINES),
            board: RwSignal::new(board),
            replay,
            notes: Notes::new(notes),
            now: told(now),
            live,
            source: StoredValue::new(source()),
            newest: RwSignal::new(Vec::new()),
            steering: Steering::new(),
            seen: StoredValue::new(cursor),
        }
    }

    /// Lets the widgets follow the session, and the moment that is shown.
    pub(super) fn follow_widgets(self) {
        self.widgets.follow();
        Effect::new(move || self.newest.with(|events| self.widgets.take_events(events)));
        let at = Memo::new(move |_| {
            let on = self.replay.is_on();
            on.then(|| self.board.with(Board::seq))
        });
        Effect::new(move || self.widgets.show_moment(at.get()));
    }

    /// A part of the board, told only when it changes.
    pub(super) fn part<T: Clone + PartialEq + Send + Sync + 'static>(
        self,
        of: fn(&Board) -> T,
    ) -> Memo<T> {
        Memo::new(move |_| self.board.with(of))
    }

    /// The time as this session knows it: its end once it is over, else now.
    pub(super) fn clock(self) -> Signal<Timestamp> {
        let ended = self.part(|board| {
            board
                .header()
                .ended_at
                .filter(|_| board.status().is_ended())
        });
        told(move || ended.get().unwrap_or_else(|| self.now.get()))
    }

    /// Folds what came live into the newest board. Out: whether it follows on what is there.
    fn fold_live(self, events: &[Event]) -> Taken {
        if self.replay.is_on_now() {
            let folded = self.replay.ahead.try_update(|ahead| match ahead {
                Some(board) => fold(board, events),
                None => Taken::Fits,
            });
            return folded.unwrap_or(Taken::Fits);
        }
        self.fold_shown(events)
    }

    /// Folds events into the board that is shown. Out: whether they follow on what is there.
    pub(super) fn fold_shown(self, events: &[Event]) -> Taken {
        let before = self.board.with_untracked(Board::offset);
        let taken = self.board.try_update(|board| fold(board, events));
        let lines = self.board.with_untracked(|board| {
            let new = board.lines().iter().filter(|line| line.offset > before);
            new.cloned().collect::<Vec<_>>()
        });
        let left_out = (events.len() as u64).saturating_sub(lines.len() as u64);
        self.stream.push(lines, left_out);
        taken.unwrap_or(Taken::Fits)
    }

    fn load(self, snapshot: SessionSnapshot) {
        self.live.correct_clock(snapshot.server_time);
        self.seen.set_value(snapshot.cursor);
        if self.replay.is_on_now() {
            self.replay.ahead.set(Some(snapshot.board));
            return;
        }
        self.stream.replace(newest_first(&snapshot.board));
        self.board.set(snapshot.board);
    }
}

fn fold(board: &mut Board, events: &[Event]) -> Taken {
    for event in events {
        if event.seq > Seq(board.seq().0 + 1) {
            return Taken::Gap;
        }
        board.apply(event);
    }
    Taken::Fits
}

impl Listener for SessionState {
    fn wants(&self) -> Wants {
        Wants {
            stream: Some(self.key.get_value()),
            seen: self.seen.get_value(),
            ..Wants::default()
        }
    }

    fn take(&self, messages: Vec<ServerMessage>) -> Taken {
        let mut events = Vec::new();
        let mut seen = self.seen.get_value();
        for message in messages {
            match message {
                ServerMessage::Events(frame) => {
                    events.extend(frame.events);
                    seen = frame.cursor;
                }
                ServerMessage::Event(frame) => {
                    seen.offset = frame.event.offset;
                    events.push(frame.event);
                }
                ServerMessage::Cursor(frame) => seen = frame.cursor,
                _ => {}
            }
        }
        if !events.is_empty() {
            if self.fold_live(&events) == Taken::Gap {
                return Taken::Gap;
            }
            if Notes::are_told(&events) {
                self.reload_notes();
            }
            if !self.replay.is_on_now() {
                self.newest.set(events);
            }
        }
        self.seen.set_value(seen);
        Taken::Fits
    }

    fn refresh(&self) -> Pin<Box<dyn Future<Output = bool>>> {
        let state = *self;
        Box::pin(async move {
            let key = state.key.get_value();
            let loading = state.source.with_value(|source| source.session(key));
            match loading.await {
                Ok(snapshot) => {
                    state.load(snapshot);
                    state.reload_notes();
                    true
                }
                Err(_) => false,
            }
        })
    }
}
