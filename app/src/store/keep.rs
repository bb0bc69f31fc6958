//! Keeps the page connected, for ever: one connection after another, with waits that grow and end early when
//! somebody looks.

use std::rc::Rc;

use futures::channel::mpsc::UnboundedReceiver;
use futures::{FutureExt as _, StreamExt as _, select_biased};
use loopscope_event::Duration;

use super::backoff;
use super::dispatch::set_link;
use super::hub::{Command, Shared};
use super::{Link, Live, fallback, socket};
use crate::world;

/// How many sockets must fail in a row, while requests are answered, before requests take their place.
const SOCKETS_BEFORE_FALLBACK: u32 = 2;

/// Never returns while the page lives.
pub(super) async fn keep(live: Live, shared: Rc<Shared>, mut commands: UnboundedReceiver<Command>) {
    let mut failures = 0;
    let mut blocked = 0;
    set_link(live, Link::Connecting);
    loop {
        let ended = socket::talk(live, &shared, &mut commands).await;
        failures = if ended.greeted { 0 } else { failures + 1 };
        // A server that is away answers nothing, and is back on a socket: only one that answers blocks sockets.
        let is_blocked = !ended.greeted && fallback::is_there().await;
        blocked = if is_blocked { blocked + 1 } else { 0 };
        if blocked >= SOCKETS_BEFORE_FALLBACK && fallback::run(live, &shared, &mut commands).await {
            continue;
        }
        let chance = js_sys::Math::random();
        let millis = match ended.retry_after_ms {
            Some(asked) => asked + backoff::spread(asked.max(500), chance) / 2,
            None => backoff::wait_ms(failures, chance),
        };
        wait(live, millis, &mut commands).await;
    }
}

/// Waits for the next attempt: its time, a look at the page, or a press on the badge.
async fn wait(live: Live, millis: u32, commands: &mut UnboundedReceiver<Command>) {
    live.tick();
    let retry_at = live.clock().plus(Duration::from_millis(millis.into()));
    set_link(live, Link::Offline { retry_at });
    let mut time = Box::pin(world::sleep(millis as i32).fuse());
    loop {
        select_biased! {
            command = commands.next() => match command {
                Some(Command::Wants) => {}
                Some(Command::Wake | Command::RetryNow) | None => break,
            },
            () = time => break,
        }
    }
    let retry_at = live.clock();
    set_link(live, Link::Offline { retry_at });
}
