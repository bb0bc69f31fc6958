//! What goes out on one connection. In: the ring, by a cursor of its own; answers. Out: Socket.IO packets.
//!
//! The library holds a bounded number of packets that the network has not taken. Where there is no room we wait and
//! go on from where we are: the cursor is the only queue of events, so nothing is lost and nobody else waits.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use loopscope_event::{Dialect, Event, Offset, RawJson};
use loopscope_protocol::StreamFilter;
use serde::Serialize;
use serde_json::json;
use socketioxide::adapter::LocalAdapter;
use socketioxide::extract::{AckSender, SocketRef};
use socketioxide::handler::FromMessageParts as _;
use socketioxide::socket::Socket;
use socketioxide::{SendError, SocketError};
use socketioxide_core::Value;
use tokio::sync::{broadcast, mpsc};

use super::frames;
use super::produce;
use super::seat::Seat;
use super::sockets::Deleted;
use crate::life::now;
use crate::ring::{ReadError, Reader, Slice};
use crate::state::AppState;
use crate::steer::Key;

/// How long a full connection is left alone.
const PAUSE: Duration = Duration::from_millis(20);

/// How long a journal that cannot be read is left alone.
const READ_AGAIN: Duration = Duration::from_secs(1);

/// An event with a name and one argument.
#[derive(Debug, Clone)]
pub(super) struct Emit {
    pub name: Box<str>,
    pub payload: RawJson,
}

impl Emit {
    pub(super) fn new(name: &str, payload: &impl Serialize) -> Self {
        let payload = serde_json::to_string(payload).unwrap_or_else(|_| "null".to_owned());
        Self {
            name: name.into(),
            payload: RawJson::from_trusted(payload),
        }
    }
}

/// Whom an acknowledgement goes to.
#[derive(Debug, Clone)]
pub(super) struct AckTo {
    pub socket: Arc<Socket<LocalAdapter>>,
    pub id: i64,
}

/// Something to say on a connection.
pub(super) enum Say {
    /// An event.
    Event(Emit),
    /// The acknowledgement of an event; `None` is an empty one.
    Ack(AckTo, Option<RawJson>),
    /// A command for the program at the other end, which may answer by acknowledging it.
    Command(Emit, Key),
}

/// Something to say once everything up to an offset was said.
pub(super) struct Word {
    pub after: Offset,
    pub say: Say,
}

/// The connection is gone.
pub(super) struct Gone;

/// What a connection may see; for someone who may only send, nothing.
pub(super) fn reader(state: &AppState, seat: &Seat) -> Option<Reader> {
    let filter = StreamFilter {
        project: Some(seat.project.clone()),
        dialects: vec![Dialect::Orchestrator, Dialect::Loopscope],
        ..StreamFilter::default()
    };
    let filter = state.ring.filters().intern(filter);
    seat.may_view()
        .then(|| state.reader_from_now().looking_for(filter))
}

/// The connection's task.
pub(super) struct Outlet {
    pub mouth: Mouth,
    pub words: mpsc::UnboundedReceiver<Box<Word>>,
    pub reader: Option<Reader>,
    pub deleted: broadcast::Receiver<Deleted>,
}

/// What says things on a connection.
pub(super) struct Mouth {
    pub state: AppState,
    pub socket: SocketRef,
    pub seat: Arc<Seat>,
}

impl Outlet {
    /// Says what is to be said until the connection ends.
    pub(super) async fn run(mut self) {
        let seat = Arc::clone(&self.mouth.seat);
        tokio::select! {
            () = seat.closed.cancelled() => {}
            () = seat.grant.ends.cancelled() => {
                // A server that stops says so to everyone at once.
                if !self.mouth.state.life.is_stopping() {
                    let _ = self.mouth.socket.clone().disconnect();
                }
            }
            Gone = self.talk() => {}
        }
    }

    async fn talk(&mut self) -> Gone {
        let Self {
            mouth,
            words,
            reader,
            deleted,
        } = self;
        let mut later: VecDeque<Box<Word>> = VecDeque::new();
        loop {
            let said = tokio::select! {
                biased;
                word = words.recv() => match word {
                    None => return Gone,
                    Some(word) if is_due(reader.as_ref(), &word) => mouth.say(&word.say).await,
                    Some(word) => {
                        later.push_back(word);
                        Ok(())
                    }
                },
                deleted = deleted.recv() => Box::pin(mouth.say_deleted(deleted)).await,
                // Boxed: most of the time there is nothing to take, and very many wait.
                slice = next(reader) => Box::pin(mouth.take(slice)).await,
            };
            if said.is_err() {
                return Gone;
            }
            while let Some(word) = later.pop_front_if(|word| is_due(reader.as_ref(), word)) {
                if mouth.say(&word.say).await.is_err() {
                    return Gone;
                }
            }
        }
    }
}

fn is_due(reader: Option<&Reader>, word: &Word) -> bool {
    reader.is_none_or(|reader| reader.cursor().offset >= word.after)
}

impl Mouth {
    async fn take(&self, slice: Result<Slice, ReadError>) -> Result<(), Gone> {
        match slice {
            Ok(slice) => {
                for event in slice.events() {
                    self.say_event(event).await?;
                }
                Ok(())
            }
            Err(ReadError::Reset(reason)) => {
                let payload = json!({"reason": reason, "timestamp": now()});
                self.say(&Say::Event(Emit::new("loopscope:reset", &payload)))
                    .await
            }
            Err(ReadError::Page(error)) => {
                tracing::warn!(%error, "a Socket.IO client stands still");
                tokio::time::sleep(READ_AGAIN).await;
                Ok(())
            }
        }
    }

    async fn say_event(&self, event: &Event) -> Result<(), Gone> {
        let is_wanted = matches!(event.dialect, Dialect::Orchestrator | Dialect::Loopscope)
            && event.project == self.seat.project;
        if !is_wanted {
            return Ok(());
        }
        let is_echo = self.seat.has_sent(&event.event_id);
        let hears = self.seat.rooms().hears(&event.session_id);
        for emit in frames::of_event(event) {
            let is_news_of_all = &*emit.name == frames::CREATED;
            // Who made a session by an event is told of the session as everyone is, and not of the event.
            let is_for_us = is_news_of_all || (hears && !is_echo && self.is_of_program(event));
            if is_for_us && self.seat.rooms().wants(&emit.name) {
                self.say(&Say::Event(emit)).await?;
            }
        }
        Ok(())
    }

    /// Whether a connection to all sessions is told of it: commands to programs of other contracts are none of its
    /// business.
    fn is_of_program(&self, event: &Event) -> bool {
        event.dialect == Dialect::Orchestrator
            || self.seat.rooms().own().is_some()
            || self
                .state
                .fold
                .live_row(&event.project, &event.session_id)
                .is_none_or(|row| matches!(row.dialect, Dialect::Orchestrator | Dialect::Loopscope))
    }

    async fn say_deleted(
        &self,
        deleted: Result<Deleted, broadcast::error::RecvError>,
    ) -> Result<(), Gone> {
        match deleted {
            Ok((key, at)) => {
                let name = "session:deleted";
                if key.0 != self.seat.project
                    || !self.seat.may_view()
                    || !self.seat.rooms().wants(name)
                {
                    return Ok(());
                }
                let payload = json!({"session_id": key.1, "timestamp": at});
                self.say(&Say::Event(Emit::new(name, &payload))).await
            }
            Err(broadcast::error::RecvError::Lagged(missed)) => {
                tracing::warn!(
                    missed,
                    "a Socket.IO client was not told of deleted sessions"
                );
                Ok(())
            }
            Err(broadcast::error::RecvError::Closed) => Err(Gone),
        }
    }

    /// Says one thing, as soon as there is room.
    pub(super) async fn say(&self, say: &Say) -> Result<(), Gone> {
        loop {
            match self.try_say(say) {
                Ok(()) => return Ok(()),
                Err(SendError::Socket(SocketError::InternalChannelFull)) => {
                    tokio::time::sleep(PAUSE).await;
                }
                Err(SendError::Socket(SocketError::Closed)) => return Err(Gone),
                Err(SendError::Serialize(error)) => {
                    tracing::error!(%error, "a packet could not be written");
                    return Ok(());
                }
            }
        }
    }

    fn try_say(&self, say: &Say) -> Result<(), SendError> {
        match say {
            Say::Event(emit) => self.socket.emit(&*emit.name, &emit.payload),
            Say::Ack(to, payload) => {
                let mut none = Value::Str(socketioxide_core::Str::default(), None);
                let Ok(sender) = AckSender::from_message_parts(&to.socket, &mut none, &Some(to.id));
                match payload {
                    Some(payload) => sender.send(payload),
                    None => sender.send(&[(); 0]),
                }
            }
            Say::Command(emit, key) => {
                let answer = self
                    .socket
                    .emit_with_ack::<_, serde_json::Value>(&*emit.name, &emit.payload)?;
                produce::await_receipt(&self.state, &self.seat, key, emit, answer);
                Ok(())
            }
        }
    }
}

async fn next(reader: &mut Option<Reader>) -> Result<Slice, ReadError> {
    match reader {
        Some(reader) => reader.next().await,
        None => std::future::pending().await,
    }
}
