//! The contents of the frames of `/ws/v1`, one struct a frame.

use loopscope_event::{Cursor, Dialect, Event, ProjectId, RawJson, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    ApiError, EventLine, IntakeAnswer, OverviewMetrics, SessionSummary, SourceStatus, StreamFilter,
};

/// Start, or replace, a stream of events.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Subscribe {
    /// Its name on this connection; frames of a stream without a name carry none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What was seen already; left out: from now on. `"0"`: everything that is retained.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Cursor>,
    /// Which events.
    #[serde(flatten)]
    pub filter: StreamFilter,
    /// Whether events may come gathered in `events` frames.
    #[serde(default)]
    pub batch: bool,
}

/// End a stream.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unsubscribe {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// Be told of session rows, metrics and a stream preview, at most ten times a second.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a wish of its own")]
pub struct Watch {
    /// Changed session rows.
    #[serde(default)]
    pub sessions: bool,
    /// The Overview's numbers, once a second, and the dialled programs.
    #[serde(default)]
    pub metrics: bool,
    /// Questions to people that were asked, answered or dropped.
    #[serde(default)]
    pub decisions: bool,
    /// Alerts that fired, resolved, or were acknowledged or muted.
    #[serde(default)]
    pub alerts: bool,
    /// Widgets that were declared, arranged or pushed, and new figures of those of the Overview.
    #[serde(default)]
    pub widgets: bool,
    /// A preview of the event stream: at most this many events a second; the rest is counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview_per_second: Option<u32>,
    /// Whether the preview comes as lines for people instead of events.
    #[serde(default)]
    pub preview_lines: bool,
    /// Rows of this project only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectId>,
}

/// Store events.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Publish {
    /// Comes back in the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What the events are written in; left out: told by looking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dialect: Option<Dialect>,
    /// One event, or an array.
    pub events: RawJson,
}

/// Ask for a `pong`.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ping {
    /// Comes back in the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// A stream stands; it goes on after `cursor`.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Subscribed {
    /// The stream's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Where it goes on.
    pub cursor: Cursor,
}

/// A stream has ended.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unsubscribed {
    /// The stream's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// One event.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventFrame {
    /// The stream's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The event.
    pub event: Event,
}

/// Events, gathered.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Events {
    /// The stream's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The events, in order.
    pub events: Vec<Event>,
    /// Everything up to here was sent or does not match.
    pub cursor: Cursor,
    /// How many offsets the stream is behind the newest, while it catches up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behind: Option<u64>,
}

/// The answer to a long poll: `GET /api/v1/events?since=…&wait=30`.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventsPoll {
    /// The events after `since`, in order; none where none came in time.
    pub events: Vec<Event>,
    /// What to ask for next: everything up to here was sent or does not match.
    pub cursor: Cursor,
    /// How many offsets there are behind the cursor already: ask again at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behind: Option<u64>,
    /// Why `since` cannot be gone on from without a gap. Throw away what you have, load a snapshot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reset: Option<ResetReason>,
}

/// Nothing matched for a while: everything up to here was looked at. Resume from here.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CursorFrame {
    /// The stream's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Everything up to here was sent or does not match.
    pub cursor: Cursor,
}

/// The stream cannot go on without a gap. Throw away what you have, load a snapshot, subscribe from it.
/// The stream itself goes on after `cursor`.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reset {
    /// The stream's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Why.
    pub reason: ResetReason,
    /// Where the stream goes on.
    pub cursor: Cursor,
}

/// Session rows that changed. Later rows replace earlier ones of the same session.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionsFrame {
    /// The rows.
    pub sessions: Vec<SessionSummary>,
    /// The server's clock.
    pub server_time: Timestamp,
}

/// The Overview's numbers.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricsFrame {
    /// The numbers.
    pub metrics: OverviewMetrics,
    /// Programs that the server dials.
    pub sources: Vec<SourceStatus>,
    /// The server's clock.
    pub server_time: Timestamp,
}

/// A preview of the stream.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Preview {
    /// Some of the newest events, in order; none where lines were asked for.
    pub events: Vec<Event>,
    /// The same as lines, where those were asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<EventLine>,
    /// How many came since the last preview and are not shown.
    pub left_out: u64,
}

/// The answer to `publish`, after the fsync.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ack {
    /// The request's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What became of the events.
    #[serde(flatten)]
    pub answer: IntakeAnswer,
}

/// The answer to `ping`.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pong {
    /// The request's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The server's clock.
    pub server_time: Timestamp,
    /// The newest offset.
    pub cursor: Cursor,
}

/// A message was refused; the connection stays open.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErrorFrame {
    /// The request's id, where it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What went wrong.
    pub error: ApiError,
}

/// The server is about to close the connection.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// Why: `shutdown`, `revoked`, `idle`.
    pub reason: String,
    /// When to come back, in milliseconds.
    pub retry_after_ms: u64,
}

/// What the server says of itself on connect.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The protocol's version: 1.
    pub protocol: u32,
    /// The server's version.
    pub server_version: String,
    /// A number that changes when the server restarts.
    pub instance: String,
    /// The newest offset.
    pub cursor: Cursor,
    /// The server's clock.
    pub server_time: Timestamp,
    /// What the client may do: `view`, `ingest`, `control`, `admin`.
    pub role: String,
    /// The bounds of this connection.
    pub limits: Limits,
}

/// Bounds of a connection.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// The largest frame taken, in bytes.
    pub frame_bytes: u64,
    /// The most streams at once.
    pub subscriptions: u32,
    /// The most events in one `publish`.
    pub publish_events: u32,
    /// The deepest JSON taken.
    pub json_depth: u32,
}

/// Why a stream cannot go on without a gap.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResetReason {
    /// The cursor's epoch was never ours.
    UnknownEpoch,
    /// The journal lost its newest, unacknowledged events with the power.
    EpochChanged,
    /// The cursor lies before what is retained.
    Retention,
    /// The cursor lies beyond the newest event.
    Ahead,
}
