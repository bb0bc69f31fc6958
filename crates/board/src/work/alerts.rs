//! The newest alerts of a session: what fires, and what did.

use std::collections::VecDeque;

use loopscope_event::{AlertFact, AlertPhase, Event, Severity, Timestamp};
use serde::{Deserialize, Serialize};

use crate::limits::MAX_ALERTS;

/// One alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertLine {
    /// Its id.
    pub alert_id: String,
    /// The rule's id.
    pub rule_id: String,
    /// The rule's name.
    pub rule: String,
    /// How much it matters.
    pub severity: Severity,
    /// What was the case when it fired.
    pub summary: String,
    /// The value it fired at, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// When it began to fire.
    pub fired_at: Timestamp,
    /// When it resolved; `None` while it fires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<Timestamp>,
    /// Why it resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How often its cause was seen.
    pub count: u64,
    /// Where in the session it fired.
    pub seq: u64,
}

/// The alerts of a session.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Alerts {
    rows: VecDeque<AlertLine>,
    #[serde(skip_serializing_if = "crate::work::is_default")]
    left_out: u64,
}

impl Alerts {
    /// The newest alerts, in the order they fired.
    pub const fn rows(&self) -> &VecDeque<AlertLine> {
        &self.rows
    }

    /// Those that fire.
    pub fn firing(&self) -> impl Iterator<Item = &AlertLine> {
        self.rows.iter().filter(|row| row.resolved_at.is_none())
    }

    /// Alerts that are no longer listed.
    pub const fn left_out(&self) -> u64 {
        self.left_out
    }

    pub(crate) fn take(&mut self, fact: &AlertFact, event: &Event) {
        let at = fact.at.unwrap_or(event.timestamp);
        let known = self
            .rows
            .iter_mut()
            .rev()
            .find(|row| row.alert_id == fact.alert_id);
        match (fact.phase, known) {
            (AlertPhase::Firing, Some(_)) => {}
            (AlertPhase::Resolved, Some(row)) => {
                row.resolved_at = Some(at);
                row.reason.clone_from(&fact.reason);
                row.count = row.count.max(fact.count);
            }
            (phase, None) => {
                let resolved = phase == AlertPhase::Resolved;
                self.rows.push_back(AlertLine {
                    alert_id: fact.alert_id.clone(),
                    rule_id: fact.rule_id.clone(),
                    rule: fact.rule.clone(),
                    severity: fact.severity,
                    summary: fact.summary.clone(),
                    value: fact.value.filter(|value| value.is_finite()),
                    fired_at: fact.fired_at.unwrap_or(at),
                    resolved_at: resolved.then_some(at),
                    reason: fact.reason.clone(),
                    count: fact.count,
                    seq: event.seq.0,
                });
                self.shrink();
            }
        }
    }

    /// Resolved ones leave first, the oldest before.
    fn shrink(&mut self) {
        while self.rows.len() > MAX_ALERTS {
            let resolved = self.rows.iter().position(|row| row.resolved_at.is_some());
            self.rows.remove(resolved.unwrap_or(0));
            self.left_out = self.left_out.saturating_add(1);
        }
    }
}
