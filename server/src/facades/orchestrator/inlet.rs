//! What comes in on one connection. In: Socket.IO packets. Out: each handled in the order sent, one after the other.
//!
//! The library calls a handler while it reads the connection, so that a handler may not wait. Messages go through an
//! inbox, which is bounded in bytes; what does not fit is refused, not lost silently.

use std::sync::Arc;

use loopscope_event::SessionId;
use loopscope_protocol::ApiError;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use socketioxide::adapter::LocalAdapter;
use socketioxide::handler::MessageHandler;
use socketioxide::socket::Socket;
use socketioxide_core::Value;
use tokio::sync::mpsc;

use super::outlet::{AckTo, Emit, Say};
use super::seat::{MOST_WAITING_BYTES, Seat};
use super::{grace, order, produce, refused, tokens};
use crate::access::Right;
use crate::life::now;
use crate::state::AppState;

/// A message as it came.
pub(super) struct Message {
    /// `["name", argument, …]`.
    text: Box<str>,
    /// Whether it has binary parts.
    is_binary: bool,
    /// Who wants to know that it was taken.
    pub ack: Option<AckTo>,
}

/// Takes every event of a connection.
pub(super) struct Inlet {
    pub state: AppState,
    pub seat: Arc<Seat>,
}

/// How handlers of this kind are told apart.
pub(super) struct AnyEvent;

impl MessageHandler<LocalAdapter, AnyEvent> for Inlet {
    fn call(&self, socket: Arc<Socket<LocalAdapter>>, value: Value, ack: Option<i64>) {
        let ack = ack.map(|id| AckTo { socket, id });
        let Value::Str(text, parts) = value else {
            return;
        };
        if !self.seat.make_room(text.len()) {
            let error = ApiError::too_large(
                format!("{MOST_WAITING_BYTES} bytes that wait"),
                "messages come faster than they can be taken; this one was not",
            );
            tracing::warn!(sid = &*self.seat.sid, %error, "a Socket.IO message was refused");
            if let Some(ack) = ack {
                self.seat.say(Say::Ack(ack, Some(refused(&error))));
            }
            return;
        }
        let message = Message {
            text: text.as_str().into(),
            is_binary: parts.is_some(),
            ack,
        };
        let inbox = self.seat.inbox.get_or_init(|| self.open());
        let _ = inbox.send(message);
    }
}

impl Inlet {
    fn open(&self) -> mpsc::UnboundedSender<Message> {
        let (inbox, mut messages) = mpsc::unbounded_channel::<Message>();
        let (state, seat) = (self.state.clone(), Arc::clone(&self.seat));
        self.state.life.tasks.spawn(async move {
            // What was sent before the connection ended counts.
            loop {
                let message = tokio::select! {
                    biased;
                    message = messages.recv() => message,
                    () = seat.closed.cancelled() => None,
                    // The library tells nobody of the connections that it closes at the end.
                    () = state.life.shutdown.cancelled() => None,
                };
                let Some(message) = message else { break };
                let bytes = message.text.len();
                handle(&state, &seat, message).await;
                seat.taken(bytes);
            }
            grace::left(&state, &seat);
        });
        inbox
    }
}

async fn handle(state: &AppState, seat: &Arc<Seat>, message: Message) {
    let text = tokens::nulls(&message.text);
    let parts: Vec<&RawValue> = serde_json::from_str(&text).unwrap_or_default();
    let Some((name, arguments)) = parts.split_first() else {
        return;
    };
    let Ok(name) = serde_json::from_str::<String>(name.get()) else {
        return;
    };
    let argument = arguments.first().map(|argument| argument.get());
    let argument = if message.is_binary {
        Some("\"(binary)\"")
    } else {
        argument
    };
    let ack = message.ack;
    match &*name {
        "command" => order::command(state, seat, argument, ack).await,
        "cli_event" => produce::cli_event(state, seat, argument.unwrap_or("null"), ack).await,
        "command:receipt" => produce::receipt(state, seat, argument.unwrap_or("null"), ack).await,
        "subscribe" => {
            subscribe(seat, argument.unwrap_or("{}"));
            done(seat, ack);
        }
        "ping" => {
            seat.emit("pong", &json!({"timestamp": now()}));
            done(seat, ack);
        }
        _ => {
            tracing::debug!(
                sid = &*seat.sid,
                name,
                "an unknown Socket.IO event was passed over"
            );
            done(seat, ack);
        }
    }
}

/// Acknowledges, where that was asked for.
pub(super) fn done(seat: &Seat, ack: Option<AckTo>) {
    if let Some(ack) = ack {
        seat.say(Say::Ack(ack, None));
    }
}

#[derive(Deserialize)]
struct Subscribe {
    #[serde(default)]
    session_id: Option<serde_json::Value>,
    #[serde(default)]
    event_types: Option<Vec<String>>,
}

/// Joins a session, and wants other names than before; both where they are given.
fn subscribe(seat: &Seat, argument: &str) {
    let answer = try_subscribe(seat, argument).unwrap_or_else(
        |error| json!({"success": false, "error": error, "session_id": null, "timestamp": now()}),
    );
    seat.say(Say::Event(Emit::new("subscribed", &answer)));
}

fn try_subscribe(seat: &Seat, argument: &str) -> Result<serde_json::Value, String> {
    seat.allow(Right::View).map_err(|error| error.message)?;
    let argument = if argument == "null" { "{}" } else { argument };
    let asked: Subscribe = serde_json::from_str(argument)
        .map_err(|_| "expected {session_id?, event_types?: [text]}".to_owned())?;
    let session = asked.session_id.as_ref().map(session_of).transpose()?;
    let session = session.flatten();
    let mut rooms = seat.rooms();
    if let Some(patterns) = asked.event_types.clone() {
        rooms.want(patterns)?;
    }
    if let Some(session) = &session {
        rooms.join(session)?;
    }
    let mut answer = json!({"session_id": session, "timestamp": now()});
    if let Some(patterns) = asked.event_types {
        answer["event_types"] = json!(patterns);
    }
    Ok(answer)
}

/// A session as a client names it: a text or a number; null and the empty text are none.
pub(super) fn session_of(value: &serde_json::Value) -> Result<Option<SessionId>, String> {
    let text = match value {
        serde_json::Value::Null => return Ok(None),
        serde_json::Value::String(text) if text.is_empty() => return Ok(None),
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Number(number) => number.to_string(),
        _ => return Err("session_id must be a text".to_owned()),
    };
    SessionId::new(text)
        .map(Some)
        .map_err(|error| format!("session_id {error}"))
}
