//! What is found by words over everything: `GET /api/v1/search?q=…`.

use loopscope_event::{Offset, ProjectId, Seq, SessionId, Severity, Timestamp};
use serde::{Deserialize, Serialize};

use crate::SessionSummary;

/// The longest question, in characters.
pub const MAX_QUESTION_CHARS: usize = 256;

/// What was found.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SearchAnswer {
    /// Sessions with the text in their name, target or id; the newest, at most 20.
    pub sessions: Vec<SessionSummary>,
    /// Events that have all the words, the newest first.
    pub events: Vec<EventHit>,
    /// No event has these very words; `events` have words that begin so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub widened: bool,
    /// `before` of the next page of events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Offset>,
    /// How many of the newest events, at most, are not in the index yet.
    pub behind: u64,
}

/// An event that was found.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventHit {
    /// Its project.
    pub project: ProjectId,
    /// Its session.
    pub session_id: SessionId,
    /// Its session's name for people.
    pub session_name: String,
    /// Its place in the session.
    pub seq: Seq,
    /// Its place in the journal.
    pub offset: Offset,
    /// When it happened.
    pub timestamp: Timestamp,
    /// Its name, as sent.
    pub name: String,
    /// How severe it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// The piece of its text that has the words.
    pub snippet: Vec<SnippetPart>,
}

/// A piece of a text.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnippetPart {
    /// The text.
    pub text: String,
    /// Whether it is what was looked for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub marked: bool,
}
