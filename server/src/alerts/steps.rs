//! Changes on their way to the journal. In: an alert that begins or ends. Out: its event, its row, its deliveries.

use loopscope_alerts::{Change, Watch};
use loopscope_dialects::loopscope::{self, AlertEvent};
use loopscope_event::{AlertPhase, EventId, NewEvent, Timestamp};
use loopscope_journal::{AlertRecord, AlertStep, WatchRecord};
use loopscope_protocol::{AlertRow, AlertRule, AlertState};

use super::sessions::{Key, Slot};
use super::{Alerts, is_muted, json, message};

/// What is written as a whole.
#[derive(Default)]
pub(super) struct Step {
    pub events: Vec<NewEvent>,
    pub rows: AlertStep,
    /// For watchers, once it is written.
    pub told: Vec<AlertRow>,
}

/// The row of an alert as the journal keeps it.
pub(super) fn record(row: &AlertRow) -> AlertRecord {
    AlertRecord {
        number: 0,
        alert_id: row.alert_id.clone(),
        rule_id: row.rule_id.clone(),
        project: row.project.clone(),
        session_id: row.session_id.clone(),
        firing: row.state == AlertState::Firing,
        body: json(row),
    }
}

/// What a rule remembers, as the journal keeps it.
pub(super) fn memory(key: &Key, rule_id: &str, watch: &Watch) -> WatchRecord {
    WatchRecord {
        project: key.0.clone(),
        session_id: key.1.clone(),
        rule_id: rule_id.to_owned(),
        memory: Some(json(watch)),
    }
}

impl Alerts {
    /// Adds what becomes of a slot to a step.
    pub(super) fn change(
        &self,
        step: &mut Step,
        (key, name): (&Key, &str),
        rule: &AlertRule,
        slot: &mut Slot,
        change: Change,
        at: Timestamp,
    ) {
        let row = match change {
            Change::Fire { summary, value } => AlertRow {
                alert_id: EventId::mint(at).to_string(),
                rule_id: rule.rule_id.clone(),
                rule: rule.body.name.clone(),
                severity: rule.body.severity,
                project: key.0.clone(),
                session_id: key.1.clone(),
                session_name: name.to_owned(),
                state: AlertState::Firing,
                summary,
                value,
                fired_at: at,
                last_at: at,
                count: 1,
                resolved_at: None,
                reason: None,
                acked_at: None,
                acked_by: None,
                muted_until: None,
            },
            Change::Resolve(why) => {
                let Some(row) = slot.alert.take() else { return };
                AlertRow {
                    state: AlertState::Resolved,
                    resolved_at: Some(at),
                    reason: Some(why.to_owned()),
                    ..row
                }
            }
        };
        let muted = is_muted(rule.muted_until, at) || is_muted(row.muted_until, at);
        step.events.push(event(&row, slot.watch.seq, muted, at));
        step.rows.alerts.push(record(&row));
        step.rows
            .watches
            .push(memory(key, &rule.rule_id, &slot.watch));
        if !muted {
            let channels = self.channels();
            let told = channels.iter().filter(|told| told.wants(rule, &row));
            step.rows
                .deliveries
                .extend(told.map(|told| message::delivery(told, &row, at)));
        }
        slot.dirty = false;
        slot.alert = (row.state == AlertState::Firing).then(|| row.clone());
        step.told.push(row);
    }
}

fn event(row: &AlertRow, cause: u64, muted: bool, at: Timestamp) -> NewEvent {
    let is_firing = row.state == AlertState::Firing;
    let event = AlertEvent {
        phase: if is_firing {
            AlertPhase::Firing
        } else {
            AlertPhase::Resolved
        },
        alert_id: &row.alert_id,
        rule_id: &row.rule_id,
        rule: &row.rule,
        severity: row.severity,
        summary: &row.summary,
        value: row.value,
        at,
        fired_at: (!is_firing).then_some(row.fired_at),
        reason: row.reason.as_deref(),
        count: row.count,
        cause_seq: (cause > 0).then_some(cause),
        muted,
    };
    loopscope::alert(row.project.clone(), row.session_id.clone(), at, &event)
}
