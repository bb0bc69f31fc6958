//! An event as a line for people. It is made where the event is folded, and told to pages that fold nothing.

use loopscope_event::{Kind, Offset, Seq, SessionId, Severity, Timestamp};
use serde::{Deserialize, Serialize};

/// Whether an event is good news.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Neither.
    #[default]
    Neutral,
    /// Good: a step succeeded, the goal was reached.
    Good,
    /// A caution: something was found, a link was lost.
    Caution,
    /// Bad: a step broke, the program failed.
    Bad,
}

/// One event as one line of a live stream.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventLine {
    /// Place in the journal.
    pub offset: Offset,
    /// Place in its session.
    pub seq: Seq,
    /// When it happened.
    pub timestamp: Timestamp,
    /// Its name as sent.
    pub name: String,
    /// Its normal form.
    pub kind: Kind,
    /// How much it matters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// In which pass.
    pub iteration: u32,
    /// In which session.
    pub session_id: SessionId,
    /// Whether it is good news.
    pub tone: Tone,
    /// One sentence for people, at most 200 characters; code stands between backticks.
    pub sentence: String,
    /// Key figures (`31 s · 2 fixes`), at most 64 characters; empty where there are none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub figures: String,
}
