//! The task that decides. In: events in order, boards, time, requests. Out: steps in the journal, one after the other.

use std::sync::Arc;
use std::time::Duration as Wait;

use loopscope_alerts::{Firing, Watch};
use loopscope_event::{Event, Kind, Offset, Timestamp};
use loopscope_journal::{AlertQuery, AlertStep, JournalError, SessionQuery, StepError};
use loopscope_protocol::{AlertRow, AlertRule, ApiError, ErrorCode, SessionStatus};
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::asks::{Act, Ask};
use super::sessions::{Key, MOST, Session, Sessions, glance_of};
use super::steps::{Step, memory, record};
use super::{Alerts, is_muted, json, parse};
use crate::fold::summary_of;
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
    noted: (Offset, Timestamp),
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
        let mut reader = state.reader(engine.place);
        engine.catch_up(&state, &mut reader).await;
        engine.go_on(&state, &mut reader, &mut asked).await;
        engine.note(now()).await;
    }
}

impl Engine {
    /// Takes over what the server before remembered.
    async fn load(alerts: Alerts) -> Result<Self, JournalError> {
        let journal = alerts.0.journal.clone();
        let place = journal.alert_place().await?;
        let place = place.map_or_else(|| journal.head(), Offset);
        let rules = alerts.rules();
        let mut engine = Self {
            alerts,
            rules,
            sessions: Sessions::default(),
            step: Step::default(),
            place,
            noted: (Offset(0), now()),
            clock: 0,
        };
        engine.load_running().await?;
        engine.load_memory().await?;
        Ok(engine)
    }

    /// Sessions that go on: time alone may make something of them.
    async fn load_running(&mut self) -> Result<(), JournalError> {
        let statuses = [
            SessionStatus::Running,
            SessionStatus::Halted,
            SessionStatus::Interrupted,
        ];
        let mut query = SessionQuery {
            statuses: statuses.map(|status| status.as_str().to_owned()).to_vec(),
            limit: 500,
            ..SessionQuery::default()
        };
        loop {
            let page = self.alerts.0.journal.sessions(&query).await?;
            for row in page.rows {
                let row = summary_of(row);
                let key = (row.project.clone(), row.session_id.clone());
                let session = Session::new(glance_of(&row, now()), &self.rules);
                self.sessions.0.insert(key, session);
            }
            query.after = page.next;
            if query.after.is_none() || self.sessions.0.len() >= MOST {
                return Ok(());
            }
        }
    }

    async fn load_memory(&mut self) -> Result<(), JournalError> {
        let journal = self.alerts.0.journal.clone();
        let query = AlertQuery {
            firing: Some(true),
            limit: MOST as u32,
            ..AlertQuery::default()
        };
        let firing: Vec<AlertRow> = journal
            .alerts(&query)
            .await?
            .iter()
            .filter_map(|row| parse(row.body.as_str()))
            .collect();
        for stored in journal.alert_watches().await? {
            let key = (stored.project, stored.session_id);
            let memory = stored.memory.as_ref();
            let Some(watch) = memory.and_then(|memory| parse::<Watch>(memory.as_str())) else {
                continue;
            };
            // One that only paused is of use as long as its session is there.
            if watch.firing.is_some() {
                self.know(&key).await;
            }
            if let Some(session) = self.sessions.0.get_mut(&key)
                && let Some(slot) = session
                    .slots
                    .iter_mut()
                    .find(|slot| slot.rule_id == stored.rule_id)
                && let Some(rule) = self
                    .rules
                    .iter()
                    .find(|rule| rule.rule_id == stored.rule_id)
            {
                slot.watch = watch;
                slot.watch.wake(&rule.body);
            }
        }
        for row in &firing {
            self.take_over(row).await;
        }
        self.alerts.tell(firing);
        Ok(())
    }

    /// An alert that fired when the server before stopped. The row is the truth.
    async fn take_over(&mut self, row: &AlertRow) {
        let key = (row.project.clone(), row.session_id.clone());
        self.know(&key).await;
        let Some(session) = self.sessions.0.get_mut(&key) else {
            return;
        };
        if let Some(slot) = session
            .slots
            .iter_mut()
            .find(|slot| slot.rule_id == row.rule_id)
        {
            slot.watch.firing.get_or_insert_with(|| Firing {
                at: row.fired_at,
                last_at: row.last_at,
                count: row.count,
                summary: row.summary.clone(),
                seq: 0,
            });
            slot.alert = Some(row.clone());
            return;
        }
        // Its rule was removed or switched off, and the server died before that was said.
        let at = now();
        let over = AlertRow {
            state: loopscope_protocol::AlertState::Resolved,
            resolved_at: Some(at),
            reason: Some("rule_removed".to_owned()),
            ..row.clone()
        };
        self.step.rows.alerts.push(record(&over));
        self.step.told.push(over);
    }

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
        if event.kind == Kind::Alert {
            return;
        }
        let key: Key = (event.project.clone(), event.session_id.clone());
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

    async fn note_now_and_then(&mut self, at: Timestamp) {
        if at.since(self.noted.1).as_micros() >= NOTE_EVERY {
            self.note(at).await;
        }
    }

    /// Notes how far rules have looked, and what they remember.
    async fn note(&mut self, at: Timestamp) {
        let mut step = AlertStep::default();
        let mut told = Vec::new();
        for (key, session) in &mut self.sessions.0 {
            for slot in session.slots.iter_mut().filter(|slot| slot.dirty) {
                slot.dirty = false;
                step.watches.push(memory(key, &slot.rule_id, &slot.watch));
                if let (Some(row), Some(firing)) = (&mut slot.alert, &slot.watch.firing)
                    && row.count != firing.count
                {
                    row.count = firing.count;
                    row.last_at = firing.last_at;
                    row.summary.clone_from(&firing.summary);
                    step.alerts.push(record(row));
                    told.push(row.clone());
                }
            }
        }
        let is_same = self.noted.0 == self.place;
        self.noted = (self.place, at);
        // What is over and says nothing more needs no place here.
        self.sessions.0.retain(|_, session| {
            session.touched || !session.glance.status.is_ended() || !session.is_blank()
        });
        if is_same && step.watches.is_empty() {
            return;
        }
        step.place = Some(self.place.0);
        if let Err(error) = self.alerts.0.journal.note_alerts(step).await {
            tracing::warn!(%error, "what alert rules remember could not be noted");
        }
        self.alerts.tell(told);
    }

    /// Does what somebody asked of an alert.
    async fn answer(&mut self, ask: Ask) {
        let slots = self
            .sessions
            .0
            .values_mut()
            .flat_map(|session| &mut session.slots);
        let mut rows = slots.filter_map(|slot| slot.alert.as_mut());
        let row = rows.find(|row| {
            row.alert_id == ask.alert_id
                && ask
                    .project
                    .as_ref()
                    .is_none_or(|project| *project == row.project)
        });
        let Some(row) = row else {
            let gone = ApiError::new(
                ErrorCode::NotFound,
                "no such alert fires; it is over, or never was",
            );
            let _ = ask.reply.send(Err(gone));
            return;
        };
        let at = now();
        let before = row.clone();
        let action = match ask.act {
            Act::Ack => {
                row.acked_at.get_or_insert(at);
                row.acked_by.get_or_insert(ask.who.clone());
                "alert.ack"
            }
            Act::Mute(until) => {
                row.muted_until = until;
                if is_muted(until, at) {
                    "alert.mute"
                } else {
                    "alert.unmute"
                }
            }
        };
        let changed = row.clone();
        let audit = loopscope_journal::NewAudit {
            at,
            who: ask.who,
            action: action.to_owned(),
            subject: row.alert_id.clone(),
            session: Some((row.project.clone(), row.session_id.clone())),
            detail: json(&serde_json::json!({"rule": row.rule, "until": row.muted_until})),
        };
        let step = AlertStep {
            alerts: vec![record(row)],
            audit: vec![audit],
            ..AlertStep::default()
        };
        let done = self.alerts.0.journal.put_alerts(step).await;
        let answer = match done {
            Ok(()) => {
                self.alerts.tell(vec![changed.clone()]);
                Ok(changed)
            }
            Err(error) => {
                *row = before;
                Err(super::unreadable(error))
            }
        };
        let _ = ask.reply.send(answer);
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
