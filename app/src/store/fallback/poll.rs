//! Long polling: a request that waits on the server until something happens.

use std::rc::Rc;

use futures::channel::mpsc::UnboundedReceiver;
use futures::{FutureExt as _, StreamExt as _, select_biased};
use gloo_net::http::Request;
use loopscope_event::Cursor;
use loopscope_protocol::{Events, EventsPoll, ServerMessage, percent_encode};

use super::{Command, End, Entry, Live, Shared};
use crate::store::dispatch::{deliver, refresh};
use crate::world;

/// How long the server may wait with its answer, in seconds.
const WAIT_SECONDS: u32 = 20;
/// The least time between two answers, so that a busy server is not asked without a pause.
const PAUSE_MS: i32 = 1_000;

/// How long an answer may take before the server counts as away, in milliseconds.
const ANSWER_WITHIN_MS: i32 = 3_000;

/// Whether the server answers at all.
pub(in crate::store) async fn is_there() -> bool {
    let mut answer = Box::pin(Request::get("/healthz").send().fuse());
    let mut time = Box::pin(world::sleep(ANSWER_WITHIN_MS).fuse());
    select_biased! {
        answer = answer => answer.is_ok_and(|answer| answer.ok()),
        () = time => false,
    }
}

/// The session that a page follows, and from where, as a query.
pub(super) fn query(entry: &Entry) -> String {
    let wants = entry.listener.wants();
    let mut query = format!("since={}", wants.seen);
    if let Some(session) = wants.stream {
        query.push_str("&session=");
        percent_encode(session.id.as_str(), &mut query);
        query.push_str("&project=");
        percent_encode(session.project.as_str(), &mut query);
    }
    query
}

/// Follows one session, or waits for anything to happen where no page follows one.
pub(super) async fn follow(
    live: Live,
    shared: &Rc<Shared>,
    entry: Option<&Rc<Entry>>,
    commands: &mut UnboundedReceiver<Command>,
    until: f64,
) -> End {
    let mut cursor = None;
    while world::uptime_ms() < until {
        let query = match entry {
            Some(entry) => query(entry),
            None => anything_after(cursor),
        };
        let mut answer = Box::pin(ask(query).fuse());
        let answer = select_biased! {
            answer = answer => answer,
            command = commands.next() => match command {
                Some(Command::Wake) => continue,
                Some(Command::Wants | Command::RetryNow) | None => return End::LookAgain,
            },
        };
        let Some(answer) = answer else {
            return End::Lost;
        };
        match entry {
            Some(entry) if answer.reset.is_some() => {
                refresh(shared, entry);
                return End::LookAgain;
            }
            Some(entry) => take(live, shared, entry, answer),
            None if cursor.is_some() && !answer.events.is_empty() => {
                world::sleep(PAUSE_MS).await;
                return End::LookAgain;
            }
            None => cursor = Some(answer.cursor),
        }
        // The page takes what came before it says again what it has seen.
        world::sleep(PAUSE_MS / 4).await;
    }
    End::LookAgain
}

fn anything_after(cursor: Option<Cursor>) -> String {
    match cursor {
        Some(cursor) => format!("limit=1&since={cursor}"),
        None => "limit=1".to_owned(),
    }
}

fn take(live: Live, shared: &Rc<Shared>, entry: &Rc<Entry>, answer: EventsPoll) {
    let EventsPoll {
        events,
        cursor,
        behind,
        ..
    } = answer;
    let count = events.len();
    let frame = Events {
        id: None,
        events,
        cursor,
        behind,
    };
    deliver(live, shared, entry, ServerMessage::Events(frame), count);
}

async fn ask(query: String) -> Option<EventsPoll> {
    let address = format!("/api/v1/events?wait={WAIT_SECONDS}&{query}");
    let answer = Request::get(&address).send().await.ok()?;
    let text = answer.text().await.ok()?;
    serde_json::from_str(&text).ok()
}
