//! What a decoder needs to know beside the bytes.

use jiff::tz::TimeZone;
use loopscope_event::{Dialect, ProjectId, SessionId, Timestamp};

/// What a decoder needs to know beside the bytes.
#[derive(Debug, Clone)]
pub struct DecodeContext {
    /// When the bytes came: the time of events that have none of their own.
    pub received_at: Timestamp,
    /// The zone of times without an offset, where a dialect's programs write the local time of their host: convergence
    /// loops, orchestrators. In the others such a time is UTC.
    pub naive_zone: TimeZone,
    /// The project that the events go to.
    pub project: ProjectId,
    /// What the producer speaks; `None`: told by looking at each event.
    pub dialect: Option<Dialect>,
    /// The session of events that name none. Without it they go to one named after their dialect (`convergence`).
    pub session_hint: Option<SessionId>,
    /// How the bytes are laid out.
    pub format: Format,
    /// The bounds.
    pub limits: DecodeLimits,
    /// Whether the server's own events (dialect `loopscope`) are taken: from its own files, never from a producer, who
    /// could otherwise claim that a command was carried out.
    pub own_events: bool,
}

impl DecodeContext {
    /// JSON in UTC for the default project, told by looking, usual bounds.
    pub fn new(received_at: Timestamp) -> Self {
        Self {
            received_at,
            naive_zone: TimeZone::UTC,
            project: ProjectId::default(),
            dialect: None,
            session_hint: None,
            format: Format::Json,
            limits: DecodeLimits::default(),
            own_events: false,
        }
    }
}

/// How bytes are laid out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    /// One JSON value: an event, an array of them, or `{"events":[…]}`.
    #[default]
    Json,
    /// One JSON value a line.
    Ndjson,
}

/// Bounds of one body. Crossing one is an error that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeLimits {
    /// The deepest nesting of an event, the event's own braces counted.
    pub depth: usize,
    /// The longest string, in bytes as written.
    pub string_bytes: usize,
    /// The most events of a body.
    pub events: usize,
    /// The largest payload of an event, in bytes as written.
    pub data_bytes: usize,
    /// The longest name of an event, in bytes.
    pub name_bytes: usize,
    /// The highest iteration.
    pub iteration: u32,
}

impl Default for DecodeLimits {
    fn default() -> Self {
        Self {
            depth: 64,
            // A million characters are refused, and whatever fits into a packet of Socket.IO is taken.
            string_bytes: 999_999,
            events: 10_000,
            data_bytes: 1024 * 1024,
            name_bytes: 256,
            iteration: 10_000_000,
        }
    }
}
