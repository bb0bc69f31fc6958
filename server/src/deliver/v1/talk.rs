//! The conversation of `/ws/v1`: what each message does.

use std::task::{Context, Poll};

use bytes::Bytes;
use loopscope_protocol::{
    Ack, ApiError, ClientMessage, Closing, ErrorCode, Hello, Limits, Ping, Pong, Publish,
    ServerMessage, Subscribe, Subscribed, Unsubscribe, Unsubscribed, Watch,
};

use super::super::{Presence, filter};
use super::refusal;
use super::steering::{self, Steering};
use super::stream::Stream;
use super::watching::Watching;
use crate::access::{Grant, Peer, Right};
use crate::intake::{IntakeRequest, Transport, submit};
use crate::life::now;
use crate::socket::{Conversation, Farewell, Later, Outbox};
use crate::state::AppState;

/// The longest name of a stream or a request, in bytes.
const NAME_BYTES: usize = 128;

/// See the module.
pub(super) struct Talk {
    state: AppState,
    who: Box<(Grant, Peer)>,
    presence: Presence,
    streams: Vec<Stream>,
    /// Which stream has its turn first.
    turn: usize,
    watching: Option<Box<Watching>>,
    steering: Option<Box<Steering>>,
}

impl Talk {
    pub(super) fn new(state: AppState, grant: Grant, peer: Peer, presence: Presence) -> Self {
        Self {
            state,
            who: Box::new((grant, peer)),
            presence,
            streams: Vec::new(),
            turn: 0,
            watching: None,
            steering: None,
        }
    }

    fn allow(&self, right: Right) -> Result<(), ApiError> {
        if self.who.0.role.may(right) {
            return Ok(());
        }
        let message = format!(
            "a token of role `{}` may not {}",
            self.who.0.role.as_str(),
            right.as_str()
        );
        Err(ApiError::new(ErrorCode::Forbidden, message))
    }

    fn subscribe(&mut self, asked: Subscribe, out: &mut Outbox) -> Result<(), ApiError> {
        self.allow(Right::View)?;
        let limit = self.state.config.limits.subscriptions;
        let place = self.place_of(asked.id.as_deref());
        if place.is_none() && self.streams.len() >= limit {
            let message = "too many streams on one connection; end one, or open another connection";
            return Err(ApiError::too_large(
                format!("{limit} subscriptions"),
                message,
            ));
        }
        let filter = filter::checked(&self.state, &self.who.0, asked.filter)?;
        let (reader, reset) = match asked.since {
            None => (self.state.reader_from_now(), None),
            Some(since) => match self.state.resume(since) {
                Ok(reader) => (reader, None),
                Err(reason) => (self.state.reader_from_now(), Some(reason)),
            },
        };
        let mut stream = Stream::new(asked.id, filter, asked.batch, reader);
        let (id, cursor) = (stream.id(), stream.reader.cursor());
        out.text(&ServerMessage::Subscribed(Subscribed { id, cursor }).to_json());
        if let Some(reason) = reset {
            out.text(&stream.reset(reason));
        }
        if let Some(place) = place {
            self.streams[place] = stream;
        } else {
            // Most connections have one, and there may be very many connections.
            self.streams.reserve_exact(1);
            self.streams.push(stream);
        }
        Ok(())
    }

    fn unsubscribe(&mut self, asked: Unsubscribe, out: &mut Outbox) -> Result<(), ApiError> {
        let Some(place) = self.place_of(asked.id.as_deref()) else {
            return Err(ApiError::new(
                ErrorCode::NotFound,
                "there is no such stream here",
            ));
        };
        self.streams.remove(place);
        out.text(&ServerMessage::Unsubscribed(Unsubscribed { id: asked.id }).to_json());
        Ok(())
    }

    fn watch(&mut self, asked: &Watch) -> Result<(), ApiError> {
        self.allow(Right::View)?;
        let project = self.who.0.project(asked.project.clone())?;
        self.watching = Watching::begin(&self.state, asked, project).map(Box::new);
        Ok(())
    }

    fn publish(&mut self, asked: Publish) -> Result<Later, ApiError> {
        self.allow(Right::Ingest)?;
        let (grant, peer) = &*self.who;
        self.state.access.count_intake(grant, peer)?;
        self.presence.is_producer();
        let request = IntakeRequest {
            dialect: asked.dialect,
            project: grant.project(None)?.unwrap_or_default(),
            ..IntakeRequest::json(
                Bytes::copy_from_slice(asked.events.as_str().as_bytes()),
                Transport::WebSocket,
            )
        };
        let (state, id) = (self.state.clone(), asked.id);
        Ok(Box::pin(async move {
            match submit(&state, request).await {
                Ok(answer) => ServerMessage::Ack(Ack { id, answer }).to_json(),
                Err(error) => refusal::frame(id, error),
            }
        }))
    }

    fn pong(&self, asked: Ping, out: &mut Outbox) {
        let pong = Pong {
            id: asked.id,
            server_time: now(),
            cursor: self.state.ring.cursor(),
        };
        out.text(&ServerMessage::Pong(pong).to_json());
    }

    fn place_of(&self, name: Option<&str>) -> Option<usize> {
        self.streams
            .iter()
            .position(|stream| stream.name.as_deref() == name)
    }

    fn answer(
        &mut self,
        message: ClientMessage,
        out: &mut Outbox,
    ) -> Result<Option<Later>, ApiError> {
        check_id(&message)?;
        match message {
            ClientMessage::Subscribe(asked) => self.subscribe(asked, out).map(|()| None),
            ClientMessage::Unsubscribe(asked) => self.unsubscribe(asked, out).map(|()| None),
            ClientMessage::Watch(asked) => self.watch(&asked).map(|()| None),
            ClientMessage::Publish(asked) => self.publish(asked).map(Some),
            ClientMessage::Ping(asked) => {
                self.pong(asked, out);
                Ok(None)
            }
            ClientMessage::Attach(asked) => {
                self.allow(Right::Take)?;
                let steering = self.steering.get_or_insert_default();
                steering
                    .attach(&self.state, &self.who.0, asked)
                    .map(|()| None)
            }
            ClientMessage::Detach(asked) => {
                let steering = self.steering.get_or_insert_default();
                steering.detach(&self.who.0, asked).map(|()| None)
            }
            ClientMessage::Receipt(asked) => {
                self.allow(Right::Take)?;
                steering::receipt(&self.state, &self.who.0, asked).map(Some)
            }
            ClientMessage::Command(asked) => {
                self.allow(Right::Steer)?;
                let (grant, peer) = &*self.who;
                self.state.access.count_command(grant, peer)?;
                steering::command(&self.state, grant, asked).map(Some)
            }
        }
    }
}

/// The id that a message carries.
fn id_of(message: &ClientMessage) -> Option<&String> {
    match message {
        ClientMessage::Subscribe(asked) => asked.id.as_ref(),
        ClientMessage::Unsubscribe(asked) => asked.id.as_ref(),
        ClientMessage::Publish(asked) => asked.id.as_ref(),
        ClientMessage::Ping(asked) => asked.id.as_ref(),
        ClientMessage::Attach(asked) => asked.id.as_ref(),
        ClientMessage::Detach(asked) => asked.id.as_ref(),
        ClientMessage::Receipt(asked) => asked.id.as_ref(),
        ClientMessage::Command(asked) => asked.id.as_ref(),
        ClientMessage::Watch(_) => None,
    }
}

fn check_id(message: &ClientMessage) -> Result<(), ApiError> {
    match id_of(message) {
        Some(id) if id.len() > NAME_BYTES => Err(ApiError {
            field: Some("id".to_owned()),
            ..ApiError::too_large(format!("{NAME_BYTES} bytes"), "the id is too long")
        }),
        _ => Ok(()),
    }
}

impl Conversation for Talk {
    fn begin(&mut self, out: &mut Outbox) {
        let limits = &self.state.config.limits;
        let hello = Hello {
            protocol: 1,
            server_version: env!("CARGO_PKG_VERSION").to_owned(),
            instance: self.state.life.instance.clone(),
            cursor: self.state.ring.cursor(),
            server_time: now(),
            role: self.who.0.role.as_str().to_owned(),
            limits: Limits {
                frame_bytes: limits.frame_bytes as u64,
                subscriptions: limits.subscriptions as u32,
                publish_events: limits.batch_events as u32,
                json_depth: limits.json_depth as u32,
            },
        };
        out.text(&ServerMessage::Hello(hello).to_json());
    }

    fn on_text(&mut self, text: &str, out: &mut Outbox) -> Option<Later> {
        let message = match ClientMessage::from_json(text) {
            Ok(message) => message,
            Err(error) => {
                let error = refusal::of_message(&error);
                out.text(&refusal::frame(refusal::id_of(text), error));
                return None;
            }
        };
        let id = id_of(&message).cloned();
        self.answer(message, out).unwrap_or_else(|error| {
            let id = id.map(|id| id.chars().take(NAME_BYTES).collect());
            out.text(&refusal::frame(id, error));
            None
        })
    }

    fn on_refused(&mut self, limit: Option<usize>, out: &mut Outbox) {
        let error = match limit {
            Some(limit) => ApiError::too_large(format!("{limit} bytes"), "the message is too long"),
            None => ApiError::new(ErrorCode::Malformed, "messages are JSON text, not binary"),
        };
        out.text(&refusal::frame(None, error));
    }

    fn poll_frames(&mut self, cx: &mut Context<'_>, out: &mut Outbox) -> Poll<()> {
        if let Some(steering) = &mut self.steering
            && steering.poll(cx, out).is_ready()
        {
            return Poll::Ready(());
        }
        if let Some(watching) = &mut self.watching
            && watching.poll(cx, out).is_ready()
        {
            return Poll::Ready(());
        }
        let count = self.streams.len();
        for step in 0..count {
            let place = (self.turn + step) % count;
            if self.streams[place].poll(cx, out).is_ready() {
                self.turn = place + 1;
                return Poll::Ready(());
            }
        }
        Poll::Pending
    }

    fn on_tick(&mut self, out: &mut Outbox) {
        for stream in &mut self.streams {
            stream.tick(out);
        }
    }

    fn end(&mut self, why: Farewell, out: &mut Outbox) {
        let (reason, retry_after_ms) = match why {
            Farewell::Shutdown => ("shutdown", 500),
            Farewell::Revoked => ("revoked", 0),
            Farewell::Silent => ("idle", 0),
        };
        let closing = Closing {
            reason: reason.to_owned(),
            retry_after_ms,
        };
        out.text(&ServerMessage::Closing(closing).to_json());
    }
}
