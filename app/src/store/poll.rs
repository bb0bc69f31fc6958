//! Where no socket can be had but requests work: the page is loaded anew every few seconds.

use std::rc::Rc;

use futures::channel::mpsc::UnboundedReceiver;
use futures::{FutureExt as _, StreamExt as _, select_biased};

use super::dispatch::set_link;
use super::hub::{Command, Shared};
use super::{Link, Live};
use crate::world;

const EVERY_MS: i32 = 2_000;
/// How often it polls before a socket is tried again.
const ROUNDS: u32 = 15;

/// Polls for half a minute. Out: whether the server answered all that time; false at its first silence.
pub(super) async fn run(
    live: Live,
    shared: &Rc<Shared>,
    commands: &mut UnboundedReceiver<Command>,
) -> bool {
    for _ in 0..ROUNDS {
        let entries = shared.entries.borrow().clone();
        if entries.is_empty()
            && gloo_net::http::Request::get("/healthz")
                .send()
                .await
                .is_err()
        {
            return false;
        }
        for entry in entries {
            if !entry.listener.refresh().await {
                return false;
            }
            entry.outdated.set(false);
        }
        set_link(live, Link::Polling);
        let mut time = Box::pin(world::sleep(EVERY_MS).fuse());
        select_biased! {
            command = commands.next() => match command {
                Some(Command::RetryNow) | None => return true,
                Some(Command::Wants | Command::Wake) => {}
            },
            () = time => {}
        }
    }
    true
}
