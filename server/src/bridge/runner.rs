//! A dialled program as the runner of its sessions: `attach`, `receipt` and `detach` among its frames, and commands
//! back down its link.
//!
//! In: the text frames of a link. Out: which of them are about commands; and the texts that the program is to get.
//! A program that never attaches is sent nothing.

use std::future::poll_fn;
use std::task::Poll;

use loopscope_event::{ProjectId, SessionId};
use loopscope_protocol::{
    ApiError, Attach, ClientMessage, Detach, DetachReason, Detached, ErrorCode, ErrorFrame,
    GiveReceipt, ReceiptTaken, RunnerVia, ServerMessage,
};
use tokio::sync::mpsc;

use crate::deliver::v1::{attached, told};
use crate::steer::{Attachment, Desk, Key, NewRunner, ToRunner};

/// The most frames about commands that wait.
const WAITING: usize = 64;

/// How far into a frame its type is looked for.
const HEAD_BYTES: usize = 1_024;

/// The steering side of one link.
pub(super) struct Line {
    frames: Option<mpsc::Sender<ClientMessage>>,
    texts: mpsc::UnboundedReceiver<String>,
}

impl Line {
    /// A line to the desk; without one nothing is about commands.
    pub(super) fn new(desk: Option<Desk>) -> Self {
        let (out, texts) = mpsc::unbounded_channel();
        let frames = desk.map(|desk| {
            let (frames, taken) = mpsc::channel(WAITING);
            // Ends with the link, whose end of `frames` is dropped then.
            tokio::spawn(steer(desk, taken, out));
            frames
        });
        Self { frames, texts }
    }

    /// Takes a frame, if it is about commands. While many wait, the link is not read.
    pub(super) async fn take(&self, text: &str) -> bool {
        let Some(frames) = &self.frames else {
            return false;
        };
        let Some(message) = about_commands(text) else {
            return false;
        };
        frames.send(message).await.is_ok()
    }

    /// The next text for the program; never, where there is none to come.
    pub(super) async fn next(&mut self) -> String {
        match self.texts.recv().await {
            Some(text) => text,
            None => std::future::pending().await,
        }
    }
}

/// A frame that is about commands.
fn about_commands(text: &str) -> Option<ClientMessage> {
    let head = &text.as_bytes()[..text.len().min(HEAD_BYTES)];
    if !head.windows(6).any(|window| window == b"\"type\"") {
        return None;
    }
    let message = ClientMessage::from_json(text).ok()?;
    matches!(
        message,
        ClientMessage::Attach(_) | ClientMessage::Detach(_) | ClientMessage::Receipt(_)
    )
    .then_some(message)
}

async fn steer(
    desk: Desk,
    mut frames: mpsc::Receiver<ClientMessage>,
    out: mpsc::UnboundedSender<String>,
) {
    let mut runners: Vec<Attachment> = Vec::new();
    loop {
        let text = tokio::select! {
            frame = frames.recv() => match frame {
                None => return,
                Some(frame) => answer(&desk, &mut runners, frame).await,
            },
            (session, word) = next_word(&mut runners) => Some(told(session, word)),
        };
        if text.is_some_and(|text| out.send(text).is_err()) {
            return;
        }
    }
}

async fn answer(
    desk: &Desk,
    runners: &mut Vec<Attachment>,
    frame: ClientMessage,
) -> Option<String> {
    match frame {
        ClientMessage::Attach(asked) => Some(attach(desk, runners, asked).await),
        ClientMessage::Detach(asked) => Some(detach(runners, asked).await),
        ClientMessage::Receipt(asked) => Some(receipt(desk, asked).await),
        _ => None,
    }
}

/// Programs that are dialled speak of sessions of the default project.
fn key(session: SessionId) -> Key {
    (ProjectId::default(), session)
}

async fn attach(desk: &Desk, runners: &mut Vec<Attachment>, asked: Attach) -> String {
    let key = key(asked.session_id);
    runners.retain(|attachment| *attachment.key() != key);
    let new = NewRunner {
        name: asked.name.unwrap_or_default(),
        via: RunnerVia::Bridge,
        commands: asked.commands,
        take_over: asked.take_over,
    };
    match desk.attach(&key, new).await {
        Ok(attachment) => {
            let text = attached(asked.id, &attachment);
            runners.push(attachment);
            text
        }
        Err(error) => refusal(asked.id, error),
    }
}

async fn detach(runners: &mut Vec<Attachment>, asked: Detach) -> String {
    let key = key(asked.session_id);
    let place = runners.iter().position(|known| *known.key() == key);
    let Some(place) = place else {
        let error = ApiError::new(
            ErrorCode::NotFound,
            "this program is not the session's runner",
        );
        return refusal(asked.id, error);
    };
    runners.remove(place).leave().await;
    let frame = Detached {
        id: asked.id,
        session_id: key.1,
        reason: DetachReason::Requested,
    };
    ServerMessage::Detached(frame).to_json()
}

async fn receipt(desk: &Desk, asked: GiveReceipt) -> String {
    let (id, key) = (asked.id.clone(), key(asked.session_id.clone()));
    match desk.receipt("bridge", &key, asked.receipt()).await {
        Ok(command) => ServerMessage::ReceiptTaken(ReceiptTaken { id, command }).to_json(),
        Err(error) => refusal(id, error),
    }
}

fn refusal(id: Option<String>, error: ApiError) -> String {
    ServerMessage::Error(ErrorFrame { id, error }).to_json()
}

/// The next word to any of the runners; who is let go leaves.
async fn next_word(runners: &mut Vec<Attachment>) -> (SessionId, ToRunner) {
    poll_fn(|cx| {
        for place in 0..runners.len() {
            if let Poll::Ready(Some(word)) = runners[place].incoming.poll_recv(cx) {
                let session = runners[place].key().1.clone();
                if matches!(word, ToRunner::Detached(_)) {
                    runners.remove(place);
                }
                return Poll::Ready((session, word));
            }
        }
        Poll::Pending
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_frames_about_commands_are_taken() {
        let attach = r#"{"type":"attach","session_id":"s"}"#;
        assert!(matches!(
            about_commands(attach),
            Some(ClientMessage::Attach(_))
        ));
        for other in [
            r#"{"event_type":"attach","session_id":"s"}"#,
            r#"{"type":"pong"}"#,
            r#"{"type":"subscribe"}"#,
            r#"{"event_type":"X","data":{"type":"attach"}}"#,
            r#"{"type":"attach"}"#,
            "attach",
        ] {
            assert!(about_commands(other).is_none(), "{other}");
        }
    }
}
