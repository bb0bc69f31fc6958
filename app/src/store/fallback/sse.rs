//! A session's events as server-sent events.

use std::rc::Rc;

use futures::channel::mpsc::UnboundedReceiver;
use futures::{FutureExt as _, StreamExt as _, select_biased};
use gloo_net::eventsource::State;
use gloo_net::eventsource::futures::EventSource;
use loopscope_protocol::{EventFrame, ServerMessage};

use super::poll::query;
use super::{Command, End, Entry, Live, Shared};
use crate::store::Link;
use crate::store::dispatch::{deliver, refresh, set_link};
use crate::world;

/// How long it may take to open.
const OPEN_WITHIN_MS: f64 = 5_000.0;
/// How often its state is looked at.
const LOOK_EVERY_MS: i32 = 250;

/// Follows one session until there is a reason to look again.
pub(super) async fn follow(
    live: Live,
    shared: &Rc<Shared>,
    entry: &Rc<Entry>,
    commands: &mut UnboundedReceiver<Command>,
    until: f64,
) -> End {
    let address = format!("/api/v1/stream?{}", query(entry));
    let Ok(mut source) = EventSource::new(&address) else {
        return End::Refused;
    };
    let (Ok(mut events), Ok(mut resets)) = (source.subscribe("event"), source.subscribe("reset"))
    else {
        return End::Refused;
    };
    let opened_at = world::uptime_ms();
    let mut look = Box::pin(world::sleep(LOOK_EVERY_MS).fuse());
    loop {
        select_biased! {
            event = events.next().fuse() => match event {
                Some(Ok((_, message))) => {
                    set_link(live, Link::Live { round_trip_ms: None });
                    if let Some(event) = message.data().as_string().and_then(|text| serde_json::from_str(&text).ok()) {
                        let frame = EventFrame { id: None, event };
                        deliver(live, shared, entry, ServerMessage::Event(frame), 1);
                    }
                }
                _ => return End::Refused,
            },
            reset = resets.next().fuse() => {
                if reset.is_some() {
                    refresh(shared, entry);
                }
                return End::LookAgain;
            }
            command = commands.next() => match command {
                Some(Command::Wake) => {}
                Some(Command::Wants | Command::RetryNow) | None => return End::LookAgain,
            },
            () = look => {
                let now = world::uptime_ms();
                match source.state() {
                    State::Open if now > until => return End::LookAgain,
                    State::Open => set_link(live, Link::Live { round_trip_ms: None }),
                    State::Connecting if now - opened_at < OPEN_WITHIN_MS => {}
                    State::Connecting | State::Closed => return End::Refused,
                }
                look = Box::pin(world::sleep(LOOK_EVERY_MS).fuse());
            }
        }
    }
}
