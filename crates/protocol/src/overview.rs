//! The Overview's numbers: `GET /api/v1/overview`, and its updates on a `watch`.

use loopscope_event::{Cursor, Duration, Event, Severities, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{EventLine, SessionSummary};

/// Everything that the Overview shows.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// The metric cards.
    pub metrics: OverviewMetrics,
    /// Running, halted and interrupted sessions, newest event first, at most 50.
    pub running: Vec<SessionSummary>,
    /// The newest ended sessions, at most 10: what to show when nothing runs.
    pub recent: Vec<SessionSummary>,
    /// Systems of agents, newest event first, at most 12.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub systems: Vec<SessionSummary>,
    /// The newest events, newest first, at most 50.
    pub events: Vec<Event>,
    /// The newest of them as lines for people, at most 12.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<EventLine>,
    /// Programs that the server dials.
    pub sources: Vec<SourceStatus>,
    /// What this answer has seen; subscribe with `since` this.
    pub cursor: Cursor,
    /// The server's clock when it answered.
    pub server_time: Timestamp,
}

/// The metric cards. A number that is not known is `None`, never a guess.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OverviewMetrics {
    /// Sessions that run.
    pub active_sessions: u64,
    /// Sessions that are halted.
    pub halted_sessions: u64,
    /// Sessions whose program is gone.
    pub interrupted_sessions: u64,
    /// All sessions.
    pub total_sessions: u64,
    /// Sessions that began since midnight UTC.
    pub sessions_today: u64,
    /// Sessions that reached their goal.
    pub converged_sessions: u64,
    /// Sessions that ended without.
    pub failed_sessions: u64,
    /// Events in the journal.
    pub events_total: u64,
    /// Events a second over the last ten seconds.
    pub events_per_second: f64,
    /// Open findings over running sessions, by severity.
    pub open_findings: Severities,
    /// Open findings over running sessions, those without a severity included.
    pub open_findings_total: u64,
    /// Mean iterations of the sessions that had any.
    pub average_iterations: Option<f64>,
    /// Mean duration of ended sessions.
    pub average_duration: Option<Duration>,
    /// What crews of agents did; `None` where none ever reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crews: Option<CrewTotals>,
    /// Sockets and streams that are open.
    pub connected_clients: u64,
    /// Of these, programs that publish.
    pub connected_producers: u64,
    /// How long the server is up.
    pub uptime: Duration,
    /// Bytes of the journal on disk.
    pub journal_bytes: u64,
    /// Sessions begun an hour, the newest 24 hours, oldest first.
    pub sessions_by_hour: Vec<u64>,
    /// Sessions converged an hour, likewise.
    pub converged_by_hour: Vec<u64>,
    /// Sessions failed an hour, likewise.
    pub failed_by_hour: Vec<u64>,
    /// Events a second, one point a second, the newest 60, oldest first.
    pub events_by_second: Vec<u64>,
}

/// What crews of agents did, over all their systems.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct CrewTotals {
    /// Systems that reported.
    pub systems: u64,
    /// Completed executions, failed ones included.
    pub agents_executed: u64,
    /// Of these, failed ones.
    pub agents_failed: u64,
    /// Agents that are at work.
    pub active_agents: u64,
    /// How often an opportunity was found.
    pub opportunities: u64,
    /// Mean quality over the executions that reported one, 0 to 100; `None` where none did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average_quality: Option<f64>,
}

/// A program that the server dials, and how that goes.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceStatus {
    /// Its address.
    pub url: String,
    /// How it goes.
    pub state: SourceState,
    /// Since when.
    pub since: Timestamp,
    /// When it is dialled next, while it is not connected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<Timestamp>,
    /// Attempts since it was last connected.
    pub attempts: u32,
    /// Why it is not connected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// Events received from it.
    pub events: u64,
}

/// How a dialled program stands.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceState {
    /// Being dialled.
    Connecting,
    /// Connected.
    Connected,
    /// Waiting for the next attempt.
    Waiting,
}
