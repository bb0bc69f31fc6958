//! What orchestrators say beside their skills: files, decisions, validations, agents, checkpoints, progress.
//!
//! Plain values in the normal form; the board folds them, a dialect makes them.

use serde::{Deserialize, Serialize};

use crate::{Duration, RawJson};

/// What happened to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileChange {
    /// It is new.
    Created,
    /// Its contents changed.
    Modified,
    /// It is gone.
    Deleted,
    /// It has another path.
    Moved,
    /// A person approved the change.
    Approved,
    /// The change was taken back.
    Reverted,
}

/// Something happened to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFact {
    /// Its path, as sent; only ever shown, never opened.
    pub path: String,
    /// What happened.
    pub change: FileChange,
    /// Where it was before it moved.
    pub from_path: Option<String>,
    /// How many lines changed.
    pub lines_changed: Option<u64>,
    /// How large it is, in bytes.
    pub size_bytes: Option<u64>,
    /// The change as a unified diff or in other words, as sent.
    pub diff: Option<String>,
    /// What did it: `Write`, `Edit`, `MultiEdit`.
    pub operation: Option<String>,
}

/// A question to a person, or its answer.
#[derive(Debug, Clone, PartialEq)]
pub enum DecisionFact {
    /// The program asks.
    Asked(Box<Question>),
    /// It is decided.
    Made {
        /// Which question; `None` where not said: the newest open one.
        id: Option<String>,
        /// What was chosen, as sent: an index, a label, an option's id, any JSON.
        choice: RawJson,
        /// Who chose.
        by: Option<String>,
        /// Why.
        reason: Option<String>,
    },
    /// Its time was over; the default stands until the program says otherwise.
    Expired {
        /// Which question.
        id: String,
        /// The default that was applied.
        choice: Option<RawJson>,
    },
}

/// What a program asks.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Question {
    /// Its id; the event's own where none was sent.
    pub id: Option<String>,
    /// The question or its title.
    pub question: String,
    /// More about it.
    pub description: Option<String>,
    /// What can be chosen, in order.
    pub options: Vec<DecisionOption>,
    /// The choice that stands when nobody answers, as sent.
    pub default: Option<RawJson>,
    /// How long the program waits for an answer, in seconds.
    pub timeout_seconds: Option<f64>,
    /// How urgent: `low`, `medium`, `high`, `critical`.
    pub priority: Option<String>,
    /// What it is about, as sent.
    pub context: Option<RawJson>,
}

/// One thing that can be chosen.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DecisionOption {
    /// Its id; `None` where it has none and its label or place stands for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// For a button.
    pub label: String,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What follows from it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consequences: Vec<String>,
    /// What speaks for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pros: Vec<String>,
    /// What speaks against it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cons: Vec<String>,
    /// How sure the program is of it, 0.0 to 1.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// Whether the program recommends it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub recommended: bool,
}

/// A check, its output and its result.
#[derive(Debug, Clone, PartialEq)]
pub enum ValidationFact {
    /// It began.
    Started {
        /// Its name.
        name: Option<String>,
        /// What it runs or looks at.
        target: Option<String>,
    },
    /// It wrote a line.
    Line {
        /// The check's name, where said.
        name: Option<String>,
        /// The line, as sent; may hold terminal colour codes.
        line: String,
        /// Whether it came from the error stream.
        is_error: bool,
    },
    /// It is over.
    Ended(Box<ValidationResult>),
}

/// How a check ended.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ValidationResult {
    /// Its name.
    pub name: Option<String>,
    /// Whether it passed, where said.
    pub passed: Option<bool>,
    /// What its process returned.
    pub exit_code: Option<i64>,
    /// Whether it ran out of time.
    pub timed_out: bool,
    /// Why it failed.
    pub error: Option<String>,
    /// Its score, 0.0 to 1.0 or 0 to 100 as sent.
    pub score: Option<f64>,
    /// Its parts: name, passed, score.
    pub checks: Vec<(String, Option<bool>, Option<f64>)>,
}

/// Where an agent is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentState {
    /// It waits for work.
    Idle,
    /// It was called for work.
    Active,
    /// It works.
    Busy,
    /// Its task broke.
    Failed,
    /// Its task is done.
    Completed,
}

/// An agent came, works, or is done.
#[derive(Debug, Clone, PartialEq)]
pub struct AgentFact {
    /// Its id.
    pub id: String,
    /// Its name for people, where it has one.
    pub name: Option<String>,
    /// Where it is.
    pub state: AgentState,
    /// Whether a task begins with this event: an agent that is at work already begins anew.
    pub begins: bool,
    /// What it is for: `research`, `testing`.
    pub role: Option<String>,
    /// What it works on: a skill's name, a purpose.
    pub task: Option<String>,
    /// How far it is, 0.0 to 100.0.
    pub percent: Option<f64>,
    /// How long its task took, where said.
    pub duration: Option<Duration>,
    /// How good what it made is, 0 to 100 as sent.
    pub quality: Option<f64>,
    /// Where what it made comes from, as sent.
    pub data_source: Option<String>,
    /// Why its task failed.
    pub error: Option<String>,
}

/// A state that can be returned to, or the return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointFact {
    /// Its id.
    pub id: String,
    /// What happened to it.
    pub change: CheckpointChange,
    /// For people.
    pub label: Option<String>,
    /// More about it.
    pub description: Option<String>,
    /// The skill before or after which it was taken.
    pub skill: Option<String>,
    /// How many files it holds, where said.
    pub files: Option<u64>,
    /// Whether it can be returned to, where said.
    pub can_rollback: Option<bool>,
    /// Why the return failed.
    pub error: Option<String>,
}

/// What happened to a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckpointChange {
    /// It was taken.
    Created,
    /// The program goes back to it.
    Restoring,
    /// The program is back at it.
    Restored,
    /// The program could not go back to it.
    RestoreFailed,
}

/// How far a run is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ProgressFact {
    /// 0.0 to 100.0.
    pub percent: Option<f64>,
    /// What it is at.
    pub message: Option<String>,
    /// How many steps there are.
    pub steps_total: Option<u64>,
    /// How many steps are done, by the program's word.
    pub steps_completed: Option<u64>,
}
