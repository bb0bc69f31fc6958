//! Alerts as events of a session: `alert:firing` and `alert:resolved`. Each carries the whole alert, so that a line can
//! be read alone.

use loopscope_event::{
    AlertFact, AlertPhase, Fact, NewEvent, ProjectId, SessionId, Severity, Timestamp,
};
use serde::Serialize;

use super::{ALERT_FIRING, ALERT_RESOLVED, own};
use crate::read::{Json, Object};

/// An alert that begins or ends, as it is journalled: the payload of `alert:…`.
#[derive(Debug, Clone, Serialize)]
pub struct AlertEvent<'a> {
    /// Which of the two; it names the event.
    #[serde(skip)]
    pub phase: AlertPhase,
    /// The alert: the same when it fires and when it resolves.
    pub alert_id: &'a str,
    /// The rule.
    pub rule_id: &'a str,
    /// The rule's name for people.
    pub rule: &'a str,
    /// How much it matters.
    pub severity: Severity,
    /// What is the case, in one sentence.
    pub summary: &'a str,
    /// The value that made it fire or resolve; left out where there is none, null where it is no number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// When it began or ended.
    pub at: Timestamp,
    /// When it began to fire.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fired_at: Option<Timestamp>,
    /// Why it resolved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'a str>,
    /// How often its cause was seen while it fired.
    pub count: u64,
    /// The place in the session of the event that is behind it, where one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause_seq: Option<u64>,
    /// Whether nobody is told, because the rule or the alert is muted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub muted: bool,
}

/// `alert:firing` or `alert:resolved`.
pub fn alert(
    project: ProjectId,
    session_id: SessionId,
    at: Timestamp,
    event: &AlertEvent<'_>,
) -> NewEvent {
    let (name, severity) = match event.phase {
        AlertPhase::Firing => (ALERT_FIRING, event.severity),
        AlertPhase::Resolved => (ALERT_RESOLVED, Severity::Info),
    };
    own(project, session_id, at, name, severity, event)
}

/// What such an event says.
pub(super) fn fact(name: &str, data: &Object<'_>) -> Option<Fact> {
    let time = |field: &str| {
        let text = data.get(field).string()?;
        Timestamp::parse_utc(&text)
    };
    let phase = if name == ALERT_RESOLVED {
        AlertPhase::Resolved
    } else {
        AlertPhase::Firing
    };
    Some(Fact::Alert(Box::new(AlertFact {
        alert_id: data.get("alert_id").id()?,
        phase,
        rule_id: data.get("rule_id").id().unwrap_or_default(),
        rule: data.get("rule").text().unwrap_or_default(),
        severity: data.get("severity").severity().unwrap_or(Severity::Medium),
        summary: data.get("summary").text().unwrap_or_default(),
        value: data.first(&["value"], Json::number),
        at: time("at"),
        fired_at: time("fired_at"),
        reason: data.get("reason").word(),
        count: data.get("count").count().unwrap_or(1),
    })))
}
