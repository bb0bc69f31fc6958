//! Sessions as lists and heads show them: the summary row, its page, its facets; pages of events.

use loopscope_event::{
    Cursor, Dialect, Duration, Event, Offset, Opportunity, ProjectId, Seq, SessionId, Severities,
    Timestamp,
};
use serde::{Deserialize, Serialize};

/// Where a run stands.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionStatus {
    /// It goes on.
    Running,
    /// It was told to wait.
    Halted,
    /// It reached its goal.
    Converged,
    /// It ended well, in a dialect that has no goal to reach.
    Completed,
    /// It ended without reaching its goal.
    Failed,
    /// Its program is gone without a word; it may come back.
    Interrupted,
}

impl SessionStatus {
    /// Every status, in the order lists show them.
    pub const ALL: &'static [Self] = &[
        Self::Running,
        Self::Halted,
        Self::Converged,
        Self::Completed,
        Self::Failed,
        Self::Interrupted,
    ];

    /// The one spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Halted => "halted",
            Self::Converged => "converged",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
        }
    }

    /// Whether the run is over for good.
    pub const fn is_ended(self) -> bool {
        matches!(self, Self::Converged | Self::Completed | Self::Failed)
    }
}

impl std::str::FromStr for SessionStatus {
    type Err = loopscope_event::UnknownWord;
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|status| status.as_str() == word)
            .ok_or(loopscope_event::UnknownWord)
    }
}

/// What a crew of agents did, in figures.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CrewSummary {
    /// Completed executions, failed ones included.
    pub agents_executed: u64,
    /// Of these, failed ones.
    pub agents_failed: u64,
    /// Agents that are at work.
    pub active_agents: u64,
    /// How often an opportunity was found.
    pub opportunities: u64,
    /// The sum of the scores that executions reported, 0 to 100 each.
    pub quality_sum: f64,
    /// How many did.
    pub quality_count: u64,
    /// The newest opportunities, newest first, at most 3, their descriptions short.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub newest: Vec<OpportunityRow>,
}

/// A proposal worth a person's time, and when it was found.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpportunityRow {
    /// What it is.
    pub opportunity: Opportunity,
    /// When it was first found.
    pub found_at: Timestamp,
    /// The newest event that tells of it.
    pub seq: Seq,
}

/// One small row about a run: what the Overview and the Sessions page show of it.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionSummary {
    /// Its project.
    #[serde(default)]
    pub project: ProjectId,
    /// Its id.
    pub session_id: SessionId,
    /// What its producer speaks.
    pub dialect: Dialect,
    /// Its name for people: the one it gave, else made of its target or its id.
    pub name: String,
    /// What it works on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Where it stands.
    pub status: SessionStatus,
    /// The state of its machine, in the dialect's spelling (`DIAGNOSING`).
    pub state: String,
    /// Since when it is in that state.
    pub state_since: Timestamp,
    /// Time spent in each state, in the dialect's order; the current state's time runs on from `state_since`.
    pub states: Vec<StateShare>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// When its newest event happened.
    pub last_event_at: Timestamp,
    /// Its newest event's place in the journal; orders versions of this row.
    pub last_offset: Offset,
    /// How many events it has (its newest `seq`).
    pub events: Seq,
    /// The pass it is in; 0 before the first.
    pub iteration: u32,
    /// How many passes it may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_iterations: Option<u32>,
    /// Findings, summed over passes.
    pub findings_total: u64,
    /// Findings of the newest finished look: what is left to do. `None` before the first look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub findings_open: Option<u64>,
    /// The same, by severity, where the producer says.
    pub open_by_severity: Severities,
    /// Findings by severity, summed over passes.
    pub findings_by_severity: Severities,
    /// Fixes, summed over passes.
    pub fixes_total: u64,
    /// Findings by attack, summed over passes.
    pub vulnerabilities_total: u64,
    /// Failed steps and errors.
    pub errors: u64,
    /// Findings a pass, the newest 24: a sparkline.
    pub findings_trend: Vec<u64>,
    /// Mean quality in per cent, where the dialect measures one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality_percent: Option<f64>,
    /// What a crew of agents did; `None` for anything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crew: Option<CrewSummary>,
    /// How far it is, 0.0 to 100.0, where it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress_percent: Option<f64>,
    /// The skill that runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_skill: Option<String>,
    /// Questions to people that wait for an answer.
    #[serde(default)]
    pub decisions_waiting: u64,
    /// Commands that are not over.
    #[serde(default)]
    pub commands_open: u64,
    /// One human sentence about the newest event.
    pub last_sentence: String,
}

/// Time spent in one state of a machine.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateShare {
    /// The state, in the dialect's spelling.
    pub state: String,
    /// Time spent in it, up to the last change.
    pub spent: Duration,
    /// How often it was entered.
    pub entered: u32,
}

/// Sort orders of the sessions list.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionSort {
    /// By the newest event.
    #[default]
    Latest,
    /// By start.
    Started,
    /// By name.
    Name,
    /// By duration.
    Duration,
    /// By iteration.
    Iteration,
    /// By findings left.
    Findings,
    /// By fixes.
    Fixes,
    /// By status.
    Status,
    /// By dialect.
    Kind,
    /// By mean quality.
    Quality,
}

impl SessionSort {
    /// Every order.
    pub const ALL: &'static [Self] = &[
        Self::Latest,
        Self::Started,
        Self::Name,
        Self::Duration,
        Self::Iteration,
        Self::Findings,
        Self::Fixes,
        Self::Status,
        Self::Kind,
        Self::Quality,
    ];

    /// The one spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Latest => "latest",
            Self::Started => "started",
            Self::Name => "name",
            Self::Duration => "duration",
            Self::Iteration => "iteration",
            Self::Findings => "findings",
            Self::Fixes => "fixes",
            Self::Status => "status",
            Self::Kind => "kind",
            Self::Quality => "quality",
        }
    }
}

impl std::str::FromStr for SessionSort {
    type Err = loopscope_event::UnknownWord;
    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|sort| sort.as_str() == word)
            .ok_or(loopscope_event::UnknownWord)
    }
}

/// One page of the sessions list: `GET /api/v1/sessions`.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionsPage {
    /// The rows, in the order asked for.
    pub sessions: Vec<SessionSummary>,
    /// The tags of each of them.
    #[serde(default)]
    pub tags: Vec<Vec<String>>,
    /// Where the next page starts; `None` on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// How many sessions match the filters in all.
    pub total: u64,
    /// Counts to filter by.
    pub facets: Facets,
    /// What this page has seen; subscribe with `since` this.
    pub cursor: Cursor,
    /// The server's clock when it answered.
    pub server_time: Timestamp,
}

/// Counts of the sessions that match all filters but the facet's own.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facets {
    /// By status.
    pub status: Vec<(String, u64)>,
    /// By dialect.
    pub kind: Vec<(String, u64)>,
    /// By project, the most frequent ten.
    #[serde(default)]
    pub project: Vec<(String, u64)>,
    /// By target, the most frequent ten.
    pub target: Vec<(String, u64)>,
    /// By tag, the most frequent ten.
    #[serde(default)]
    pub tag: Vec<(String, u64)>,
    /// Sessions with failed steps or errors.
    pub with_errors: u64,
    /// Sessions with open findings.
    pub with_open_findings: u64,
}

/// One page of a session's events: `GET /api/v1/sessions/{id}/events`.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventsPage {
    /// The events, by `seq`.
    pub events: Vec<Event>,
    /// The newest `seq` of the session.
    pub last_seq: Seq,
    /// The oldest `seq` that is still retained.
    pub first_seq: Seq,
    /// How many events match the filter in all, where counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// Whether there is more in the direction asked for.
    pub more: bool,
}
