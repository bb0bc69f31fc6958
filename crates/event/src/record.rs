//! A command as it is on record: in the journal's table, on the wire, in a program's hands. In and out: plain data.

use serde::{Deserialize, Serialize};

use crate::{CommandId, CommandState, ProjectId, RawJson, SessionId, Timestamp};

/// A command, and where it stands.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandRecord {
    /// Its id, a UUIDv7.
    pub command_id: CommandId,
    /// The session's project.
    #[serde(default)]
    pub project: ProjectId,
    /// The session whose program is meant.
    pub session_id: SessionId,
    /// What is to be done, in the spelling that was sent (`HALT`, `halt`).
    #[serde(rename = "type")]
    pub kind: String,
    /// How.
    #[serde(default)]
    pub parameters: RawJson,
    /// Where it stands.
    pub state: CommandState,
    /// Who asked: a token's name, `local`, `timeout`.
    pub by: String,
    /// Why, in the words of who asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The asker's key: the same key in the same session is the same command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
    /// Its place in the queue: the lowest goes first.
    pub position: i64,
    /// When it was put on record.
    pub created_at: Timestamp,
    /// When it was first given to a program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<Timestamp>,
    /// When the program said that it has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_at: Option<Timestamp>,
    /// When it was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// When it is given up if no program took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// The runner that it was given to last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runner: Option<String>,
    /// What the program answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<RawJson>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The command of a finished run that this one repeats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay_of: Option<CommandId>,
    /// How often it was given to a program.
    #[serde(default)]
    pub attempts: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_read_back_as_they_were_written() {
        let text = r#"{"command_id":"c","project":"default","session_id":"s","type":"HALT","parameters":{},"state":"queued","by":"local","position":1,"created_at":"2026-01-05T10:00:00.000000Z","attempts":0}"#;
        let record: CommandRecord = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&record).unwrap(), text);
    }
}
