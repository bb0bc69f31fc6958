//! The sessions that rules look at, in memory, bounded. In: what their rows say. Out: a watch a rule and session.

use std::collections::HashMap;

use loopscope_alerts::{Glance, Watch};
use loopscope_event::{ProjectId, SessionId, Timestamp};
use loopscope_protocol::{AlertRow, AlertRule, SessionSummary};

/// A session's names.
pub(super) type Key = (ProjectId, SessionId);

/// The most sessions that are looked at; beyond it those leave of which nothing is remembered.
pub(super) const MOST: usize = 10_000;

/// One session.
pub(super) struct Session {
    pub glance: Glance,
    pub slots: Vec<Slot>,
    /// It had events since its board was looked at.
    pub touched: bool,
    /// When time alone may change something.
    pub due: Option<Timestamp>,
    /// The newest event, to tell which sessions were long without one.
    pub used: u64,
}

/// What one rule has to do with one session.
pub(super) struct Slot {
    pub rule_id: String,
    pub watch: Watch,
    /// The alert on record, while it fires.
    pub alert: Option<AlertRow>,
    /// It remembers something that is not on record.
    pub dirty: bool,
}

/// See the module.
#[derive(Default)]
pub(super) struct Sessions(pub HashMap<Key, Session>);

/// What a row says to rules.
pub(super) fn glance_of(row: &SessionSummary, now: Timestamp) -> Glance {
    let until = row.ended_at.unwrap_or(now);
    Glance {
        project: row.project.clone(),
        session_id: row.session_id.clone(),
        seq: row.events.0,
        dialect: row.dialect,
        name: row.name.clone(),
        target: row.target.clone(),
        status: row.status,
        state: row.state.clone(),
        iteration: row.iteration,
        errors: row.errors,
        findings_open: row.findings_open,
        open: row.open_by_severity,
        duration_seconds: until.since(row.started_at).as_secs_f64().max(0.0),
    }
}

impl Session {
    pub(super) fn new(glance: Glance, rules: &[AlertRule]) -> Self {
        let mut session = Self {
            glance,
            slots: Vec::new(),
            touched: true,
            due: None,
            used: 0,
        };
        session.scope(rules);
        session
    }

    /// Adds a slot for each rule that is for this session.
    pub(super) fn scope(&mut self, rules: &[AlertRule]) {
        for rule in rules.iter().filter(|rule| rule.body.enabled) {
            let known = self.slots.iter().any(|slot| slot.rule_id == rule.rule_id);
            if !known && self.glance.is_in(&rule.body.scope) {
                let mut watch = Watch::default();
                watch.ended = self.glance.status.is_ended();
                self.slots.push(Slot {
                    rule_id: rule.rule_id.clone(),
                    watch,
                    alert: None,
                    dirty: false,
                });
            }
        }
    }

    /// Whether nothing would be lost with it.
    pub(super) fn is_blank(&self) -> bool {
        let blank = |slot: &Slot| slot.watch.firing.is_none() && !slot.dirty;
        self.slots.iter().all(blank)
    }
}

impl Sessions {
    /// Makes room for one more: ended ones of which nothing is remembered leave first, then the longest unused.
    pub(super) fn make_room(&mut self) {
        if self.0.len() < MOST {
            return;
        }
        let before = self.0.len();
        self.0
            .retain(|_, session| !session.glance.status.is_ended() || !session.is_blank());
        if self.0.len() == before {
            let blank = self.0.iter().filter(|(_, session)| session.is_blank());
            let oldest = blank.min_by_key(|(_, session)| session.used);
            if let Some(key) = oldest.map(|(key, _)| key.clone()) {
                self.0.remove(&key);
            }
        }
        let left = before.saturating_sub(self.0.len()) as u64;
        metrics::counter!("loopscope_alert_sessions_left_total").increment(left);
    }
}
