//! The session's runner on a connection of `/ws/v1`: what `attach`, `receipt` and `command` do, and what comes down.

use std::pin::Pin;
use std::task::{Context, Poll};

use loopscope_protocol::{
    ApiError, AskCommand, Attach, Attached, CommandCancelled, CommandFrame, CommandTaken, Detach,
    DetachReason, Detached, ErrorCode, GiveReceipt, ReceiptTaken, RunnerVia, ServerMessage,
};

use super::refusal;
use crate::access::Grant;
use crate::socket::{Later, Outbox};
use crate::state::AppState;
use crate::steer::{Attachment, Key, NewRunner, ToRunner};

/// The most sessions that one connection may be the runner of.
const MOST: usize = 64;

/// An attaching that is under way.
type Attaching = Pin<Box<dyn Future<Output = Result<Attachment, ApiError>> + Send>>;

/// See the module.
#[derive(Default)]
pub(super) struct Steering {
    attaching: Vec<(Option<String>, Attaching)>,
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
    /// Begins to attach; the answer comes with [`Steering::poll`].
    pub(super) fn attach(
        &mut self,
        state: &AppState,
        grant: &Grant,
        asked: Attach,
    ) -> Result<(), ApiError> {
        if self.attached.len() + self.attaching.len() >= MOST {
            let message = "this connection is the runner of too many sessions";
            return Err(ApiError::too_large(format!("{MOST} sessions"), message));
        }
        let key = key(grant, asked.project, asked.session_id)?;
        // The same connection again: its first attachment gives way.
        self.attached.retain(|attachment| attachment.key() != &key);
        let new = NewRunner {
            name: asked.name.unwrap_or_default(),
            via: RunnerVia::WebSocket,
            commands: asked.commands,
            take_over: asked.take_over,
        };
        let desk = state.desk.clone();
        let attaching = Box::pin(async move { desk.attach(&key, new).await });
        self.attaching.push((asked.id, attaching));
        Ok(())
    }

    /// Ends an attachment.
    pub(super) fn detach(&mut self, grant: &Grant, asked: Detach) -> Result<Later, ApiError> {
        let key = key(grant, asked.project, asked.session_id)?;
        let place = self.attached.iter().position(|known| *known.key() == key);
        let Some(place) = place else {
            let message = "this connection is not the session's runner";
            return Err(ApiError::new(ErrorCode::NotFound, message));
        };
        let attachment = self.attached.remove(place);
        Ok(Box::pin(async move {
            attachment.leave().await;
            let frame = Detached {
                id: asked.id,
                session_id: key.1,
                reason: DetachReason::Requested,
            };
            ServerMessage::Detached(frame).to_json()
        }))
    }

    /// Puts what the runner is to be told into `out`. Pending where there is nothing now.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, out: &mut Outbox) -> Poll<()> {
        for place in 0..self.attaching.len() {
            if let Poll::Ready(done) = self.attaching[place].1.as_mut().poll(cx) {
                let (id, _) = self.attaching.remove(place);
                match done {
                    Ok(attachment) => {
                        out.text(&attached(id, &attachment));
                        self.attached.push(attachment);
                    }
                    Err(error) => out.text(&refusal::frame(id, error)),
                }
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
