//! Alert rules, alerts, the channels that tell of them, and deliveries: `/api/v1/alerts…`. Plain data with serde.

use loopscope_event::{Dialect, ProjectId, SessionId, Severity, Timestamp};
use serde::{Deserialize, Serialize};

/// What an alert rule looks for.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AlertCondition {
    /// A metric beyond a bound.
    Threshold {
        /// Its name; `*` stands for anything. `session.findings_open`, `session.errors`, `session.iteration`,
        /// `session.events` and `session.duration_seconds` are the session's own figures.
        metric: String,
        /// It is the case above this.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        above: Option<f64>,
        /// It is the case below this.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        below: Option<f64>,
        /// Once it fires, it resolves only when the value is back at this; left out: at the bound.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resolve_at: Option<f64>,
        /// For how long it must be the case.
        #[serde(default)]
        for_seconds: f64,
    },
    /// No event came for so long.
    Silence {
        /// How long.
        seconds: f64,
    },
    /// In one state for so long.
    Stuck {
        /// The state, or a status (`interrupted`, `halted`); left out: any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        state: Option<String>,
        /// How long.
        seconds: f64,
    },
    /// A step, or a skill, broke.
    StepFailed {
        /// Its name; `*` stands for anything; left out: any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        step: Option<String>,
    },
    /// Something bad was found.
    NewCriticalFinding {
        /// At least so bad.
        #[serde(default = "critical")]
        severity: Severity,
    },
    /// A metric is NaN or infinite.
    NonFinite {
        /// Names; `*` stands for anything; empty: any.
        #[serde(default)]
        metrics: Vec<String>,
    },
    /// So many events in a time.
    Rate {
        /// It is the case above this.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        above: Option<f64>,
        /// It is the case below this.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        below: Option<f64>,
        /// Once it fires, it resolves only when the rate is back at this; left out: at the bound.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resolve_at: Option<f64>,
        /// Events a second, or a minute.
        #[serde(default)]
        per: RateUnit,
        /// Over how long they are counted.
        #[serde(default = "ten")]
        window_seconds: f64,
        /// For how long it must be the case.
        #[serde(default)]
        for_seconds: f64,
    },
    /// An event of a name, or of a severity.
    Event {
        /// Names; `*` stands for anything.
        #[serde(default)]
        names: Vec<String>,
        /// At least so severe.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        severity: Option<Severity>,
        /// Whether name and severity must both match; else either is enough.
        #[serde(default)]
        all: bool,
        /// Names that are never meant.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        except: Vec<String>,
    },
}

const fn critical() -> Severity {
    Severity::Critical
}

const fn ten() -> f64 {
    10.0
}

/// The unit of a rate.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RateUnit {
    /// Events a second.
    #[default]
    Second,
    /// Events a minute.
    Minute,
}

impl AlertCondition {
    /// The word of its kind.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Threshold { .. } => "threshold",
            Self::Silence { .. } => "silence",
            Self::Stuck { .. } => "stuck",
            Self::StepFailed { .. } => "step_failed",
            Self::NewCriticalFinding { .. } => "new_critical_finding",
            Self::NonFinite { .. } => "non_finite",
            Self::Rate { .. } => "rate",
            Self::Event { .. } => "event",
        }
    }
}

/// Which sessions a rule is for: all conditions must hold; what is left out is no condition.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertScope {
    /// Of this project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectId>,
    /// Of this dialect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dialect: Option<Dialect>,
    /// Of this name or id; `*` stands for anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// Of this target; `*` stands for anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

/// A rule as it is written: `POST /api/v1/alerts/rules`, `PUT /api/v1/alerts/rules/{id}`.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertRuleBody {
    /// For people.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 256))]
    pub name: String,
    /// Whether it is looked at.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// How much its alerts matter.
    #[serde(default = "medium")]
    pub severity: Severity,
    /// Which sessions it is for.
    #[serde(default)]
    pub scope: AlertScope,
    /// What it looks for.
    pub condition: AlertCondition,
    /// After it fired, it does not fire again in the same session for so long.
    #[serde(default = "five_minutes")]
    #[cfg_attr(feature = "schema", schema(minimum = 0, maximum = 2_678_400))]
    pub cool_down_seconds: f64,
    /// What has no end of its own (an event, a failed step) resolves when it was not seen for so long.
    #[serde(default = "five_minutes")]
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 2_678_400))]
    pub resolve_seconds: f64,
    /// The channels that tell of it; left out: every one that is enabled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channels: Option<Vec<String>>,
}

pub(crate) const fn yes() -> bool {
    true
}

const fn medium() -> Severity {
    Severity::Medium
}

const fn five_minutes() -> f64 {
    300.0
}

/// A rule on record.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertRule {
    /// Its id.
    pub rule_id: String,
    /// What it says.
    #[serde(flatten)]
    pub body: AlertRuleBody,
    /// Whether it came with Loopscope; such a rule can be changed and disabled, not removed.
    #[serde(default)]
    pub shipped: bool,
    /// Until then nobody is told of its alerts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub muted_until: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// `GET /api/v1/alerts/rules`.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertRules {
    /// The rules, the shipped ones first.
    pub rules: Vec<AlertRule>,
    /// The server's clock.
    pub server_time: Timestamp,
}

/// Where an alert stands.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertState {
    /// It fires.
    Firing,
    /// It does not any more.
    Resolved,
}

/// One time that a rule fired in a session.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertRow {
    /// Its id.
    pub alert_id: String,
    /// The rule's id.
    pub rule_id: String,
    /// The rule's name when it fired.
    pub rule: String,
    /// How much it matters.
    pub severity: Severity,
    /// The session's project.
    #[serde(default)]
    pub project: ProjectId,
    /// The session.
    pub session_id: SessionId,
    /// The session's name for people.
    pub session_name: String,
    /// Where it stands.
    pub state: AlertState,
    /// What is or was the case, in one sentence.
    pub summary: String,
    /// The value that it fired at, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// When it began to fire.
    pub fired_at: Timestamp,
    /// When its cause was last seen.
    pub last_at: Timestamp,
    /// How often its cause was seen.
    pub count: u64,
    /// When it resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<Timestamp>,
    /// Why it resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When somebody said that they know of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acked_at: Option<Timestamp>,
    /// Who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acked_by: Option<String>,
    /// Until then nobody is told of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub muted_until: Option<Timestamp>,
}

/// `GET /api/v1/alerts`: the newest first.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertsPage {
    /// The rows.
    pub alerts: Vec<AlertRow>,
    /// How many fire and nobody said yet that they know.
    pub firing: u64,
    /// What to ask for as `before` next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<i64>,
    /// The server's clock.
    pub server_time: Timestamp,
}

/// Alerts that changed. Later rows replace earlier ones of the same id.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AlertsFrame {
    /// The rows.
    pub alerts: Vec<AlertRow>,
    /// How many fire and nobody said yet that they know, of those that this client may see.
    pub firing: u64,
    /// The server's clock.
    pub server_time: Timestamp,
}

/// `POST …/mute`: until a moment, or for some seconds; neither, or no seconds: not muted any more.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct MuteAlert {
    /// Until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// For so long from now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(minimum = 0, maximum = 31_536_000))]
    pub seconds: Option<f64>,
}
