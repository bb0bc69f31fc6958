//! Channels that alerts are told by, and what became of each telling. In and out: plain data with serde.

use loopscope_event::{ProjectId, Severity, Timestamp};
use serde::{Deserialize, Serialize};

use crate::alert::yes;

/// How a channel speaks.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    /// A signed JSON body by POST.
    Webhook,
    /// What Slack and those who are compatible take at an incoming webhook.
    Slack,
}

/// A channel as it is written: `POST /api/v1/alerts/channels`, `PUT /api/v1/alerts/channels/{id}`.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewChannel {
    /// For people.
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 256))]
    pub name: String,
    /// How it speaks.
    pub kind: ChannelKind,
    /// Where it is told; `http` or `https`. Left out when a channel is changed: as it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(
        feature = "schema",
        schema(pattern = r"^https?://[^\s]+$", example = "https://example.org/hook")
    )]
    pub url: Option<String>,
    /// The secret of the signature. Left out: one is made for a new webhook; a changed one keeps its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// Whether it is told anything.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Only alerts at least so severe.
    #[serde(default = "info")]
    pub severity: Severity,
    /// Whether it is also told that an alert resolved.
    #[serde(default = "yes")]
    pub resolved: bool,
    /// Only alerts of this project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectId>,
}

const fn info() -> Severity {
    Severity::Info
}

/// A channel on record. Its secret is never shown, of its address only what is none.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    /// Its id.
    pub channel_id: String,
    /// For people.
    pub name: String,
    /// How it speaks.
    pub kind: ChannelKind,
    /// Scheme, host and the beginning of the path.
    pub url: String,
    /// Whether it is told anything.
    pub enabled: bool,
    /// Only alerts at least so severe.
    pub severity: Severity,
    /// Whether it is also told that an alert resolved.
    pub resolved: bool,
    /// Only alerts of this project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectId>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// The answer to a new channel, or a new secret.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelMade {
    /// The channel.
    pub channel: Channel,
    /// The secret of its signatures: shown now, and never again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// `GET /api/v1/alerts/channels`.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channels {
    /// The channels, the oldest first.
    pub channels: Vec<Channel>,
}

/// Where a delivery stands.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It is tried again and again.
    Pending,
    /// It was received.
    Delivered,
    /// It was given up.
    Failed,
}

/// One thing that a channel is told.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its id: the same in every attempt.
    pub delivery_id: String,
    /// The channel.
    pub channel_id: String,
    /// The channel's name.
    pub channel: String,
    /// The alert; none for a test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert_id: Option<String>,
    /// What is told: `alert.firing`, `alert.resolved`, `test`.
    pub event: String,
    /// What it is about, for people.
    pub summary: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: u32,
    /// Since when it is to be told.
    pub created_at: Timestamp,
    /// When it is tried next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_at: Option<Timestamp>,
    /// When it was received or given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// The HTTP status of the last answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The beginning of the last answer, or why there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
}

/// `GET /api/v1/alerts/deliveries`: the newest first.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deliveries {
    /// The rows.
    pub deliveries: Vec<Delivery>,
    /// What to ask for as `before` next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<i64>,
}
