//! The task that decides. In: events in order, boards, time, requests. Out: steps in the journal, one after the other.

mod answer;
mod load;
mod note;

use std::sync::Arc;
use std::time::Duration as Wait;

use loopscope_alerts::Watch;
use loopscope_event::{Dialect, Event, Kind, Offset, Timestamp};
use loopscope_journal::StepError;
use loopscope_protocol::AlertRule;
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::Alerts;
use super::asks::Ask;
use super::sessions::{Key, Session, Sessions, glance_of};
use super::steps::Step;
use crate::life::now;
use crate::ring::{ReadError, Reader, Slice};
use crate::state::AppState;

/// How often boards of sessions that had events are looked at.
const LOOK_EVERY: Wait = Wait::from_millis(100);
/// How often it is noted how far rules have looked.
const NOTE_EVERY: i64 = 1_000_000;
/// The most changes in one step.
const CHANGES: usize = 64;
/// What could not be written is tried again after so long.
const PAUSE: Wait = Wait::from_millis(250);

/// See the module.
pub(super) struct Engine {
    alerts: Alerts,
    rules: Arc<Vec<AlertRule>>,
    sessions: Sessions,
    step: Step,
    /// Up to which event rules have looked.
    place: Offset,
    /// The place on record, and since when; nothing is on record before the first start.
    noted: (Option<Offset>, Timestamp),
    clock: u64,
}

impl Alerts {
    /// Looks at everything that comes, until the server stops.
    pub(crate) async fn run(self, state: AppState) {
        let asked = self.0.asked.lock().ok().and_then(|mut asked| asked.take());
        let Some(mut asked) = asked else { return };
        let mut engine = match Engine::load(self.clone()).await {
            Ok(engine) => engine,
            Err(error) => {
                tracing::error!(%error, "alerts of the last run could not be read; no rule is looked at");
                return;
            }
        };
        // From here on nothing is missed: a server that is killed now goes on from this place.
        engine.note(now()).await;
        let mut reader = state.reader(engine.place);
        engine.catch_up(&state, &mut reader).await;
        engine.go_on(&state, &mut reader, &mut asked).await;
        engine.note(now()).await;
    }
}

impl Engine {
    /// What came while nobody looked.
    async fn catch_up(&mut self, state: &AppState, reader: &mut Reader) {
        self.write().await;
        while reader.behind() > 0 && !self.alerts.0.shutdown.is_cancelled() {
            let slice = reader.next().await;
            if !self.take(state, slice, reader).await {
                return;
            }
        }
    }

    async fn go_on(
        &mut self,
        state: &AppState,
        reader: &mut Reader,
        asked: &mut mpsc::Receiver<Ask>,
    ) {
        let alerts = self.alerts.clone();
        let mut looked = Timestamp::default();
        loop {
            let at = now();
            let has_touched = self.sessions.0.values().any(|session| session.touched);
            if has_touched && at.since(looked).as_micros() >= LOOK_EVERY.as_micros() as i64 {
                looked = at;
                self.look(at);
            }
            self.pass(at);
            self.write().await;
            self.note_now_and_then(at).await;
            let wait = self.wait(at, has_touched);
            tokio::select! {
                biased;
                () = alerts.0.shutdown.cancelled() => return,
                () = alerts.0.rules_changed.notified() => self.new_rules(now()),
                Some(ask) = asked.recv() => self.answer(ask).await,
                slice = reader.next() => {
                    self.take(state, slice, reader).await;
                }
                () = sleep(wait) => {}
            }
        }
    }

    /// Until something is due.
    fn wait(&self, at: Timestamp, has_touched: bool) -> Wait {
        let next = self
            .sessions
            .0
            .values()
            .filter_map(|session| session.due)
            .min();
        let until = next.map_or(1_000_000, |next| {
            next.since(at).as_micros().clamp(1_000, 1_000_000)
        });
        let until = Wait::from_micros(until as u64);
        if has_touched {
            until.min(LOOK_EVERY)
        } else {
            until
        }
    }

    /// Takes what the reader gave. Out: whether it could read.
    async fn take(
        &mut self,
        state: &AppState,
        slice: Result<Slice, ReadError>,
        reader: &mut Reader,
    ) -> bool {
        match slice {
            Ok(slice) => {
                let to = slice.cursor().offset;
                self.behind_fold(to).await;
                for event in slice.events() {
                    self.event(event).await;
                }
                self.write().await;
                self.place = to;
                true
            }
            Err(ReadError::Reset(reason)) => {
                tracing::warn!(?reason, "alert rules lost their place and look from now on");
                *reader = state.reader_from_now();
                true
            }
            Err(ReadError::Page(error)) => {
                tracing::error!(%error, "alert rules wait for the journal");
                sleep(Wait::from_secs(1)).await;
                false
            }
        }
    }

    /// Boards account for what rules look at; the fold is quicker, as a rule.
    async fn behind_fold(&self, offset: Offset) {
        for _ in 0..500 {
            if self.alerts.0.fold.cursor().offset >= offset {
                return;
            }
            sleep(Wait::from_millis(2)).await;
        }
    }

    /// Makes a session known, by its board or its row.
    async fn know(&mut self, key: &Key) {
        if self.sessions.0.contains_key(key) {
            return;
        }
        let fold = &self.alerts.0.fold;
        let row = match fold.live_row(&key.0, &key.1) {
            Some(row) => row,
            None => match fold.board(&key.0, &key.1).await {
                Ok(Some((board, _))) => board.summary(),
                Ok(None) => return,
                Err(error) => {
                    tracing::error!(%error, "a session could not be looked at");
                    return;
                }
            },
        };
        self.sessions.make_room();
        let session = Session::new(glance_of(&row, now()), &self.rules);
        self.sessions.0.insert(key.clone(), session);
    }

    async fn event(&mut self, event: &Event) {
        // What came from a file is no news, and was told of when it was.
        if event.kind == Kind::Alert || self.alerts.0.journal.is_archived(event) {
            return;
        }
        let key: Key = (event.project.clone(), event.session_id.clone());
        // What we write ourselves, a note of somebody who looks at it, brings nobody back.
        if event.dialect == Dialect::Loopscope
            && !self.sessions.0.contains_key(&key)
            && self.alerts.is_from_file(&key).await
        {
            return;
        }
        self.know(&key).await;
        self.clock += 1;
        let Some(session) = self.sessions.0.get_mut(&key) else {
            return;
        };
        session.used = self.clock;
        session.touched = true;
        let at = event.received_at;
        for slot in &mut session.slots {
            let Some(rule) = self.rules.iter().find(|rule| rule.rule_id == slot.rule_id) else {
                continue;
            };
            let before = mark(&slot.watch);
            for change in slot.watch.event(&rule.body, event, at) {
                let session = (&key, session.glance.name.as_str());
                self.alerts
                    .change(&mut self.step, session, rule, slot, change, now());
            }
            slot.dirty |= mark(&slot.watch) != before;
        }
        session.due = due(session, &self.rules);
        if self.step.events.len() >= CHANGES {
            self.write().await;
        }
    }

    /// What the boards of sessions that had events say now.
    fn look(&mut self, at: Timestamp) {
        let fold = &self.alerts.0.fold;
        for (key, session) in self
            .sessions
            .0
            .iter_mut()
            .filter(|(_, session)| session.touched)
        {
            session.touched = false;
            if let Some(row) = fold.live_row(&key.0, &key.1) {
                session.glance = glance_of(&row, at);
                session.scope(&self.rules);
            }
            for slot in &mut session.slots {
                let Some(rule) = self.rules.iter().find(|rule| rule.rule_id == slot.rule_id) else {
                    continue;
                };
                let before = mark(&slot.watch);
                for change in slot.watch.glance(&rule.body, &session.glance, at) {
                    let named = (key, session.glance.name.as_str());
                    self.alerts
                        .change(&mut self.step, named, rule, slot, change, at);
                }
                slot.dirty |= mark(&slot.watch) != before;
            }
            session.due = due(session, &self.rules);
        }
    }

    /// What time alone brings.
    fn pass(&mut self, at: Timestamp) {
        let is_due = |session: &&mut Session| session.due.is_some_and(|due| due <= at);
        for session in self.sessions.0.values_mut().filter(is_due) {
            let key = (
                session.glance.project.clone(),
                session.glance.session_id.clone(),
            );
            for slot in &mut session.slots {
                let Some(rule) = self.rules.iter().find(|rule| rule.rule_id == slot.rule_id) else {
                    continue;
                };
                let before = mark(&slot.watch);
                if let Some(change) = slot.watch.tick(&rule.body, at) {
                    let named = (&key, session.glance.name.as_str());
                    self.alerts
                        .change(&mut self.step, named, rule, slot, change, at);
                }
                slot.dirty |= mark(&slot.watch) != before;
            }
            session.due = due(session, &self.rules);
        }
    }

    /// Rules were made, changed or removed.
    fn new_rules(&mut self, at: Timestamp) {
        let new = self.alerts.rules();
        let old = std::mem::replace(&mut self.rules, Arc::clone(&new));
        for (key, session) in &mut self.sessions.0 {
            let glance = &session.glance;
            session.slots.retain_mut(|slot| {
                let find = |rules: &[AlertRule]| {
                    rules
                        .iter()
                        .find(|rule| rule.rule_id == slot.rule_id)
                        .cloned()
                };
                let (before, after) = (find(&old), find(&new));
                let why = match (&before, &after) {
                    (Some(before), Some(after)) if before.body == after.body => return true,
                    (_, Some(after)) if after.body.enabled => "rule_changed",
                    _ => "rule_removed",
                };
                if let (Some(change), Some(rule)) = (slot.watch.give_up(why), after.or(before)) {
                    let named = (key, glance.name.as_str());
                    self.alerts
                        .change(&mut self.step, named, &rule, slot, change, at);
                }
                false
            });
            session.scope(&new);
            session.touched = true;
            session.due = due(session, &new);
        }
    }

    /// Writes what was decided; until it is on the disk nothing else is decided.
    async fn write(&mut self) {
        let Step { events, rows, told } = std::mem::take(&mut self.step);
        if rows.alerts.is_empty() {
            return;
        }
        let sends = !rows.deliveries.is_empty();
        metrics::counter!("loopscope_alert_changes_total").increment(events.len() as u64);
        loop {
            let done = self
                .alerts
                .0
                .journal
                .put_alert_step(events.clone(), rows.clone());
            match done.await {
                Ok(_) => break,
                // A session was deleted meanwhile, or a rule fires there already: nothing of it is to be said.
                Err(StepError::Append(loopscope_journal::AppendError::Closed)) => return,
                Err(StepError::Append(error)) if is_passing(&error) => {
                    tracing::warn!(%error, "an alert could not be written yet");
                }
                Err(error) => {
                    tracing::error!(%error, alerts = told.len(), "alerts were not written");
                    return;
                }
            }
            tokio::select! {
                () = sleep(PAUSE) => {}
                () = self.alerts.0.shutdown.cancelled() => return,
            }
        }
        self.alerts.tell(told);
        if sends {
            self.alerts.0.post.notify_one();
        }
    }
}

/// Whether it may go better next time.
fn is_passing(error: &loopscope_journal::AppendError) -> bool {
    use loopscope_journal::AppendError::{DiskFull, TooBusy};
    matches!(error, DiskFull | TooBusy)
}

/// What of a watch is worth a place on record.
fn mark(watch: &Watch) -> (Option<u64>, Option<Timestamp>, bool) {
    let count = watch.firing.as_ref().map(|firing| firing.count);
    (count, watch.last_fired, watch.is_blank())
}

/// When time alone may change something of a session.
fn due(session: &Session, rules: &[AlertRule]) -> Option<Timestamp> {
    let slots = session.slots.iter().filter_map(|slot| {
        let rule = rules.iter().find(|rule| rule.rule_id == slot.rule_id)?;
        slot.watch.due(&rule.body)
    });
    slots.min()
}
