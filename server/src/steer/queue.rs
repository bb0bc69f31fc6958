//! What people do with commands that wait: take them back, put them in another order, repeat those of another run.

use std::collections::HashSet;

use loopscope_event::{CommandId, CommandRecord, CommandState, SessionId};
use loopscope_journal::{CommandQuery, StepError};
use loopscope_protocol::{
    ApiError, ErrorCode, MAX_UNFINISHED, NewCommand, ReplayCommands, Replayed,
};

use super::ask::{Beside, By};
use super::steps::{Step, unwritten};
use super::{Desk, Key, unknown_command, unreadable};
use crate::life::now;

impl Desk {
    /// Takes a command back, where the program has not said that it has it.
    pub(crate) async fn cancel(
        &self,
        by: By<'_>,
        key: &Key,
        id: &CommandId,
    ) -> Result<CommandRecord, ApiError> {
        let (desk, by, key, id) = (self.clone(), by.to_owned(), key.clone(), id.clone());
        self.whole(async move { desk.do_cancel(&by, &key, &id).await })
            .await
    }

    async fn do_cancel(
        &self,
        by: By<'_>,
        key: &Key,
        id: &CommandId,
    ) -> Result<CommandRecord, ApiError> {
        let mut held = self.0.seats.hold(key).await;
        let Some(known) = held.find(id).cloned() else {
            let over = self.command(key, id).await?;
            let message = format!("the command is {} already", over.state);
            return Err(ApiError::new(ErrorCode::Conflict, message));
        };
        if !known.state.may_become(CommandState::Cancelled) {
            let message = "the program has the command already; it cannot be taken back";
            return Err(ApiError::new(ErrorCode::Conflict, message));
        }
        let at = now();
        let row = CommandRecord {
            state: CommandState::Cancelled,
            ended_at: Some(at),
            ..known.clone()
        };
        let mut step = Step::default();
        step.next(known.state, &row, by, at);
        step.audit(&row, "command.cancelled", by, at);
        self.write(step).await.map_err(unwritten)?;
        held.put(row.clone());
        self.0.inbox.command(&row);
        if let Some(runner) = &held.runner {
            runner.tell_cancelled(id);
        }
        Ok(row)
    }

    /// Puts the waiting commands in another order: those named first, the others behind them as they were.
    pub(crate) async fn order(
        &self,
        by: By<'_>,
        key: &Key,
        ids: Vec<CommandId>,
    ) -> Result<Vec<CommandRecord>, ApiError> {
        let (desk, by, key) = (self.clone(), by.to_owned(), key.clone());
        self.whole(async move { desk.do_order(&by, &key, &ids).await })
            .await
    }

    async fn do_order(
        &self,
        by: By<'_>,
        key: &Key,
        ids: &[CommandId],
    ) -> Result<Vec<CommandRecord>, ApiError> {
        let mut held = self.0.seats.hold(key).await;
        let waiting: Vec<CommandRecord> = held
            .open
            .iter()
            .filter(|row| row.state == CommandState::Queued)
            .cloned()
            .collect();
        let mut seen = HashSet::new();
        let mut ordered = Vec::with_capacity(waiting.len());
        for (place, id) in ids.iter().enumerate() {
            let field = format!("command_ids[{place}]");
            if !seen.insert(id) {
                return Err(ApiError::field(field, "it is there twice"));
            }
            let row = waiting.iter().find(|row| row.command_id == *id);
            let row = row.ok_or_else(|| ApiError::field(field, "no such command waits here"))?;
            ordered.push(row.clone());
        }
        let rest = waiting.iter().filter(|row| !seen.contains(&row.command_id));
        ordered.extend(rest.cloned());
        let at = now();
        let mut step = Step::default();
        let mut moved = Vec::new();
        for (row, place) in ordered.iter_mut().zip(&waiting) {
            if row.position != place.position {
                row.position = place.position;
                step.moved(row, by, at);
                step.audit(row, "command.moved", by, at);
                moved.push(row.clone());
            }
        }
        if !moved.is_empty() {
            self.write(step).await.map_err(unwritten)?;
            for row in moved {
                held.put(row);
            }
        }
        Ok(ordered)
    }

    /// Repeats commands of another run. What this session refuses is answered with its error and not put on record.
    pub(crate) async fn replay(
        &self,
        by: By<'_>,
        key: &Key,
        asked: ReplayCommands,
    ) -> Result<Replayed, ApiError> {
        let (desk, by, key) = (self.clone(), by.to_owned(), key.clone());
        self.whole(async move {
            let (from, ids) = (&asked.from_session, asked.command_ids.as_deref());
            desk.do_replay(&by, &key, from, ids, asked.dry_run).await
        })
        .await
    }

    async fn do_replay(
        &self,
        by: By<'_>,
        key: &Key,
        from: &SessionId,
        ids: Option<&[CommandId]>,
        dry_run: bool,
    ) -> Result<Replayed, ApiError> {
        let source = (key.0.clone(), from.clone());
        let mut commands = Vec::new();
        for old in self.to_replay(&source, ids).await? {
            let new = NewCommand {
                kind: old.kind.clone(),
                parameters: Some(old.parameters.clone()),
                reason: old.reason.clone(),
                idempotency_key: None,
                expires_in_seconds: None,
            };
            let id = Some(old.command_id.clone());
            let done = if dry_run {
                let held = self.0.seats.hold(key).await;
                let draft = self.draft(by, key, &held, new).await;
                draft.map(|row| CommandRecord {
                    replay_of: id,
                    ..row
                })
            } else {
                let asked = self
                    .ask_with(
                        by,
                        key,
                        new,
                        Beside {
                            replay_of: id,
                            ..Beside::default()
                        },
                    )
                    .await;
                asked.map(|asked| asked.command)
            };
            commands.push(match done {
                Ok(row) => row,
                Err(error) if is_about_it(error.code) => refused(key, by, old, &error),
                Err(error) => return Err(error),
            });
        }
        Ok(Replayed { commands, dry_run })
    }

    /// The commands of a run in the order that they were asked for: those named, else those that were carried out.
    async fn to_replay(
        &self,
        source: &Key,
        ids: Option<&[CommandId]>,
    ) -> Result<Vec<CommandRecord>, ApiError> {
        if let Some(ids) = ids {
            if ids.len() > MAX_UNFINISHED {
                let limit = format!("{MAX_UNFINISHED} commands");
                return Err(ApiError::too_large(limit, "too many commands at once"));
            }
            let mut rows = Vec::with_capacity(ids.len());
            for id in ids {
                rows.push(self.command(source, id).await?);
            }
            return Ok(rows);
        }
        let query = CommandQuery {
            states: vec![CommandState::Succeeded],
            before: None,
            limit: MAX_UNFINISHED as u32,
        };
        let rows = self.0.journal.commands(&source.0, &source.1, &query).await;
        let mut rows = rows.map_err(|error| unreadable(&error))?;
        rows.reverse();
        Ok(rows)
    }

    /// One command of a session.
    pub(crate) async fn command(
        &self,
        key: &Key,
        id: &CommandId,
    ) -> Result<CommandRecord, ApiError> {
        let found = self.0.journal.command(id).await;
        found
            .map_err(|error| unreadable(&error))?
            .filter(|row| row.project == key.0 && row.session_id == key.1)
            .ok_or_else(|| unknown_command(id))
    }

    /// Writes one step on one command of a held seat, and takes over how it stands, also where it was refused.
    pub(super) async fn step_on(
        &self,
        held: &mut super::seats::Held<'_>,
        from: CommandState,
        row: CommandRecord,
        by: &str,
    ) -> Result<CommandRecord, ApiError> {
        let mut step = Step::default();
        step.next(from, &row, by, now());
        let stands = match self.write(step).await {
            Ok(()) => row,
            Err(StepError::Elsewhere(stands)) => *stands,
            Err(StepError::NotFound) => {
                // Retention took the session.
                held.open.retain(|known| known.command_id != row.command_id);
                return Err(unwritten(StepError::NotFound));
            }
            Err(error) => return Err(unwritten(error)),
        };
        held.put(stands.clone());
        self.0.inbox.command(&stands);
        Ok(stands)
    }
}

/// Whether the command itself is refused, and not the request.
const fn is_about_it(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::InvalidField | ErrorCode::TooLarge | ErrorCode::AlreadyDecided
    )
}

/// A command that was not put on record, and why.
fn refused(key: &Key, by: By<'_>, old: CommandRecord, error: &ApiError) -> CommandRecord {
    CommandRecord {
        replay_of: Some(old.command_id.clone()),
        session_id: key.1.clone(),
        state: CommandState::Failed,
        by: by.to_owned(),
        error: Some(error.message.clone()),
        result: None,
        ..old
    }
}
