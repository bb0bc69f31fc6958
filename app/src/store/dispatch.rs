//! Frames on their way from the socket to the pages: routed, queued within bounds, handed over once a picture.

use std::rc::Rc;

use leptos::prelude::*;
use loopscope_protocol::ServerMessage;

use super::guard::while_there;
use super::hub::{Command, Entry, Shared};
use super::{Link, Live, Taken};
use crate::world;

/// The most events that wait for one picture. Beyond, loading the snapshot anew is the shorter way.
const MAX_QUEUED_EVENTS: usize = 20_000;

/// Routes one frame to the pages that it is for.
pub(super) fn route(live: Live, shared: &Rc<Shared>, message: ServerMessage) {
    let entries = shared.entries.borrow().clone();
    match &message {
        ServerMessage::Metrics(frame) => {
            live.correct_clock(frame.server_time);
            live.metrics.set(Some(frame.clone()));
        }
        ServerMessage::Sessions(_)
        | ServerMessage::Preview(_)
        | ServerMessage::Decisions(_)
        | ServerMessage::Alerts(_)
        | ServerMessage::Widgets(_) => {
            for entry in entries {
                queue(&entry, message.clone(), 1);
            }
            schedule(live, shared);
        }
        ServerMessage::Events(events) => {
            match events.behind {
                Some(behind) if behind > 0 => set_link(live, Link::CatchingUp { behind }),
                _ => caught_up(live),
            }
            let count = events.events.len();
            stream(live, shared, &entries, events.id.clone(), message, count);
        }
        ServerMessage::Event(event) => {
            stream(live, shared, &entries, event.id.clone(), message, 1);
        }
        ServerMessage::Cursor(cursor) => {
            stream(live, shared, &entries, cursor.id.clone(), message, 0);
        }
        ServerMessage::Reset(reset) => {
            for entry in entries {
                if reset.id.as_deref() == Some(&*entry.stream_id()) {
                    refresh(shared, &entry);
                }
            }
        }
        _ => {}
    }
}

/// Changes the link where it is another.
pub(super) fn set_link(live: Live, link: Link) {
    if live.link.get_untracked() != link {
        live.link.set(link);
    }
}

/// The link is live; keeps the round trip that is known.
fn caught_up(live: Live) {
    if !matches!(live.link.get_untracked(), Link::Live { .. }) {
        set_link(
            live,
            Link::Live {
                round_trip_ms: None,
            },
        );
    }
}

fn stream(
    live: Live,
    shared: &Rc<Shared>,
    entries: &[Rc<Entry>],
    id: Option<String>,
    message: ServerMessage,
    events: usize,
) {
    let own = entries
        .iter()
        .find(|entry| id.as_deref() == Some(&*entry.stream_id()));
    if let Some(entry) = own {
        deliver(live, shared, entry, message, events);
    }
}

/// Hands a frame to one page, before the next picture.
pub(super) fn deliver(
    live: Live,
    shared: &Rc<Shared>,
    entry: &Entry,
    message: ServerMessage,
    events: usize,
) {
    queue(entry, message, events);
    schedule(live, shared);
}

fn queue(entry: &Entry, message: ServerMessage, events: usize) {
    if entry.outdated.get() {
        return;
    }
    let waiting = entry.queued_events.get() + events;
    if waiting > MAX_QUEUED_EVENTS {
        entry.outdated.set(true);
        entry.queue.borrow_mut().clear();
        entry.queued_events.set(0);
    } else {
        entry.queued_events.set(waiting);
        entry.queue.borrow_mut().push(message);
    }
}

/// Hands over what waits before the next picture.
fn schedule(live: Live, shared: &Rc<Shared>) {
    if shared.scheduled.replace(true) {
        return;
    }
    let shared = Rc::clone(shared);
    world::next_frame(move || {
        shared.scheduled.set(false);
        let entries = shared.entries.borrow().clone();
        for entry in entries {
            let messages = std::mem::take(&mut *entry.queue.borrow_mut());
            entry.queued_events.set(0);
            let gap = !messages.is_empty() && entry.listener.take(messages) == Taken::Gap;
            if gap || entry.outdated.get() {
                refresh(&shared, &entry);
            }
        }
        live.tick();
    });
}

/// Loads a page's snapshot anew, as long as the page is there. Out: whether that was done.
pub(super) async fn load(shared: &Rc<Shared>, entry: &Rc<Entry>) -> bool {
    let (shared, own) = (Rc::clone(shared), Rc::clone(entry));
    let loaded = while_there(move || shared.has(&own), entry.listener.refresh()).await;
    loaded == Some(true)
}

/// Loads a page's snapshot anew, then subscribes from it. What comes in between is not for it.
pub(super) fn refresh(shared: &Rc<Shared>, entry: &Rc<Entry>) {
    entry.outdated.set(true);
    if entry.loading.replace(true) {
        return;
    }
    let (shared, entry) = (Rc::clone(shared), Rc::clone(entry));
    leptos::task::spawn_local(async move {
        let loaded = load(&shared, &entry).await;
        entry.loading.set(false);
        if loaded && shared.has(&entry) {
            entry.outdated.set(false);
            entry.subscribed.set(false);
            shared.send(Command::Wants);
        }
    });
}
