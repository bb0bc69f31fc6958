//! What a session's journal says of alerts: that a rule fires, that it no longer does.

use serde::{Deserialize, Serialize};

use crate::{Severity, Timestamp};

/// Which of the two things an alert does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertPhase {
    /// What the rule looks for is the case.
    Firing,
    /// It no longer is, or can no longer be.
    Resolved,
}

impl AlertPhase {
    /// The one spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Firing => "firing",
            Self::Resolved => "resolved",
        }
    }
}

/// An alert of a session begins or ends: `alert:firing`, `alert:resolved`.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertFact {
    /// The alert's id: the same when it fires and when it resolves.
    pub alert_id: String,
    /// Which of the two.
    pub phase: AlertPhase,
    /// The rule's id.
    pub rule_id: String,
    /// The rule's name for people.
    pub rule: String,
    /// How much it matters, by the rule.
    pub severity: Severity,
    /// What is the case, in one sentence.
    pub summary: String,
    /// The value that made it fire or resolve, where it is about one.
    pub value: Option<f64>,
    /// When it began or ended, by the server's clock.
    pub at: Option<Timestamp>,
    /// When it began to fire, said when it resolves.
    pub fired_at: Option<Timestamp>,
    /// Why it resolved: `cleared`, `quiet`, `session_ended`, `rule_changed`, `rule_removed`.
    pub reason: Option<String>,
    /// How often its cause was seen while it fired.
    pub count: u64,
}
