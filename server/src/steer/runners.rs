//! Who takes a session's commands. In: a program that attaches. Out: its commands, in order, as they come.

use loopscope_dialects::loopscope::{self, RunnerEvent};
use loopscope_event::{CommandId, CommandRecord, CommandState, EventId, Timestamp};
use loopscope_journal::{RunnerChange, RunnerRow, StepError};
use loopscope_protocol::{
    ApiError, CommandKind, DetachReason, ErrorCode, MAX_DECLARED, MAX_WORD_BYTES, RunnerInfo,
    RunnerVia,
};
use tokio::sync::mpsc;

use super::poll::Polling;
use super::seats::Held;
use super::steps::{Step, gone, unwritten};
use super::{Desk, Key, check, ended};
use crate::life::now;

/// Commands handed over in one transaction.
const AT_ONCE: usize = 64;

/// A program that wants to take a session's commands.
#[derive(Debug, Clone)]
pub(crate) struct NewRunner {
    /// Its name for people; empty: it is named after how it is attached.
    pub name: String,
    /// How it is attached.
    pub via: RunnerVia,
    /// What it says it obeys.
    pub commands: Vec<CommandKind>,
    /// Whether to take the place of the one that is there.
    pub take_over: bool,
}

/// What a runner is told.
#[derive(Debug, Clone)]
pub(crate) enum ToRunner {
    /// Do this; `redelivered` where it was handed to a program before.
    Command {
        /// What.
        command: Box<CommandRecord>,
        /// Whether a program may have begun it.
        redelivered: bool,
    },
    /// Do not begin this.
    Cancelled(CommandId),
    /// You are the runner no longer; nothing follows.
    Detached(DetachReason),
}

/// A session's runner.
pub(super) struct Runner {
    pub info: RunnerInfo,
    pub outlet: Outlet,
}

/// How a runner is told.
pub(super) enum Outlet {
    /// At once. What can wait in it is bounded by what can be open.
    Channel(mpsc::UnboundedSender<ToRunner>),
    /// When it asks.
    Poll(Polling),
}

/// The runner's end. Dropped, it lets go of the session.
pub(crate) struct Attachment {
    /// What the server knows it as.
    pub info: RunnerInfo,
    /// How many unfinished commands there were; they are in `incoming` already.
    pub pending: u64,
    /// What it is to be told, in order.
    pub incoming: mpsc::UnboundedReceiver<ToRunner>,
    desk: Desk,
    key: Key,
    is_done: bool,
}

impl Runner {
    pub(super) const fn is_told_at_once(&self) -> bool {
        matches!(self.outlet, Outlet::Channel(_))
    }

    pub(super) fn tell_command(&self, command: CommandRecord, redelivered: bool) {
        if self.is_told_at_once() {
            let command = Box::new(command);
            self.tell(ToRunner::Command {
                command,
                redelivered,
            });
        }
    }

    pub(super) fn tell_cancelled(&self, id: &CommandId) {
        self.tell(ToRunner::Cancelled(id.clone()));
    }

    pub(super) fn tell(&self, word: ToRunner) {
        if let Outlet::Channel(outlet) = &self.outlet {
            // A runner that is gone is noticed by its attachment.
            let _ = outlet.send(word);
        }
    }

    /// When it is given up, where it has to ask.
    pub(super) const fn lapses_at(&self) -> Option<Timestamp> {
        match &self.outlet {
            Outlet::Poll(polling) => Some(polling.lapses_at),
            Outlet::Channel(_) => None,
        }
    }

    fn is_gone(&self) -> bool {
        matches!(&self.outlet, Outlet::Channel(outlet) if outlet.is_closed())
    }
}

impl Desk {
    /// Makes a program the session's runner, and hands it every unfinished command in order.
    pub(crate) async fn attach(&self, key: &Key, new: NewRunner) -> Result<Attachment, ApiError> {
        let (desk, key) = (self.clone(), key.clone());
        self.whole(async move { desk.do_attach(&key, new).await })
            .await
    }

    async fn do_attach(&self, key: &Key, new: NewRunner) -> Result<Attachment, ApiError> {
        let (outlet, incoming) = mpsc::unbounded_channel();
        let mut held = self.0.seats.hold(key).await;
        let info = self
            .seat_runner(&mut held, key, new, Outlet::Channel(outlet))
            .await?;
        let pending = held.open.len() as u64;
        // From here on, dropping it detaches.
        let attachment = Attachment {
            info,
            pending,
            incoming,
            desk: self.clone(),
            key: key.clone(),
            is_done: false,
        };
        let ids: Vec<CommandId> = held.open.iter().map(|row| row.command_id.clone()).collect();
        for ids in ids.chunks(AT_ONCE) {
            for (command, redelivered) in self.hand_over(&mut held, ids).await? {
                if let Some(runner) = &held.runner {
                    runner.tell_command(command, redelivered);
                }
            }
        }
        Ok(attachment)
    }

    /// Writes that a program is the runner now.
    pub(super) async fn seat_runner(
        &self,
        held: &mut Held<'_>,
        key: &Key,
        new: NewRunner,
        outlet: Outlet,
    ) -> Result<RunnerInfo, ApiError> {
        check_runner(&new)?;
        let board = self.board(key).await?;
        if board.is_some_and(|board| board.status().is_ended()) {
            return Err(ended(key));
        }
        let at = now();
        let mut step = Step::default();
        let mut before = None;
        if let Some(present) = &held.runner {
            let reason = match (present.is_gone(), new.take_over) {
                (true, _) => DetachReason::Gone,
                (false, true) => DetachReason::TakenOver,
                (false, false) => return Err(taken(&present.info)),
            };
            step.runner(
                gone(key, &present.info.runner_id),
                detached_event(key, &present.info.runner_id, reason, at),
            );
            before = Some(reason);
        }
        let info = RunnerInfo {
            runner_id: EventId::mint(at).to_string(),
            name: if new.name.trim().is_empty() {
                new.via.as_str().to_owned()
            } else {
                new.name
            },
            via: new.via,
            commands: new.commands,
            since: at,
        };
        let row = RunnerRow {
            project: key.0.clone(),
            session_id: key.1.clone(),
            runner_id: info.runner_id.clone(),
            name: info.name.clone(),
            since: at,
        };
        let event = RunnerEvent {
            runner_id: &info.runner_id,
            name: &info.name,
            via: info.via.as_str(),
            commands: &info.commands,
        };
        let event = loopscope::runner_attached(key.0.clone(), key.1.clone(), at, &event);
        step.runner(RunnerChange::Attached(row), event);
        self.write(step).await.map_err(unwritten)?;
        if let (Some(reason), Some(present)) = (before, held.runner.take()) {
            present.tell(ToRunner::Detached(reason));
        }
        held.runner = Some(Runner {
            info: info.clone(),
            outlet,
        });
        held.seat.tell_news();
        Ok(info)
    }

    /// Notes that commands are in the hands of the present runner. Answers each with whether it was handed over
    /// before.
    pub(super) async fn hand_over(
        &self,
        held: &mut Held<'_>,
        ids: &[CommandId],
    ) -> Result<Vec<(CommandRecord, bool)>, ApiError> {
        let Some(info) = held.runner.as_ref().map(|runner| runner.info.clone()) else {
            return Ok(Vec::new());
        };
        let at = now();
        let mut step = Step::default();
        let mut handed = Vec::with_capacity(ids.len());
        for known in ids.iter().filter_map(|id| held.find(id)) {
            let is_first = known.state == CommandState::Queued;
            let row = CommandRecord {
                state: if is_first {
                    CommandState::Delivered
                } else {
                    known.state
                },
                delivered_at: known.delivered_at.or(Some(at)),
                runner: Some(info.runner_id.clone()),
                attempts: known.attempts.saturating_add(1),
                ..known.clone()
            };
            step.next(known.state, &row, &info.name, at);
            handed.push((row, !is_first));
        }
        if handed.is_empty() {
            return Ok(handed);
        }
        if let Err(error) = self.write(step).await {
            if let StepError::Elsewhere(stands) = &error {
                held.put((**stands).clone());
            }
            return Err(unwritten(error));
        }
        for (row, _) in &handed {
            held.put(row.clone());
        }
        Ok(handed)
    }

    /// Lets a runner go, if it is the present one.
    pub(crate) async fn detach(&self, key: &Key, runner_id: &str, reason: DetachReason) {
        let (desk, key, id) = (self.clone(), key.clone(), runner_id.to_owned());
        let done = self.whole(async move {
            desk.do_detach(&key, &id, reason).await;
            Ok(())
        });
        // It was told where it broke.
        let _ = done.await;
    }

    async fn do_detach(&self, key: &Key, runner_id: &str, reason: DetachReason) {
        let Some(mut held) = self.0.seats.hold_known(key).await else {
            return;
        };
        let is_present = held
            .runner
            .as_ref()
            .is_some_and(|runner| runner.info.runner_id == runner_id);
        if is_present {
            self.unseat(&mut held, key, reason).await;
        }
    }

    /// Lets the present runner go.
    pub(super) async fn unseat(&self, held: &mut Held<'_>, key: &Key, reason: DetachReason) {
        let Some(present) = held.runner.take() else {
            return;
        };
        let id = &present.info.runner_id;
        let mut step = Step::default();
        step.runner(gone(key, id), detached_event(key, id, reason, now()));
        if let Err(error) = self.write(step).await {
            // The next start finds its row and says so.
            tracing::warn!(%error, session = key.1.as_str(), "a runner's leaving was not written");
        }
        present.tell(ToRunner::Detached(reason));
        held.seat.tell_news();
    }

    /// A session's runner, and how many of its commands are not over.
    pub(crate) async fn runner(&self, key: &Key) -> (Option<RunnerInfo>, u64) {
        match self.0.seats.hold_known(key).await {
            None => (None, 0),
            Some(held) => (
                held.runner.as_ref().map(|runner| runner.info.clone()),
                held.open.len() as u64,
            ),
        }
    }
}

/// The event that a runner is gone.
pub(super) fn detached_event(
    key: &Key,
    runner_id: &str,
    reason: DetachReason,
    at: Timestamp,
) -> loopscope_event::NewEvent {
    let (project, session) = key.clone();
    loopscope::runner_detached(project, session, at, runner_id, reason.as_str())
}

fn check_runner(new: &NewRunner) -> Result<(), ApiError> {
    check::within("name", new.name.len(), MAX_WORD_BYTES)?;
    if new.commands.len() > MAX_DECLARED {
        return Err(ApiError {
            field: Some("commands".to_owned()),
            ..ApiError::too_large(format!("{MAX_DECLARED} commands"), "too many commands")
        });
    }
    for (place, declared) in new.commands.iter().enumerate() {
        let field = format!("commands[{place}]");
        if declared.kind.trim().is_empty() {
            return Err(ApiError::field(format!("{field}.type"), "it is empty"));
        }
        let parameters = declared.parameters.as_ref();
        let bytes = declared.kind.len()
            + declared.label.as_ref().map_or(0, String::len)
            + parameters.map_or(0, |json| json.as_str().len());
        check::within(&field, bytes, 4 << 10)?;
    }
    Ok(())
}

fn taken(present: &RunnerInfo) -> ApiError {
    let message = format!(
        "`{}` is this session's runner since {}; attach with `take_over` to take its place",
        present.name, present.since
    );
    ApiError::new(ErrorCode::Conflict, message)
}

impl Attachment {
    /// Whose commands it takes.
    pub(crate) const fn key(&self) -> &Key {
        &self.key
    }

    /// Lets go because the program asked to; answers when it is on record.
    pub(crate) async fn leave(mut self) {
        self.is_done = true;
        let id = self.info.runner_id.clone();
        self.desk
            .detach(&self.key, &id, DetachReason::Requested)
            .await;
    }
}

impl Drop for Attachment {
    fn drop(&mut self) {
        // A server that stops leaves the row: the next one says that it was restarted.
        if self.is_done || self.desk.0.shutdown.is_cancelled() {
            return;
        }
        let (desk, key, id) = (
            self.desk.clone(),
            self.key.clone(),
            self.info.runner_id.clone(),
        );
        let tasks = desk.0.tasks.clone();
        tasks.spawn(async move { desk.detach(&key, &id, DetachReason::Gone).await });
    }
}
