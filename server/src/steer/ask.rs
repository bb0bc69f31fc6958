//! Asking for a command. In: who wants what of whose program. Out: the command, on record, and on its way.

use loopscope_dialects::orchestrator::Verb;
use loopscope_event::{CommandId, CommandRecord, CommandState, Duration, NewEvent};
use loopscope_journal::StepError;
use loopscope_protocol::{ApiError, ErrorCode, MAX_UNFINISHED, NewCommand};

use super::seats::Held;
use super::steps::{Step, unwritten};
use super::{Desk, Key, check, ended, unknown_session, unreadable};
use crate::life::now;

/// Who asks: a token's id, `local`, `timeout`.
pub(crate) type By<'a> = &'a str;

/// What became of what was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// The command as it stands.
    pub command: CommandRecord,
    /// Whether it was put on record just now, and not under the same key before.
    pub is_new: bool,
}

/// What stands beside a command.
#[derive(Default)]
pub(super) struct Beside {
    /// The command of another run that it repeats.
    pub replay_of: Option<CommandId>,
    /// An event that goes before it.
    pub event: Option<NewEvent>,
    /// It comes by the orchestrator contract.
    pub told: Option<AsTold>,
}

/// How a client of the orchestrator contract asks.
pub(crate) struct AsTold {
    /// The first event of the session, where it is not there: written with the command, or not at all.
    pub makes: NewEvent,
    /// Whether all sessions that run are asked at once.
    pub to_all: bool,
}

impl Desk {
    /// Puts a command on record and, where a program is attached, on its way. The same key again is the same command.
    pub(crate) async fn ask(
        &self,
        by: By<'_>,
        key: &Key,
        new: NewCommand,
    ) -> Result<Asked, ApiError> {
        let (desk, by, key) = (self.clone(), by.to_owned(), key.clone());
        self.whole(async move { desk.ask_with(&by, &key, new, Beside::default()).await })
            .await
    }

    /// The same by the orchestrator contract, whose commands may come before their session.
    pub(crate) async fn ask_as_told(
        &self,
        by: By<'_>,
        key: &Key,
        new: NewCommand,
        told: AsTold,
    ) -> Result<Asked, ApiError> {
        let (desk, by, key) = (self.clone(), by.to_owned(), key.clone());
        let beside = Beside {
            told: Some(told),
            ..Beside::default()
        };
        self.whole(async move { desk.ask_with(&by, &key, new, beside).await })
            .await
    }

    /// The same, with what is written beside it.
    pub(super) async fn ask_with(
        &self,
        by: By<'_>,
        key: &Key,
        new: NewCommand,
        beside: Beside,
    ) -> Result<Asked, ApiError> {
        check::bounds(&new)?;
        let mut held = self.0.seats.hold(key).await;
        if let Some(known) = self.known(key, new.idempotency_key.as_deref()).await? {
            return Ok(Asked {
                command: known,
                is_new: false,
            });
        }
        let board = self.board(key).await?;
        let mut step = Step::default();
        step.to_all = beside.told.as_ref().is_some_and(|told| told.to_all);
        let mut row = match beside.told {
            Some(told) if board.is_none() => {
                let (row, verb) = row_of(by, key, &held, new)?;
                self.check_against(key, &held.open, &verb).await?;
                step.event(told.makes);
                row
            }
            _ => self.draft(by, key, &held, new).await?,
        };
        row.replay_of = beside.replay_of;
        let at = row.created_at;
        if let Some(runner) = held
            .runner
            .as_ref()
            .filter(|runner| runner.is_told_at_once())
        {
            row.state = CommandState::Delivered;
            row.delivered_at = Some(at);
            row.runner = Some(runner.info.runner_id.clone());
            row.attempts = 1;
        }
        if let Some(event) = beside.event {
            step.event(event);
        }
        step.new_command(&row, at);
        step.audit(&row, "command.queued", by, at);
        match self.write(step).await {
            Ok(()) => {}
            Err(StepError::Known(known)) => {
                return Ok(Asked {
                    command: *known,
                    is_new: false,
                });
            }
            Err(error) => return Err(unwritten(error)),
        }
        held.put(row.clone());
        self.0.inbox.command(&row);
        if let Some(runner) = &held.runner {
            runner.tell_command(row.clone(), false);
        }
        held.seat.tell_news();
        Ok(Asked {
            command: row,
            is_new: true,
        })
    }

    /// A session's command of that key.
    pub(crate) async fn known(
        &self,
        key: &Key,
        idempotency_key: Option<&str>,
    ) -> Result<Option<CommandRecord>, ApiError> {
        let Some(word) = idempotency_key else {
            return Ok(None);
        };
        let found = self.0.journal.command_by_key(&key.0, &key.1, word).await;
        found.map_err(|error| unreadable(&error))
    }

    /// A command as it would be put on record now, after every check.
    pub(super) async fn draft(
        &self,
        by: By<'_>,
        key: &Key,
        held: &Held<'_>,
        new: NewCommand,
    ) -> Result<CommandRecord, ApiError> {
        let board = self.board(key).await?;
        let status = board.ok_or_else(|| unknown_session(key))?.status();
        if status.is_ended() || held.fails_at.is_some() {
            return Err(ended(key));
        }
        let (row, verb) = row_of(by, key, held, new)?;
        self.check_against(key, &held.open, &verb).await?;
        Ok(row)
    }
}

/// A command as it would stand, after the checks of its own.
fn row_of(
    by: By<'_>,
    key: &Key,
    held: &Held<'_>,
    new: NewCommand,
) -> Result<(CommandRecord, Verb), ApiError> {
    if held.open.len() >= MAX_UNFINISHED {
        return Err(ApiError {
            limit: Some(format!("{MAX_UNFINISHED} unfinished commands")),
            ..ApiError::new(ErrorCode::Busy, "too many commands of this session wait")
        });
    }
    let declared = held.runner.as_ref().map(|runner| &*runner.info.commands);
    let (new, verb) = check::shape(new, key, declared.unwrap_or_default())?;
    let at = now();
    let last = held.open.last().map_or(0, |row| row.position);
    let seconds = |seconds: u64| Duration::from_millis(seconds as i64 * 1_000);
    let row = CommandRecord {
        command_id: CommandId::mint(at),
        project: key.0.clone(),
        session_id: key.1.clone(),
        kind: new.kind,
        parameters: new.parameters.unwrap_or_default(),
        state: CommandState::Queued,
        by: by.to_owned(),
        reason: new.reason,
        idempotency_key: new.idempotency_key,
        // Rises with time, also over restarts, and stays apart from what is open.
        position: at.as_micros().max(last + 1),
        created_at: at,
        delivered_at: None,
        acknowledged_at: None,
        ended_at: None,
        expires_at: new.expires_in_seconds.map(|given| at.plus(seconds(given))),
        runner: None,
        result: None,
        error: None,
        replay_of: None,
        attempts: 0,
    };
    Ok((row, verb))
}
