//! What the server before knew: how far rules had looked, what they remember, what fires.

use loopscope_alerts::{Firing, Watch};
use loopscope_event::Offset;
use loopscope_journal::{AlertQuery, JournalError, SessionQuery};
use loopscope_protocol::{AlertRow, SessionStatus};

use super::super::parse;
use super::super::sessions::{Key, MOST, Session, Sessions, glance_of};
use super::super::steps::{Step, record};
use super::Engine;
use crate::alerts::Alerts;
use crate::fold::summary_of;
use crate::life::now;

impl Alerts {
    /// Whether a session came from a file, and its program said nothing behind that.
    pub(super) async fn is_from_file(&self, key: &Key) -> bool {
        if self.0.journal.archived_until(&key.0, &key.1).is_none() {
            return false;
        }
        let board = self.0.fold.board(&key.0, &key.1).await;
        board.is_ok_and(|found| found.is_some_and(|(board, _)| board.is_end_of_file()))
    }
}

impl Engine {
    /// Takes over what the server before remembered.
    pub(super) async fn load(alerts: Alerts) -> Result<Self, JournalError> {
        let journal = alerts.0.journal.clone();
        let place = journal.alert_place().await?;
        let on_record = place.map(Offset);
        let place = on_record.unwrap_or_else(|| journal.head());
        let rules = alerts.rules();
        let mut engine = Self {
            alerts,
            rules,
            sessions: Sessions::default(),
            step: Step::default(),
            place,
            noted: (on_record, now()),
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
                // Nobody goes on with one that came from a file.
                if self.alerts.is_from_file(&key).await {
                    continue;
                }
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
}
