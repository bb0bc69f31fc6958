//! The life of commands, and the programs that take them, as events of a session.
//!
//! `command:queued`, `command:delivered`, `command:acknowledged`, `command:succeeded`, `command:failed`,
//! `command:cancelled`, `command:expired`, `command:moved`; `runner:attached`, `runner:detached`. Each carries the
//! whole command, so that a line can be read alone.

use loopscope_event::{
    CommandFact, CommandStep, DeclaredCommand, Fact, NewEvent, ProjectId, RawJson, RunnerFact,
    SessionId, Severity, Timestamp,
};
use serde::Serialize;

use super::{RUNNER_ATTACHED, RUNNER_DETACHED, own};
use crate::read::{self, Json, Object};

/// The most commands that a runner may declare; further ones are left out.
const MAX_DECLARED: usize = 64;

/// One step of a command's life, as it is journalled: the payload of `command:…`.
#[derive(Debug, Clone, Serialize)]
pub struct CommandEvent<'a> {
    /// Which step; it names the event.
    #[serde(skip)]
    pub step: CommandStep,
    /// The command.
    pub command_id: &'a str,
    /// What is to be done, in the sender's spelling.
    #[serde(rename = "type")]
    pub kind: &'a str,
    /// With what; at most 64 KiB.
    pub parameters: &'a RawJson,
    /// Who is behind this step.
    pub by: &'a str,
    /// When it was.
    pub at: Timestamp,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'a str>,
    /// The sender's own key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<&'a str>,
    /// Why it failed, was cancelled or expired.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<&'a str>,
    /// What the program answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<&'a RawJson>,
    /// The program that has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runner: Option<&'a str>,
    /// When it expires if it was not taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// The command of another run that this one repeats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replay_of: Option<&'a str>,
    /// Its place in the queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<i64>,
    /// Whether it was asked of all that run at once, and this is one of them.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub to_all: bool,
}

impl<'a> CommandEvent<'a> {
    /// A step of which no more is known.
    pub const fn new(
        step: CommandStep,
        command_id: &'a str,
        kind: &'a str,
        parameters: &'a RawJson,
        by: &'a str,
        at: Timestamp,
    ) -> Self {
        Self {
            step,
            command_id,
            kind,
            parameters,
            by,
            at,
            reason: None,
            idempotency_key: None,
            error: None,
            result: None,
            runner: None,
            expires_at: None,
            replay_of: None,
            position: None,
            to_all: false,
        }
    }
}

/// `command:queued` and the other steps: one step of a command's life.
pub fn command_step(
    project: ProjectId,
    session_id: SessionId,
    at: Timestamp,
    event: &CommandEvent<'_>,
) -> NewEvent {
    let severity = match event.step {
        CommandStep::Failed | CommandStep::Expired => Severity::Medium,
        _ => Severity::Info,
    };
    let name = format!("command:{}", event.step);
    own(project, session_id, at, &name, severity, event)
}

/// A program that takes a session's commands: the payload of `runner:attached`.
#[derive(Debug, Clone, Serialize)]
pub struct RunnerEvent<'a> {
    /// Its id, new at each attachment.
    pub runner_id: &'a str,
    /// Its name for people.
    pub name: &'a str,
    /// How it is connected: `websocket`, `socket.io`, `http`, `bridge`.
    pub via: &'a str,
    /// What it says it can do.
    pub commands: &'a [DeclaredCommand],
}

/// `runner:attached`: a program came to take the session's commands.
pub fn runner_attached(
    project: ProjectId,
    session_id: SessionId,
    at: Timestamp,
    runner: &RunnerEvent<'_>,
) -> NewEvent {
    own(
        project,
        session_id,
        at,
        RUNNER_ATTACHED,
        Severity::Info,
        runner,
    )
}

/// `runner:detached`: the program that took the session's commands went; `reason` is `taken_over`, `requested`,
/// `session_ended` or another word.
pub fn runner_detached(
    project: ProjectId,
    session_id: SessionId,
    at: Timestamp,
    runner_id: &str,
    reason: &str,
) -> NewEvent {
    let data = serde_json::json!({"runner_id": runner_id, "reason": reason});
    own(
        project,
        session_id,
        at,
        RUNNER_DETACHED,
        Severity::Info,
        &data,
    )
}

/// The step that one of our names tells.
pub(super) fn step_of(name: &str) -> Option<CommandStep> {
    name.strip_prefix("command:")?.parse().ok()
}

/// What an event of a command or a runner says.
pub(super) fn fact(name: &str, data: &Object<'_>) -> Option<Fact> {
    match name {
        RUNNER_ATTACHED => Some(Fact::Runner(RunnerFact::Attached {
            runner_id: data.get("runner_id").id()?,
            name: data.get("name").text().unwrap_or_default(),
            via: data.get("via").word().unwrap_or_default(),
            commands: declared(data.get("commands")),
        })),
        RUNNER_DETACHED => Some(Fact::Runner(RunnerFact::Detached {
            runner_id: data.get("runner_id").id()?,
            reason: data.get("reason").text(),
        })),
        _ => command(step_of(name)?, data).map(|fact| Fact::Command(Box::new(fact))),
    }
}

fn command(step: CommandStep, data: &Object<'_>) -> Option<CommandFact> {
    let time = |field: &str| {
        let text = data.get(field).string()?;
        Timestamp::parse_utc(&text)
    };
    Some(CommandFact {
        command_id: data.get("command_id").id()?,
        step,
        kind: data.get("type").word().unwrap_or_default(),
        parameters: data.get("parameters").raw(),
        by: data.get("by").text(),
        reason: data.get("reason").text(),
        at: time("at"),
        error: data.get("error").text(),
        result: data.get("result").raw(),
        runner: data.get("runner").text(),
        expires_at: time("expires_at"),
        replay_of: data.get("replay_of").id(),
        position: data.get("position").as_str().parse().ok(),
    })
}

fn declared(list: Json<'_>) -> Vec<DeclaredCommand> {
    let items = list.items().into_iter();
    let commands = items.filter_map(|item| {
        let fields = item.object();
        Some(DeclaredCommand {
            kind: read::cut(&fields.get("type").string()?, 64),
            label: fields.get("label").text(),
            parameters: fields.get("parameters").raw(),
        })
    });
    commands.take(MAX_DECLARED).collect()
}
