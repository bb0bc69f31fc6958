//! Who listens on this page, and what waits for them until the next picture.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use leptos::prelude::*;
use loopscope_event::Cursor;
use loopscope_protocol::{ClientMessage, ServerMessage, StreamFilter, Subscribe, Watch};

use super::wake::on_wake;
use super::{Listener, Live, Wants, keep};
use crate::world;

/// What the rest of the page asks of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Command {
    /// What the pages want has changed.
    Wants,
    /// The page may have slept, or was looked at again.
    Wake,
    /// Somebody pressed the badge.
    RetryNow,
}

/// One page that listens, and what waits for it.
pub(super) struct Entry {
    pub(super) listener: Rc<dyn Listener>,
    id: u32,
    /// Rises with each subscription, so that frames of an older one are told apart.
    generation: Cell<u32>,
    /// Whether its stream stands on the connection that is open.
    pub(super) subscribed: Cell<bool>,
    /// Whether its snapshot must be loaded, or is being loaded: what comes until then is not for it.
    pub(super) outdated: Cell<bool>,
    pub(super) loading: Cell<bool>,
    pub(super) queue: RefCell<Vec<ServerMessage>>,
    pub(super) queued_events: Cell<usize>,
}

/// Everything that the connection and the pages share.
pub(super) struct Shared {
    pub(super) entries: RefCell<Vec<Rc<Entry>>>,
    pub(super) scheduled: Cell<bool>,
    /// Streams of pages that are gone; the server is told.
    pub(super) ended: RefCell<Vec<String>>,
    next_id: Cell<u32>,
    commands: UnboundedSender<Command>,
    receiver: RefCell<Option<UnboundedReceiver<Command>>>,
}

/// A handle to it.
#[derive(Clone, Copy)]
pub(super) struct Hub(pub(super) StoredValue<Rc<Shared>, LocalStorage>);

impl Hub {
    pub(super) fn new() -> Self {
        let (commands, receiver) = unbounded();
        Self(StoredValue::new_local(Rc::new(Shared {
            entries: RefCell::default(),
            scheduled: Cell::new(false),
            ended: RefCell::default(),
            next_id: Cell::new(1),
            commands,
            receiver: RefCell::new(Some(receiver)),
        })))
    }

    /// Starts the connection; once.
    pub(super) fn start(self, live: Live) {
        let shared = self.0.get_value();
        let Some(receiver) = shared.receiver.borrow_mut().take() else {
            return;
        };
        let wake = shared.commands.clone();
        on_wake(move || {
            if !world::is_hidden() {
                let _ = wake.unbounded_send(Command::Wake);
            }
        });
        leptos::task::spawn_local(keep::keep(live, shared, receiver));
    }

    /// Adds a listener. Out: what takes it away again.
    pub(super) fn attach(self, listener: impl Listener) -> impl FnOnce() + Send + Sync + 'static {
        let shared = self.0.get_value();
        let id = shared.next_id.replace(shared.next_id.get() + 1);
        shared.entries.borrow_mut().push(Rc::new(Entry {
            listener: Rc::new(listener),
            id,
            generation: Cell::new(0),
            subscribed: Cell::new(false),
            outdated: Cell::new(false),
            loading: Cell::new(false),
            queue: RefCell::default(),
            queued_events: Cell::new(0),
        }));
        shared.send(Command::Wants);
        let hub = self;
        move || {
            if let Some(shared) = hub.0.try_get_value() {
                shared.remove(id);
            }
        }
    }

    pub(super) fn retry_now(self) {
        self.0.get_value().send(Command::RetryNow);
    }
}

impl Shared {
    pub(super) fn send(&self, command: Command) {
        // Nobody receives only when the page is going away.
        let _ = self.commands.unbounded_send(command);
    }

    fn remove(&self, id: u32) {
        self.entries.borrow_mut().retain(|entry| {
            if entry.id == id && entry.subscribed.get() {
                self.ended.borrow_mut().push(entry.stream_id());
            }
            entry.id != id
        });
        self.send(Command::Wants);
    }

    /// Whether this entry is still listening.
    pub(super) fn has(&self, wanted: &Rc<Entry>) -> bool {
        self.entries
            .borrow()
            .iter()
            .any(|entry| Rc::ptr_eq(entry, wanted))
    }

    /// What all pages together want to be told of.
    pub(super) fn watch(&self) -> ClientMessage {
        let wants = self.entries.borrow();
        let wants = wants.iter().map(|entry| entry.listener.wants());
        let none = Watch {
            sessions: false,
            metrics: true,
            decisions: false,
            alerts: false,
            widgets: false,
            preview_per_second: None,
            preview_lines: true,
            project: None,
        };
        ClientMessage::Watch(wants.fold(none, |watch, wants| Watch {
            sessions: watch.sessions || wants.sessions,
            decisions: watch.decisions || wants.decisions,
            alerts: watch.alerts || wants.alerts,
            widgets: watch.widgets || wants.widgets,
            preview_per_second: watch.preview_per_second.max(wants.preview_per_second),
            ..watch
        }))
    }
}

impl Entry {
    /// The name of its stream on the connection.
    pub(super) fn stream_id(&self) -> String {
        format!("{}.{}", self.id, self.generation.get())
    }

    /// A subscription from where it stands; `None` where it has one, wants none, or waits for its snapshot.
    pub(super) fn subscribe(&self) -> Option<ClientMessage> {
        if self.subscribed.get() || self.outdated.get() {
            return None;
        }
        let Wants { stream, seen, .. } = self.listener.wants();
        let session = stream?;
        self.subscribed.set(true);
        self.generation.set(self.generation.get() + 1);
        Some(ClientMessage::Subscribe(Subscribe {
            id: Some(self.stream_id()),
            since: Some(seen),
            filter: StreamFilter {
                project: Some(session.project),
                session: Some(session.id),
                ..StreamFilter::default()
            },
            batch: true,
        }))
    }

    /// Whether its snapshot is behind a server that is at `newest`, with no stream to bring the rest.
    pub(super) fn is_behind(&self, newest: Cursor) -> bool {
        let wants = self.listener.wants();
        let lists = wants.sessions
            || wants.decisions
            || wants.alerts
            || wants.widgets
            || wants.preview_per_second.is_some();
        wants.stream.is_none() && lists && wants.seen != newest
    }
}
