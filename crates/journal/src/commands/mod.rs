//! Commands to running programs: the outbox. In: steps of a command's life, each with its events. Out: what is open.
//!
//! A step is one transaction: the events that tell of it and the rows that it changes, or nothing
//! ([`Journal::put_command_step`]). It names the state that it starts from; where the row is in another one by then,
//! the step is refused. So a step is made once, whoever tries.

mod change;
mod read;
mod row;

use loopscope_event::{
    CommandId, CommandRecord, CommandState, ProjectId, Seq, SessionId, Timestamp,
};

use crate::{AppendError, NewAudit};

pub(crate) use change::{apply, put_if_new};
pub use read::CommandQuery;
pub(crate) use read::all_of;

/// What is written in one transaction with its events.
#[derive(Debug, Clone, Default)]
pub struct CommandStep {
    /// What becomes of rows.
    pub commands: Vec<CommandChange>,
    /// Who takes a session's commands from now on, or no longer.
    pub runners: Vec<RunnerChange>,
    /// Who did it.
    pub audit: Vec<NewAudit>,
}

/// What becomes of a row.
#[derive(Debug, Clone)]
pub enum CommandChange {
    /// A new one. Refused where its session has one of the same idempotency key.
    New(Box<CommandRecord>),
    /// The row as it is now, coming from a state. Refused where it is in another one.
    Next {
        /// The state it comes from.
        from: CommandState,
        /// All of it.
        row: Box<CommandRecord>,
    },
    /// Another place in the queue. Refused where it is not queued any more.
    Move {
        /// Which.
        command_id: CommandId,
        /// Its new place.
        position: i64,
    },
}

/// Who takes a session's commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunnerRow {
    /// The session's project.
    pub project: ProjectId,
    /// The session.
    pub session_id: SessionId,
    /// The runner's id, new with each attaching.
    pub runner_id: String,
    /// Its name.
    pub name: String,
    /// Since when.
    pub since: Timestamp,
}

/// A runner comes or goes.
#[derive(Debug, Clone)]
pub enum RunnerChange {
    /// It is the session's runner now, whoever was before.
    Attached(RunnerRow),
    /// It is not any more; nothing where another is by now.
    Detached {
        /// The session's project.
        project: ProjectId,
        /// The session.
        session_id: SessionId,
        /// The runner.
        runner_id: String,
    },
}

/// Why a step changed nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// The command is in another state by now; it is as it says.
    #[error("the command is {} already", .0.state)]
    Elsewhere(Box<CommandRecord>),
    /// The session has a command of this idempotency key: this one.
    #[error("the session has a command of this key already")]
    Known(Box<CommandRecord>),
    /// There is no such command, or no such session.
    #[error("there is no such command")]
    NotFound,
    /// Events of a file have other places than these: the session's next event is this one.
    #[error("the session's next event is {0}")]
    Place(Seq),
    /// An event of a file has an id that stands elsewhere in the project.
    #[error("an event has an id that stands in the project already")]
    Taken,
    /// The journal could not take it.
    #[error(transparent)]
    Append(#[from] AppendError),
}
