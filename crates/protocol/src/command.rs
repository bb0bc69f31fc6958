//! Commands to a running program: what is asked, where it stands, who takes it. In and out: plain data with serde.

use loopscope_event::{
    CommandId, CommandRecord, CommandState, DeclaredCommand as CommandKind, ProjectId, RawJson,
    SessionId, Timestamp,
};
use serde::{Deserialize, Serialize};

/// The most bytes that a command's parameters, a receipt's result, or a choice may have.
pub const MAX_PARAMETERS_BYTES: usize = 64 << 10;
/// The most bytes of a reason or of a receipt's error.
pub const MAX_REASON_BYTES: usize = 4 << 10;
/// The most bytes of a command's type, an idempotency key, or a runner's name.
pub const MAX_WORD_BYTES: usize = 256;
/// The most commands of one session that may wait or be under way.
pub const MAX_UNFINISHED: usize = 1_000;
/// The most types of commands that a runner may declare.
pub const MAX_DECLARED: usize = 64;
/// The longest that a command may be given to be taken, in seconds.
pub const MAX_EXPIRES_SECONDS: u64 = 30 * 24 * 60 * 60;

/// A command that is asked for: `POST /api/v1/sessions/{id}/commands`, and `command` on `/ws/v1`.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCommand {
    /// What is to be done; letter case does not matter.
    #[serde(rename = "type")]
    #[cfg_attr(
        feature = "schema",
        schema(min_length = 1, max_length = 256, example = "HALT")
    )]
    pub kind: String,
    /// How; an object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Object>))]
    pub parameters: Option<RawJson>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(max_length = 4096))]
    pub reason: Option<String>,
    /// The same key in the same session is the same command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(min_length = 1, max_length = 256))]
    pub idempotency_key: Option<String>,
    /// Given up when no program took it for so long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 2_592_000))]
    pub expires_in_seconds: Option<u64>,
}

/// What a program says of a command that it was given.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandReceipt {
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

/// How far a program is with a command.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptWord {
    /// It has it.
    Acknowledged,
    /// It is done.
    Succeeded,
    /// It could not.
    Failed,
}

impl ReceiptWord {
    /// The state that it means.
    pub const fn state(self) -> CommandState {
        match self {
            Self::Acknowledged => CommandState::Acknowledged,
            Self::Succeeded => CommandState::Succeeded,
            Self::Failed => CommandState::Failed,
        }
    }
}

/// How a runner takes its commands.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum RunnerVia {
    /// `attach` on `/ws/v1`.
    #[serde(rename = "websocket")]
    WebSocket,
    /// A producer on Socket.IO.
    #[serde(rename = "socket.io")]
    SocketIo,
    /// Long polling.
    #[serde(rename = "http")]
    Http,
    /// Down the WebSocket of a program that the server dialled.
    #[serde(rename = "bridge")]
    Bridge,
}

impl RunnerVia {
    /// The one spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WebSocket => "websocket",
            Self::SocketIo => "socket.io",
            Self::Http => "http",
            Self::Bridge => "bridge",
        }
    }
}

/// The program that takes a session's commands.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunnerInfo {
    /// Its id, new with each attaching.
    pub runner_id: String,
    /// Its name.
    pub name: String,
    /// How it takes them.
    pub via: RunnerVia,
    /// What it says it obeys; empty: it does not say.
    #[serde(default)]
    pub commands: Vec<CommandKind>,
    /// Since when.
    pub since: Timestamp,
}

/// `GET /api/v1/sessions/{id}/runner`.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunnerAnswer {
    /// The runner, where one is attached.
    pub runner: Option<RunnerInfo>,
    /// Commands that wait or are under way.
    pub pending: u64,
}

/// A page of a session's commands, newest first: `GET /api/v1/sessions/{id}/commands`.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandsPage {
    /// The commands.
    pub commands: Vec<CommandRecord>,
    /// The `before` of the next page; none on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<CommandId>,
    /// The session's runner, where one is attached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runner: Option<RunnerInfo>,
}

/// What a polling runner is answered with: `GET /api/v1/sessions/{id}/commands?wait=30`.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandsPoll {
    /// What is to be done, in order; none where nothing came in time.
    pub commands: Vec<CommandRecord>,
}

/// `POST /api/v1/sessions/{id}/commands/order`: the waiting commands in their new order.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewOrder {
    /// Queued commands; those not named come after them, in the order they had.
    pub command_ids: Vec<CommandId>,
}

/// `POST /api/v1/sessions/{id}/commands/replay`: a finished run's commands once more.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplayCommands {
    /// Whose.
    pub from_session: SessionId,
    /// Which; left out: all that the program carried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_ids: Option<Vec<CommandId>>,
    /// Only say what would be queued.
    #[serde(default)]
    pub dry_run: bool,
}

/// What was queued, or would be.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replayed {
    /// In the order they ran; each with `replay_of`.
    pub commands: Vec<CommandRecord>,
    /// Whether nothing was queued.
    pub dry_run: bool,
}

/// Something that someone did: a row of `GET /api/v1/audit`.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// Rises with every row.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// A token's name, `local`, `command line`, `timeout`.
    pub who: String,
    /// What: `command.queued`, `token.create`.
    pub action: String,
    /// To what.
    pub subject: String,
    /// The project, where it is about a session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<ProjectId>,
    /// The session, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<SessionId>,
    /// More of it.
    pub detail: RawJson,
}

/// A page of the audit, newest first.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    /// The rows.
    pub entries: Vec<AuditRow>,
    /// The `before` of the next page; none on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_command_needs_its_type_only_and_keeps_its_parameters_as_sent() {
        let new: NewCommand =
            serde_json::from_str(r#"{"type":"ROLLBACK","parameters":{"steps" : 2.0}}"#).unwrap();
        assert_eq!(new.kind, "ROLLBACK");
        assert_eq!(new.parameters.unwrap().as_str(), r#"{"steps" : 2.0}"#);
        assert!(serde_json::from_str::<NewCommand>("{}").is_err());
    }

    #[test]
    fn the_ways_of_a_runner_have_one_spelling() {
        for via in [
            RunnerVia::WebSocket,
            RunnerVia::SocketIo,
            RunnerVia::Http,
            RunnerVia::Bridge,
        ] {
            let text = serde_json::to_string(&via).unwrap();
            assert_eq!(text, format!("\"{}\"", via.as_str()));
        }
    }
}
