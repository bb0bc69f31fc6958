//! The session's runner on a connection of `/ws/v1`: what `attach`, `receipt` and `command` do, and what comes down.

use std::task::{Context, Poll};

use loopscope_protocol::{
    ApiError, AskCommand, Attach, Attached, CommandCancelled, CommandFrame, CommandTaken, Detach,
    DetachReason, Detached, GiveReceipt, ReceiptTaken, RunnerVia, ServerMessage,
};

use super::refusal;
use super::turns::{Ask, Done, Turn};
use crate::access::Grant;
use crate::socket::{Later, Outbox};
use crate::state::AppState;
use crate::steer::{Attachment, Key, NewRunner, ToRunner};

/// The most sessions that one connection may be the runner of.
const MOST: usize = 64;

/// See the module.
#[derive(Default)]
pub(super) struct Steering {
    /// What was asked for and is not answered yet: of one session, one after the other.
    turns: Vec<Turn>,
    attached: Vec<Attachment>,
}

/// The session that a frame means.
fn key(
    grant: &Grant,
    project: Option<loopscope_event::ProjectId>,
    session: loopscope_event::SessionId,
) -> Result<Key, ApiError> {
    Ok((grant.project(project)?.unwrap_or_default(), session))
}

impl Steering {
    /// Begins to attach; the answer comes with [`Steering::poll`]. The same connection again takes its own place.
    pub(super) fn attach(
        &mut self,
        state: &AppState,
        grant: &Grant,
        asked: Attach,
    ) -> Result<(), ApiError> {
        let key = key(grant, asked.project, asked.session_id)?;
        let others = self.attached.iter().filter(|known| *known.key() != key);
        if others.count() + self.turns.len() >= MOST {
            let message = "this connection is the runner of too many sessions";
            return Err(ApiError::too_large(format!("{MOST} sessions"), message));
        }
        let new = NewRunner {
            name: asked.name.unwrap_or_default(),
            via: RunnerVia::WebSocket,
            commands: asked.commands,
            take_over: asked.take_over,
        };
        let ask = Ask::Attach(state.desk.clone(), new);
        self.turns.push(Turn::new(key, asked.id, ask));
        Ok(())
    }

    /// Ends an attachment, one that is under way too; the answer comes with [`Steering::poll`].
    pub(super) fn detach(&mut self, grant: &Grant, asked: Detach) -> Result<(), ApiError> {
        let key = key(grant, asked.project, asked.session_id)?;
        if self.turns.len() >= MOST {
            let message = "too many attachments are under way on this connection";
            return Err(ApiError::too_large(format!("{MOST} at once"), message));
        }
        self.turns.push(Turn::new(key, asked.id, Ask::Detach));
        Ok(())
    }

    /// Puts what the runner is to be told into `out`. Pending where there is nothing now.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, out: &mut Outbox) -> Poll<()> {
        for place in 0..self.turns.len() {
            let (before, rest) = self.turns.split_at_mut(place);
            let turn = &mut rest[0];
            if before.iter().any(|other| other.key == turn.key) {
                continue;
            }
            if let Poll::Ready(done) = turn.poll(cx, &mut self.attached) {
                let turn = self.turns.remove(place);
                self.answer(turn, done, out);
                return Poll::Ready(());
            }
        }
        for place in 0..self.attached.len() {
            if let Poll::Ready(word) = self.attached[place].incoming.poll_recv(cx) {
                let session_id = self.attached[place].key().1.clone();
                let Some(word) = word else {
                    self.attached.remove(place);
                    return Poll::Ready(());
                };
                if matches!(word, ToRunner::Detached(_)) {
                    self.attached.remove(place);
                }
                out.text(&told(session_id, word));
                return Poll::Ready(());
            }
        }
        Poll::Pending
    }

    fn answer(&mut self, turn: Turn, done: Done, out: &mut Outbox) {
        match done {
            Done::Attached(attachment) => {
                out.text(&attached(turn.id, &attachment));
                self.attached.push(*attachment);
            }
            Done::Detached => {
                let frame = Detached {
                    id: turn.id,
                    session_id: turn.key.1,
                    reason: DetachReason::Requested,
                };
                out.text(&ServerMessage::Detached(frame).to_json());
            }
            Done::Refused(error) => out.text(&refusal::frame(turn.id, error)),
        }
    }
}

/// The frame of an attachment.
pub(crate) fn attached(id: Option<String>, attachment: &Attachment) -> String {
    let frame = Attached {
        id,
        session_id: attachment.key().1.clone(),
        runner: attachment.info.clone(),
        pending: attachment.pending,
    };
    ServerMessage::Attached(frame).to_json()
}

/// The frame of what a runner is told.
pub(crate) fn told(session_id: loopscope_event::SessionId, word: ToRunner) -> String {
    let message = match word {
        ToRunner::Command {
            command,
            redelivered,
        } => ServerMessage::Command(CommandFrame {
            command: *command,
            redelivered,
        }),
        ToRunner::Cancelled(command_id) => ServerMessage::CommandCancelled(CommandCancelled {
            session_id,
            command_id,
        }),
        ToRunner::Detached(reason) => ServerMessage::Detached(Detached {
            id: None,
            session_id,
            reason,
        }),
    };
    message.to_json()
}

/// Takes a receipt.
pub(super) fn receipt(
    state: &AppState,
    grant: &Grant,
    asked: GiveReceipt,
) -> Result<Later, ApiError> {
    let key = key(grant, asked.project.clone(), asked.session_id.clone())?;
    let (desk, who, id) = (state.desk.clone(), grant.who.clone(), asked.id.clone());
    Ok(Box::pin(async move {
        match desk.receipt(&who, &key, asked.receipt()).await {
            Ok(command) => ServerMessage::ReceiptTaken(ReceiptTaken { id, command }).to_json(),
            Err(error) => refusal::frame(id, error),
        }
    }))
}

/// Asks for a command.
pub(super) fn command(
    state: &AppState,
    grant: &Grant,
    asked: AskCommand,
) -> Result<Later, ApiError> {
    let key = key(grant, asked.project, asked.session_id)?;
    let (desk, who, id) = (state.desk.clone(), grant.who.clone(), asked.id);
    Ok(Box::pin(async move {
        match desk.ask(&who, &key, asked.command).await {
            Ok(asked) => ServerMessage::CommandTaken(CommandTaken {
                id,
                command: asked.command,
            })
            .to_json(),
            Err(error) => refusal::frame(id, error),
        }
    }))
}
