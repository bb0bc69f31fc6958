//! Looking back: which moment is shown, how it is reached, how it plays.
//!
//! In: a wish for a moment. Out: the session's board as it was then. What lies a few events ahead is folded here; for
//! anything else the server is asked, one question at a time, the last wish first. While an earlier moment is shown the
//! newest board goes on aside.

use leptos::prelude::*;
use leptos::task::spawn_local;
use loopscope_board::{Board, SessionMoment};
use loopscope_event::{Event, Seq, Timestamp};
use loopscope_protocol::{EventsQuery, Moment};

use super::super::state::SessionState;
use super::upcoming::Upcoming;
use crate::world;

/// The speeds at which a run can be played.
pub(in crate::pages::session) const SPEEDS: [f64; 7] = [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0];

/// How often a turn is played, in milliseconds.
const TURN_MS: i32 = 40;
/// How many events are asked for at once, and how few ask for more.
const CHUNK: u32 = 500;
const FEW: usize = 400;
/// So far ahead a moment is folded here, where its events are here.
const NEAR: u64 = 300;

/// Looking back at a session, as signals.
#[derive(Clone, Copy)]
pub(in crate::pages::session) struct Replay {
    /// The newest board, while an earlier moment is shown.
    pub(in crate::pages::session) ahead: RwSignal<Option<Board>>,
    /// Rises with each jump: what was loaded for the moment before no longer holds.
    pub(in crate::pages::session) jumps: RwSignal<u32>,
    /// The time of the moment that is shown.
    clock: RwSignal<Timestamp>,
    playing: RwSignal<bool>,
    pub(super) speed: RwSignal<f64>,
    pub(super) skip_idle: RwSignal<bool>,
    /// Why the last moment that was asked for is not shown.
    pub(super) problem: RwSignal<Option<String>>,
    upcoming: StoredValue<Upcoming>,
    is_loading: StoredValue<bool>,
    wish: StoredValue<Option<Moment>>,
    is_asking: StoredValue<bool>,
    plays: StoredValue<u32>,
}

impl Replay {
    /// At the newest moment, or at an earlier one, with the newest board aside.
    pub(in crate::pages::session) fn new(ahead: Option<Board>, clock: Timestamp) -> Self {
        Self {
            ahead: RwSignal::new(ahead),
            jumps: RwSignal::new(0),
            clock: RwSignal::new(clock),
            playing: RwSignal::new(false),
            speed: RwSignal::new(1.0),
            skip_idle: RwSignal::new(true),
            problem: RwSignal::new(None),
            upcoming: StoredValue::new(Upcoming::default()),
            is_loading: StoredValue::new(false),
            wish: StoredValue::new(None),
            is_asking: StoredValue::new(false),
            plays: StoredValue::new(0),
        }
    }

    /// Whether an earlier moment is shown; tracked.
    pub(in crate::pages::session) fn is_on(self) -> bool {
        self.ahead.with(Option::is_some)
    }

    /// The time of the earlier moment; tracked.
    pub(in crate::pages::session) fn clock(self) -> Timestamp {
        self.clock.get()
    }

    /// Whether it plays; tracked.
    pub(super) fn is_playing(self) -> bool {
        self.playing.get()
    }

    /// Whether it plays; not tracked.
    pub(super) fn is_playing_now(self) -> bool {
        self.playing.get_untracked()
    }

    /// Stands still.
    pub(in crate::pages::session) fn pause(self) {
        if self.is_playing_now() {
            self.playing.set(false);
        }
    }

    /// Whether an earlier moment is shown; not tracked.
    pub(in crate::pages::session) fn is_on_now(self) -> bool {
        self.ahead.with_untracked(Option::is_some)
    }
}

impl SessionState {
    /// A part of the newest board, whatever moment is shown; tracked.
    pub(in crate::pages::session) fn with_newest<T>(self, of: impl FnOnce(&Board) -> T) -> T {
        self.replay.ahead.with(|ahead| match ahead {
            Some(board) => of(board),
            None => self.board.with(of),
        })
    }

    /// The event that is shown last; not tracked.
    pub(super) fn shown(self) -> Seq {
        self.board.with_untracked(Board::seq)
    }

    /// Shows a moment: at once where it is near and known, else when the server has told it.
    pub(in crate::pages::session) fn seek(self, at: Moment) {
        let replay = self.replay;
        replay.wish.set_value(None);
        if let Moment::Seq(seq) = at {
            let newest = untrack(|| self.with_newest(Board::seq));
            if seq >= newest {
                self.back_to_live();
                return;
            }
            let shown = self.shown();
            if replay.is_on_now() && seq == shown {
                return;
            }
            let is_near = replay.is_on_now() && seq > shown && seq.0 <= shown.0 + NEAR;
            let events = is_near.then(|| replay.upcoming.try_update_value(|up| up.upto(seq)));
            if let Some(events) = events.flatten().flatten() {
                self.forward(events, None);
                return;
            }
        }
        replay.wish.set_value(Some(at));
        if !replay.is_asking.get_value() {
            replay.is_asking.set_value(true);
            spawn_local(self.ask());
        }
    }

    /// Asks for what is wished for until nothing else is.
    async fn ask(self) {
        let replay = self.replay;
        while let Some(at) = replay.wish.try_update_value(Option::take).flatten() {
            let key = self.key.get_value();
            let asked = self.source.with_value(|source| source.moment(key, at));
            let answer = asked.await;
            if replay.wish.is_disposed() {
                return;
            }
            match answer {
                Ok(moment) => self.show(moment),
                Err(error) => replay.problem.set(Some(error.message)),
            }
        }
        replay.is_asking.set_value(false);
    }

    fn show(self, moment: SessionMoment) {
        let replay = self.replay;
        replay.problem.set(None);
        if moment.seq >= untrack(|| self.with_newest(Board::seq)) {
            self.back_to_live();
            return;
        }
        replay.upcoming.update_value(Upcoming::clear);
        replay.clock.set(moment.timestamp);
        self.stream.replace(newest_first(&moment.board));
        self.newest.set(Vec::new());
        if replay.is_on_now() {
            self.board.set(moment.board);
        } else {
            let live = self
                .board
                .try_update(|board| std::mem::replace(board, moment.board));
            replay.ahead.set(live);
        }
        replay.jumps.update(|jumps| *jumps += 1);
    }

    /// Folds the next events into the moment that is shown.
    fn forward(self, events: Vec<Event>, clock: Option<Timestamp>) {
        let replay = self.replay;
        let reached = events.iter().map(|event| event.timestamp).max();
        let before = replay.clock.get_untracked();
        let now = clock.or(reached.map(|reached| reached.max(before)));
        if let Some(now) = now.filter(|now| *now != before) {
            replay.clock.set(now);
        }
        if events.is_empty() {
            return;
        }
        self.fold_shown(&events);
        self.newest.set(events);
        if self.shown() >= untrack(|| self.with_newest(Board::seq)) {
            self.arrive();
        }
    }

    /// The moment that is shown has become the newest one: nothing jumps.
    fn arrive(self) {
        self.replay.playing.set(false);
        let live = self.replay.ahead.try_update(Option::take).flatten();
        if let Some(live) = live {
            self.board.set(live);
        }
    }

    /// Shows the newest moment, and what comes from now on.
    pub(in crate::pages::session) fn back_to_live(self) {
        let replay = self.replay;
        replay.wish.set_value(None);
        replay.problem.set(None);
        replay.upcoming.update_value(Upcoming::clear);
        if replay.is_on_now() {
            self.arrive();
            self.newest.set(Vec::new());
            self.board
                .with_untracked(|board| self.stream.replace(newest_first(board)));
            replay.jumps.update(|jumps| *jumps += 1);
        }
    }

    /// One event back, or on.
    pub(super) fn step(self, on: bool) {
        self.replay.playing.set(false);
        let shown = self.shown();
        if !on {
            if shown > Seq(1) {
                self.seek(Moment::Seq(Seq(shown.0 - 1)));
            }
            return;
        }
        let next = Seq(shown.0 + 1);
        if !self.replay.is_on_now() {
            return;
        }
        let is_here = self
            .replay
            .upcoming
            .with_value(|up| up.last() >= Some(next));
        if is_here {
            self.seek(Moment::Seq(next));
        } else {
            spawn_local(async move {
                self.load_more().await;
                if !self.replay.wish.is_disposed() && self.shown() == shown {
                    self.seek(Moment::Seq(next));
                }
            });
        }
    }

    /// Plays on, from the start where the newest moment is shown; or stands still.
    pub(super) fn play_or_pause(self) {
        let replay = self.replay;
        if replay.playing.get_untracked() {
            replay.playing.set(false);
            return;
        }
        if !replay.is_on_now() {
            if self.shown() <= Seq(1) {
                return;
            }
            self.seek(Moment::Seq(Seq(1)));
        }
        replay.playing.set(true);
        replay.plays.update_value(|plays| *plays += 1);
        let nth = replay.plays.get_value();
        spawn_local(self.play(nth));
    }

    async fn play(self, nth: u32) {
        let replay = self.replay;
        let mut before = world::uptime_ms();
        loop {
            world::sleep(TURN_MS).await;
            let is_mine = replay.plays.try_get_value() == Some(nth);
            if !is_mine || !replay.playing.get_untracked() {
                return;
            }
            let now = world::uptime_ms();
            // A page that slept does not make up for it.
            let passed = (now - before).min(250.0);
            before = now;
            if !replay.is_on_now() {
                // The first moment is on its way.
                if !replay.is_asking.get_value() {
                    replay.playing.set(false);
                    return;
                }
                continue;
            }
            self.turn(passed);
        }
    }

    fn turn(self, millis: f64) {
        let replay = self.replay;
        let newest = untrack(|| self.with_newest(Board::seq));
        let (few, last) = replay
            .upcoming
            .with_value(|up| (up.len() < FEW, up.last().unwrap_or(self.shown())));
        let ends = last >= newest;
        if few && !ends && !replay.is_loading.get_value() {
            spawn_local(self.load_more());
        }
        let clock = replay.clock.get_untracked();
        let (speed, skip) = (
            replay.speed.get_untracked(),
            replay.skip_idle.get_untracked(),
        );
        let turn = replay
            .upcoming
            .try_update_value(|up| up.play(clock, millis, speed, skip, ends))
            .unwrap_or_default();
        self.forward(turn.events, turn.clock.or(Some(clock)));
    }

    /// Brings the events after those that are here.
    async fn load_more(self) {
        let replay = self.replay;
        replay.is_loading.set_value(true);
        let jump = replay.jumps.get_untracked();
        let after = replay.upcoming.with_value(Upcoming::last);
        let query = EventsQuery {
            after: Some(after.unwrap_or(self.shown())),
            limit: CHUNK,
            ..EventsQuery::default()
        };
        let key = self.key.get_value();
        let loading = self.source.with_value(|source| source.events(key, query));
        let answer = loading.await;
        if replay.is_loading.is_disposed() {
            return;
        }
        replay.is_loading.set_value(false);
        match answer {
            Ok(page) if replay.jumps.get_untracked() == jump => {
                let shown = self.shown();
                replay
                    .upcoming
                    .update_value(|up| up.push(shown, page.events));
            }
            Ok(_) => {}
            Err(error) => {
                replay.playing.set(false);
                replay.problem.set(Some(error.message));
            }
        }
    }
}

/// The newest events of a board as lines, newest first.
pub(in crate::pages::session) fn newest_first(board: &Board) -> Vec<loopscope_board::EventLine> {
    board.lines().iter().rev().cloned().collect()
}
