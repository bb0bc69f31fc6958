//! Alerts: rules, what they remember, what they fired, and the outbox of what is told elsewhere. In: steps, each with
//! its events. Out: rows. What rules mean is the server's business: bodies are JSON that nobody here reads.
//!
//! A step is one transaction: the events that tell of it, the alerts, what the rules remember and the deliveries, or
//! nothing ([`Journal::put_alert_step`](crate::Journal::put_alert_step)).

mod change;
mod read;
mod settings;

use loopscope_event::{ProjectId, RawJson, SessionId, Timestamp};

use crate::NewAudit;

pub(crate) use change::apply;
pub use read::{AlertQuery, DeliveryQuery};

/// What is written in one transaction with its events.
#[derive(Debug, Clone, Default)]
pub struct AlertStep {
    /// Alerts as they are now, by their id.
    pub alerts: Vec<AlertRecord>,
    /// What rules remember from now on.
    pub watches: Vec<WatchRecord>,
    /// What is to be told elsewhere.
    pub deliveries: Vec<DeliveryRecord>,
    /// Up to which event rules have looked.
    pub place: Option<u64>,
    /// Who did it.
    pub audit: Vec<NewAudit>,
}

/// One firing of a rule in a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertRecord {
    /// Rises with every alert; 0 before it is written.
    pub number: i64,
    /// Its id.
    pub alert_id: String,
    /// The rule.
    pub rule_id: String,
    /// The session's project.
    pub project: ProjectId,
    /// The session.
    pub session_id: SessionId,
    /// Whether it fires.
    pub firing: bool,
    /// All of it.
    pub body: RawJson,
}

/// What a rule remembers of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchRecord {
    /// The session's project.
    pub project: ProjectId,
    /// The session.
    pub session_id: SessionId,
    /// The rule.
    pub rule_id: String,
    /// What; `None`: nothing any more.
    pub memory: Option<RawJson>,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleRecord {
    /// Its id.
    pub rule_id: String,
    /// Whether it came with the server.
    pub shipped: bool,
    /// What it says.
    pub body: RawJson,
    /// Until then nobody is told of its alerts.
    pub muted_until: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelRecord {
    /// Its id.
    pub channel_id: String,
    /// What it is, its secret included.
    pub body: RawJson,
    /// When it was made.
    pub created_at: Timestamp,
}

/// One thing that a channel is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRecord {
    /// Rises with every delivery; 0 before it is written.
    pub number: i64,
    /// Its id.
    pub delivery_id: String,
    /// The channel.
    pub channel_id: String,
    /// The alert, where it is about one.
    pub alert_id: Option<String>,
    /// 0 to be sent, 1 received, 2 given up.
    pub state: u8,
    /// When it is to be sent.
    pub next_at: Timestamp,
    /// As it is shown.
    pub about: RawJson,
    /// As it is sent.
    pub body: String,
}
