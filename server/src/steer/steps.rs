//! Steps of a command's life on their way to the journal. In: a command as it will be. Out: its row and its events.

use loopscope_dialects::loopscope::{self, CommandEvent};
use loopscope_event::{
    CommandRecord, CommandState, CommandStep, NewEvent, ProjectId, RawJson, SessionId, Timestamp,
};
use loopscope_journal::{
    AppendError, CommandChange, CommandStep as Rows, NewAudit, RunnerChange, StepError,
};
use loopscope_protocol::{ApiError, ErrorCode};

use super::{Desk, Key};

/// What is written as a whole.
#[derive(Default)]
pub(super) struct Step {
    /// Whether a new command is one of those that were asked of all at once.
    pub to_all: bool,
    events: Vec<NewEvent>,
    rows: Rows,
}

impl Step {
    /// A new command, with an event for each state that it is through.
    pub(super) fn new_command(&mut self, row: &CommandRecord, at: Timestamp) {
        self.tell(row, CommandStep::Queued, &row.by, at);
        if row.state == CommandState::Delivered {
            self.tell(row, CommandStep::Delivered, &row.by, at);
        }
        self.rows
            .commands
            .push(CommandChange::New(Box::new(row.clone())));
    }

    /// A command in another state than before. `by` is behind it.
    pub(super) fn next(
        &mut self,
        from: CommandState,
        row: &CommandRecord,
        by: &str,
        at: Timestamp,
    ) {
        if from != row.state {
            self.tell(row, step_of(row.state), by, at);
        }
        let row = Box::new(row.clone());
        self.rows.commands.push(CommandChange::Next { from, row });
    }

    /// A command at another place of the queue.
    pub(super) fn moved(&mut self, row: &CommandRecord, by: &str, at: Timestamp) {
        self.tell(row, CommandStep::Moved, by, at);
        self.rows.commands.push(CommandChange::Move {
            command_id: row.command_id.clone(),
            position: row.position,
        });
    }

    /// A runner comes or goes, and its event.
    pub(super) fn runner(&mut self, change: RunnerChange, event: NewEvent) {
        self.rows.runners.push(change);
        self.events.push(event);
    }

    /// Another event.
    pub(super) fn event(&mut self, event: NewEvent) {
        self.events.push(event);
    }

    /// Who did it.
    pub(super) fn audit(&mut self, row: &CommandRecord, action: &str, who: &str, at: Timestamp) {
        let detail = serde_json::json!({
            "type": row.kind,
            "reason": row.reason,
            "parameters": short(&row.parameters),
            "replay_of": row.replay_of,
        });
        self.rows.audit.push(NewAudit {
            at,
            who: who.to_owned(),
            action: action.to_owned(),
            subject: row.command_id.to_string(),
            session: Some((row.project.clone(), row.session_id.clone())),
            detail: RawJson::from_trusted(detail.to_string()),
        });
    }

    fn tell(&mut self, row: &CommandRecord, step: CommandStep, by: &str, at: Timestamp) {
        let event = CommandEvent {
            reason: row.reason.as_deref(),
            idempotency_key: row.idempotency_key.as_deref(),
            error: row.error.as_deref(),
            result: row.result.as_ref(),
            runner: row.runner.as_deref(),
            expires_at: row.expires_at,
            replay_of: row
                .replay_of
                .as_ref()
                .map(loopscope_event::CommandId::as_str),
            position: Some(row.position),
            to_all: self.to_all && step == CommandStep::Queued,
            ..CommandEvent::new(
                step,
                row.command_id.as_str(),
                &row.kind,
                &row.parameters,
                by,
                at,
            )
        };
        let (project, session) = (row.project.clone(), row.session_id.clone());
        self.events
            .push(loopscope::command_step(project, session, at, &event));
    }
}

/// Parameters that are worth a place in the audit.
fn short(parameters: &RawJson) -> Option<serde_json::Value> {
    (parameters.as_str().len() <= 2_048).then(|| parameters.value())
}

/// The step that leads to a state.
const fn step_of(state: CommandState) -> CommandStep {
    match state {
        CommandState::Queued => CommandStep::Queued,
        CommandState::Delivered => CommandStep::Delivered,
        CommandState::Acknowledged => CommandStep::Acknowledged,
        CommandState::Succeeded => CommandStep::Succeeded,
        CommandState::Failed => CommandStep::Failed,
        CommandState::Expired => CommandStep::Expired,
        CommandState::Cancelled => CommandStep::Cancelled,
    }
}

/// The change that lets a runner go.
pub(super) fn gone(key: &Key, runner_id: &str) -> RunnerChange {
    let (project, session_id): (ProjectId, SessionId) = key.clone();
    RunnerChange::Detached {
        project,
        session_id,
        runner_id: runner_id.to_owned(),
    }
}

impl Desk {
    /// Writes a step; answers when it is on the disk.
    pub(super) async fn write(&self, step: Step) -> Result<(), StepError> {
        metrics::counter!("loopscope_command_steps_total")
            .increment(step.rows.commands.len() as u64);
        let done = self.0.journal.put_command_step(step.events, step.rows);
        done.await.map(|_| ())
    }
}

/// A step that was not written, as an answer to whoever wanted it.
pub(crate) fn unwritten(error: StepError) -> ApiError {
    match error {
        StepError::NotFound => ApiError::new(ErrorCode::NotFound, "the session is gone"),
        StepError::Elsewhere(row) | StepError::Known(row) => {
            let message = format!("the command is {} already", row.state);
            ApiError::new(ErrorCode::Conflict, message)
        }
        // Only for stretches of a file.
        StepError::Place(_) | StepError::Taken => {
            ApiError::new(ErrorCode::Conflict, error.to_string())
        }
        StepError::Append(error) => match error {
            AppendError::DiskFull => ApiError::new(
                ErrorCode::DiskFull,
                "the disk that holds the journal is full; nothing was changed",
            )
            .retry_after_ms(5_000),
            AppendError::TooBusy => {
                ApiError::new(ErrorCode::Busy, "more waits than the disk can take")
                    .retry_after_ms(250)
            }
            AppendError::Closed => ApiError::new(
                ErrorCode::ShuttingDown,
                "the server is shutting down; try again soon",
            )
            .retry_after_ms(1_000),
            AppendError::Storage(message) => {
                tracing::error!(%message, "a step of a command could not be written");
                ApiError::new(ErrorCode::Internal, "the journal could not be written")
                    .retry_after_ms(1_000)
            }
        },
    }
}
