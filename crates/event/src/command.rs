//! What a session's journal says of commands and of the program that takes them.
//!
//! In: the steps of a command's life as Loopscope writes them. Out: [`CommandFact`] and [`RunnerFact`], which the
//! board folds into the list of commands and the attached runner.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{RawJson, Timestamp, UnknownWord};

/// A step of a command's life; each is an event named `command:` and this word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommandStep {
    /// It waits for the program.
    Queued,
    /// It was handed to the program.
    Delivered,
    /// The program took it and is at it.
    Acknowledged,
    /// The program did it.
    Succeeded,
    /// The program could not, or its session ended first.
    Failed,
    /// Somebody took it back before the program took it.
    Cancelled,
    /// Its time was over before the program took it.
    Expired,
    /// It has another place in the queue; its state is what it was.
    Moved,
}

impl CommandStep {
    /// Every step, in the order of a life.
    pub const ALL: &'static [Self] = &[
        Self::Queued,
        Self::Delivered,
        Self::Acknowledged,
        Self::Succeeded,
        Self::Failed,
        Self::Cancelled,
        Self::Expired,
        Self::Moved,
    ];

    /// The one spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Delivered => "delivered",
            Self::Acknowledged => "acknowledged",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Moved => "moved",
        }
    }

    /// Whether nothing follows it.
    pub const fn is_over(self) -> bool {
        matches!(
            self,
            Self::Succeeded | Self::Failed | Self::Cancelled | Self::Expired
        )
    }
}

impl fmt::Display for CommandStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for CommandStep {
    type Err = UnknownWord;
    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        let mut known = Self::ALL.iter().copied();
        known.find(|step| step.as_str() == word).ok_or(UnknownWord)
    }
}

/// One step of a command's life, with enough to be read alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandFact {
    /// The command.
    pub command_id: String,
    /// Where it is now.
    pub step: CommandStep,
    /// What is to be done, in the sender's spelling: `HALT`, `resume`.
    pub kind: String,
    /// With what.
    pub parameters: Option<RawJson>,
    /// Who is behind this step.
    pub by: Option<String>,
    /// Why, in the sender's words.
    pub reason: Option<String>,
    /// When this step was.
    pub at: Option<Timestamp>,
    /// Why it failed, was cancelled or expired.
    pub error: Option<String>,
    /// What the program answered.
    pub result: Option<RawJson>,
    /// The program that has it, by name.
    pub runner: Option<String>,
    /// When it expires if the program has not taken it.
    pub expires_at: Option<Timestamp>,
    /// The command of another run that this one repeats.
    pub replay_of: Option<String>,
    /// Its place in the queue; lower is sooner.
    pub position: Option<i64>,
}

/// A program came to take a session's commands, or went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunnerFact {
    /// It came.
    Attached {
        /// Its id, new at each attachment.
        runner_id: String,
        /// Its name for people.
        name: String,
        /// How it is connected: `websocket`, `socket.io`, `http`, `bridge`.
        via: String,
        /// What it can do beside the known commands, or instead of them.
        commands: Vec<DeclaredCommand>,
    },
    /// It went.
    Detached {
        /// Its id.
        runner_id: String,
        /// Why: `taken_over`, `requested`, `session_ended`, or another word.
        reason: Option<String>,
    },
}

/// A command that a program says it can do.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclaredCommand {
    /// Its type, as the program spells it.
    #[serde(rename = "type")]
    pub kind: String,
    /// For a button.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What it takes: an object of the program's own making.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<RawJson>,
}
