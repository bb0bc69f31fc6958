//! Where no WebSocket can be had but requests work: server-sent events for a session's page, else long polling.
//!
//! A session's events come over either way and are folded like those of a socket. A page over many sessions asks
//! whether anything happened, and loads its rows anew when it did. After half a minute a socket is tried again.

mod poll;
mod sse;

use std::rc::Rc;

use futures::channel::mpsc::UnboundedReceiver;

use super::Live;
use super::dispatch::{load, set_link};
use super::hub::{Command, Entry, Shared};
use super::link::Link;
use crate::world;

pub(super) use poll::is_there;

/// How long it goes on before a socket is tried again, in milliseconds.
const TRY_SOCKET_EVERY_MS: f64 = 30_000.0;

/// Why one way of following ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Something is to be looked at anew: a page came or went, time is up, somebody pressed the badge.
    LookAgain,
    /// This way does not work here.
    Refused,
    /// The server is silent.
    Lost,
}

/// Follows without a socket. Out: whether the server answered all that time; false at its first silence.
pub(super) async fn run(
    live: Live,
    shared: &Rc<Shared>,
    commands: &mut UnboundedReceiver<Command>,
) -> bool {
    let until = world::uptime_ms() + TRY_SOCKET_EVERY_MS;
    let mut streams = true;
    while world::uptime_ms() < until {
        if !bring_up_to_date(shared).await {
            return false;
        }
        let entry = stream_of(shared);
        let end = match &entry {
            Some(entry) if streams => sse::follow(live, shared, entry, commands, until).await,
            _ => {
                set_link(live, Link::Polling);
                poll::follow(live, shared, entry.as_ref(), commands, until).await
            }
        };
        match end {
            End::LookAgain => {}
            End::Refused => streams = false,
            End::Lost => return false,
        }
    }
    true
}

/// The page that wants a session's events.
fn stream_of(shared: &Shared) -> Option<Rc<Entry>> {
    let entries = shared.entries.borrow();
    let own = entries
        .iter()
        .find(|entry| entry.listener.wants().stream.is_some());
    own.cloned()
}

/// Loads what is outdated, and every page that no stream keeps true. Out: whether the server answered.
async fn bring_up_to_date(shared: &Rc<Shared>) -> bool {
    let entries = shared.entries.borrow().clone();
    if entries.is_empty() {
        return poll::is_there().await;
    }
    for entry in entries {
        let streams = entry.listener.wants().stream.is_some();
        if entry.outdated.get() || !streams {
            // A page that went away meanwhile says nothing of the server.
            if !load(shared, &entry).await && shared.has(&entry) {
                return false;
            }
            entry.outdated.set(false);
        }
    }
    true
}
