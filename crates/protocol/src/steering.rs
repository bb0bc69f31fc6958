//! The frames of `/ws/v1` by which programs are steered, one struct a frame.

use loopscope_event::{CommandId, ProjectId, RawJson, SessionId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    CommandKind, CommandReceipt, CommandRecord, DecisionRow, NewCommand, ReceiptWord, RunnerInfo,
};

/// Take a session's commands from now on.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attach {
    /// Comes back in the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Whose commands.
    pub session_id: SessionId,
    /// The session's project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectId>,
    /// The runner's name, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it obeys; empty: everything is given to it.
    #[serde(default)]
    pub commands: Vec<CommandKind>,
    /// Whether to take the place of the runner that is there.
    #[serde(default)]
    pub take_over: bool,
}

/// Take a session's commands no longer.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Detach {
    /// Comes back in the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Whose commands.
    pub session_id: SessionId,
    /// The session's project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectId>,
}

/// What the program says of a command.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GiveReceipt {
    /// Comes back in the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Whose command.
    pub session_id: SessionId,
    /// The session's project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectId>,
    /// Which.
    pub command_id: CommandId,
    /// How far it is.
    pub status: ReceiptWord,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<RawJson>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl GiveReceipt {
    /// The receipt in it. (Its fields are written out above because a flattened struct could not keep `result` as
    /// it was sent.)
    pub fn receipt(self) -> CommandReceipt {
        CommandReceipt {
            command_id: self.command_id,
            status: self.status,
            result: self.result,
            error: self.error,
        }
    }
}

/// Ask a session's program to do something.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AskCommand {
    /// Comes back in the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Whose program.
    pub session_id: SessionId,
    /// The session's project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectId>,
    /// What.
    pub command: NewCommand,
}

/// The connection is the session's runner. Its unfinished commands follow, in order.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attached {
    /// The request's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Whose commands.
    pub session_id: SessionId,
    /// What the server knows it as.
    pub runner: RunnerInfo,
    /// How many unfinished commands follow.
    pub pending: u64,
}

/// The connection is the session's runner no longer.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detached {
    /// The request's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Whose commands.
    pub session_id: SessionId,
    /// Why.
    pub reason: DetachReason,
}

/// Why a runner is one no longer.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DetachReason {
    /// Another took its place.
    TakenOver,
    /// It asked to.
    Requested,
    /// The session ended.
    SessionEnded,
    /// Its connection went, or it polled no longer.
    Gone,
    /// The server was restarted.
    ServerRestarted,
}

impl DetachReason {
    /// The one spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TakenOver => "taken_over",
            Self::Requested => "requested",
            Self::SessionEnded => "session_ended",
            Self::Gone => "gone",
            Self::ServerRestarted => "server_restarted",
        }
    }
}

/// To the runner: do this.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandFrame {
    /// What, and how far it was.
    pub command: CommandRecord,
    /// Whether it was given to a program before. A runner keeps a list of the commands it began, and begins none twice.
    pub redelivered: bool,
}

/// The answer to `receipt`, after the fsync: the command as it stands.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptTaken {
    /// The request's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// As it stands.
    pub command: CommandRecord,
}

/// The answer to `command`, after the fsync: it is on record. Where the key was known, the first command.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandTaken {
    /// The request's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// As it stands.
    pub command: CommandRecord,
}

/// To the runner: do not begin this; it was cancelled or its time is over.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandCancelled {
    /// Whose.
    pub session_id: SessionId,
    /// Which.
    pub command_id: CommandId,
}

/// Questions that changed. Later rows replace earlier ones of the same session and id.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionsFrame {
    /// The rows.
    pub decisions: Vec<DecisionRow>,
    /// How many wait in all, of those that this client may see.
    pub pending: u64,
    /// The server's clock.
    pub server_time: Timestamp,
}
