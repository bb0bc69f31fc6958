//! The session's signals: its board, folded on as events come, and who else wants them.

use std::pin::Pin;

use leptos::prelude::*;
use loopscope_board::{Board, SessionSnapshot};
use loopscope_event::{Cursor, Event, Seq, Timestamp};
use loopscope_protocol::ServerMessage;

use super::controls::Steering;
use crate::panels::Stream;
use crate::source::{SessionKey, Source, source};
use crate::store::{Listener, Live, Taken, Wants};

/// How many lines the live panel shows.
const LINES: usize = 8;

/// Everything that the page shows, as signals.
#[derive(Clone, Copy)]
pub(super) struct SessionState {
    pub(super) key: StoredValue<SessionKey>,
    pub(super) board: RwSignal<Board>,
    pub(super) stream: Stream,
    pub(super) live: Live,
    pub(super) source: StoredValue<Source>,
    /// The events of the last picture, for the events tab.
    pub(super) newest: RwSignal<Vec<Event>>,
    /// What is being asked of the program.
    pub(super) steering: Steering,
    seen: StoredValue<Cursor>,
}

impl SessionState {
    pub(super) fn new(snapshot: SessionSnapshot, live: Live) -> Self {
        let SessionSnapshot { board, cursor, .. } = snapshot;
        let lines = board.lines().iter().rev().cloned().collect();
        Self {
            key: StoredValue::new(SessionKey {
                project: board.project().clone(),
                id: board.session_id().clone(),
            }),
            stream: Stream::new(lines, LINES),
            board: RwSignal::new(board),
            live,
            source: StoredValue::new(source()),
            newest: RwSignal::new(Vec::new()),
            steering: Steering::new(),
            seen: StoredValue::new(cursor),
        }
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
        Signal::derive(move || ended.get().unwrap_or_else(|| self.live.now.get()))
    }

    /// Folds events into the board. Out: whether they follow on what is there.
    fn fold(self, events: &[Event]) -> Taken {
        let mut taken = Taken::Fits;
        let before = self.board.with_untracked(Board::offset);
        self.board.update(|board| {
            for event in events {
                if event.seq > Seq(board.seq().0 + 1) {
                    taken = Taken::Gap;
                    return;
                }
                board.apply(event);
            }
        });
        let lines = self.board.with_untracked(|board| {
            let new = board.lines().iter().filter(|line| line.offset > before);
            new.cloned().collect::<Vec<_>>()
        });
        let left_out = (events.len() as u64).saturating_sub(lines.len() as u64);
        self.stream.push(lines, left_out);
        taken
    }

    fn load(self, snapshot: SessionSnapshot) {
        self.live.correct_clock(snapshot.server_time);
        self.stream
            .replace(snapshot.board.lines().iter().rev().cloned().collect());
        self.board.set(snapshot.board);
        self.seen.set_value(snapshot.cursor);
    }
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
            if self.fold(&events) == Taken::Gap {
                return Taken::Gap;
            }
            self.newest.set(events);
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
                    true
                }
                Err(_) => false,
            }
        })
    }
}
