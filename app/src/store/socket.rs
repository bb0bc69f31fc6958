//! One WebSocket from its opening to its end.

use std::rc::Rc;

use futures::channel::mpsc::UnboundedReceiver;
use futures::stream::SplitSink;
use futures::{FutureExt as _, SinkExt as _, StreamExt as _, select_biased};
use gloo_net::websocket::Message;
use gloo_net::websocket::futures::WebSocket;
use leptos::prelude::*;
use loopscope_protocol::{ClientMessage, Ping, ServerMessage, Unsubscribe};

use super::dispatch::{refresh, route, set_link};
use super::hub::{Command, Shared};
use super::pulse::{Act, Pulse};
use super::{Link, Live};
use crate::world;

/// How one connection ended.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Ended {
    /// Whether the server ever said hello.
    pub(super) greeted: bool,
    /// When the server asked to come back, in milliseconds.
    pub(super) retry_after_ms: Option<u32>,
}

/// How often the pulse is looked at.
const LOOK_EVERY_MS: i32 = 500;

type Out = SplitSink<WebSocket, Message>;

/// Opens a socket and serves it until it ends, dies, or the server closes it.
pub(super) async fn talk(
    live: Live,
    shared: &Rc<Shared>,
    commands: &mut UnboundedReceiver<Command>,
) -> Ended {
    let mut ended = Ended::default();
    let Ok(socket) = WebSocket::open(&address()) else {
        return ended;
    };
    let (mut out, frames) = socket.split();
    let mut frames = frames.fuse();
    let mut pulse = Pulse::new(world::uptime_ms());
    let mut look = Box::pin(world::sleep(LOOK_EVERY_MS).fuse());
    loop {
        select_biased! {
            frame = frames.next() => match frame {
                Some(Ok(Message::Text(text))) => {
                    pulse.heard(world::uptime_ms());
                    // A newer server may send what this page does not know; it passes over it.
                    if let Ok(message) = ServerMessage::for_page(&text) {
                        hear(live, shared, &mut out, &mut pulse, &mut ended, message).await;
                    }
                }
                Some(Ok(Message::Bytes(_))) => {}
                Some(Err(_)) | None => return ended,
            },
            command = commands.next() => match command {
                Some(Command::Wants) if ended.greeted => tell_wants(shared, &mut out).await,
                Some(Command::Wants) => {}
                Some(Command::Wake | Command::RetryNow) => pulse.woke(world::uptime_ms()),
                None => return ended,
            },
            () = look => look = Box::pin(world::sleep(LOOK_EVERY_MS).fuse()),
        }
        match pulse.act(world::uptime_ms()) {
            Act::Wait => {}
            Act::Ping => send(&mut out, &ClientMessage::Ping(Ping { id: None })).await,
            Act::GiveUp => return ended,
        }
    }
}

/// Takes one frame: what is about the connection itself here, the rest to the pages.
async fn hear(
    live: Live,
    shared: &Rc<Shared>,
    out: &mut Out,
    pulse: &mut Pulse,
    ended: &mut Ended,
    message: ServerMessage,
) {
    match message {
        ServerMessage::Hello(hello) => {
            ended.greeted = true;
            pulse.greeted(world::uptime_ms());
            live.correct_clock(hello.server_time);
            set_link(
                live,
                Link::Live {
                    round_trip_ms: None,
                },
            );
            for entry in shared.entries.borrow().iter() {
                entry.subscribed.set(false);
                if entry.outdated.get() || entry.is_behind(hello.cursor) {
                    refresh(shared, entry);
                }
            }
            shared.ended.borrow_mut().clear();
            tell_wants(shared, out).await;
        }
        ServerMessage::Pong(pong) => {
            live.correct_clock(pong.server_time);
            let round_trip_ms = pulse.answered(world::uptime_ms());
            if let Link::Live { .. } = live.link.get_untracked() {
                set_link(live, Link::Live { round_trip_ms });
            }
        }
        ServerMessage::Closing(closing) => {
            let wait = closing
                .retry_after_ms
                .min(u64::from(super::backoff::MAX_MS));
            ended.retry_after_ms = u32::try_from(wait).ok();
        }
        message => route(live, shared, message),
    }
}

/// Tells the server what the pages want now, and which streams nobody reads any more.
async fn tell_wants(shared: &Rc<Shared>, out: &mut Out) {
    let ended = shared.ended.take();
    for id in ended {
        let id = Some(id);
        send(out, &ClientMessage::Unsubscribe(Unsubscribe { id })).await;
    }
    send(out, &shared.watch()).await;
    let entries = shared.entries.borrow().clone();
    for entry in entries {
        if let Some(subscribe) = entry.subscribe() {
            send(out, &subscribe).await;
        }
    }
}

async fn send(out: &mut Out, message: &ClientMessage) {
    // A socket that cannot send has ended, which its stream of frames says next.
    let _ = out.send(Message::Text(message.to_json())).await;
}

fn address() -> String {
    // http becomes ws, https becomes wss.
    format!("{}/ws/v1", world::origin().replacen("http", "ws", 1))
}
