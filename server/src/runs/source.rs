//! One source: its state machine of runs, and which of its sessions are heard. Cheap to clone; sockets and requests of one
//! name share it.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use loopscope_event::{Dialect, Kind, NewEvent, ProjectId};
use loopscope_journal::{EventFilter, EventOrder, EventQuery, SourcedSession};
use loopscope_protocol::SessionStatus;

use crate::bridge::{Links, Mark};
use crate::state::AppState;
use loopscope_dialects::training::Runs;

/// How notes of sources that gave a name begin, by what they came over.
const SOCKET: &str = "training:socket:";
const REQUEST: &str = "training:request:";

/// The note of a source that gave its name.
fn noted(name: &str, had_socket: bool) -> String {
    let begins = if had_socket { SOCKET } else { REQUEST };
    format!("{begins}{name}")
}

/// The name in a note, and whether there was a socket; `None` where it was made elsewhere.
pub(crate) fn read_note(noted: &str) -> Option<(&str, bool)> {
    let socket = noted.strip_prefix(SOCKET).map(|name| (name, true));
    socket.or_else(|| noted.strip_prefix(REQUEST).map(|name| (name, false)))
}

/// See the module.
#[derive(Clone)]
pub(crate) struct Source {
    state: Arc<Mutex<State>>,
    project: ProjectId,
    name: Name,
}

/// What a source is called.
#[derive(Clone)]
pub(crate) enum Name {
    /// The address that it is dialled at.
    Address(Arc<str>),
    /// The name that it gave.
    Given(Arc<str>),
}

struct State {
    runs: Option<Runs>,
    links: Links,
    /// Whether it ever had a socket: what comes by requests alone is never given up, as nobody says when it ends.
    had_socket: bool,
}

/// A mark, and the event of the batch that gave rise to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Due {
    /// Which event of the batch.
    pub at: usize,
    /// What to tell.
    pub mark: Mark,
}

impl Source {
    /// A source; one without `runs` leaves events where they are.
    pub(crate) fn new(project: ProjectId, name: Name, runs: Option<Runs>, links: Links) -> Self {
        let state = State {
            runs,
            links,
            had_socket: false,
        };
        Self {
            state: Arc::new(Mutex::new(state)),
            project,
            name,
        }
    }

    /// Its project.
    pub(crate) const fn project(&self) -> &ProjectId {
        &self.project
    }

    /// What the journal notes with its sessions.
    pub(crate) fn noted(&self) -> Cow<'_, str> {
        match &self.name {
            Name::Address(address) => Cow::Borrowed(address),
            Name::Given(name) => Cow::Owned(noted(name, self.had_socket())),
        }
    }

    /// Whether it ever had a socket.
    pub(crate) fn had_socket(&self) -> bool {
        self.lock().had_socket
    }

    /// It has, or had, a socket.
    pub(crate) fn has_socket(&self) {
        self.lock().had_socket = true;
    }

    /// Gives events their session. What is to be told of sessions is told behind the events.
    pub(crate) fn place(&self, events: &mut [NewEvent]) -> Vec<Due> {
        let mut state = self.lock();
        let state = &mut *state;
        let mut due = Vec::new();
        for (at, event) in events.iter_mut().enumerate() {
            let closed = match &mut state.runs {
                Some(runs) if event.dialect == Dialect::Training => runs.place(event),
                Some(_) => continue,
                None => None,
            };
            let marks = closed.and_then(|session| state.links.left_behind(&session));
            let marks = marks
                .into_iter()
                .chain(state.links.heard(&event.session_id));
            due.extend(marks.map(|mark| Due { at, mark }));
            if matches!(event.kind, Kind::SessionEnded | Kind::Converged) {
                state.links.ended(&event.session_id);
            }
        }
        due
    }

    /// Lets its links do something, and answers what they say.
    pub(crate) fn links<T>(&self, act: impl FnOnce(&mut Links) -> T) -> T {
        act(&mut self.lock().links)
    }

    /// A run that was going on when the server stopped.
    pub(crate) async fn resume(&self, app: &AppState, left: SourcedSession) {
        let group = if self.lock().runs.is_some() {
            group_of(app, &left).await
        } else {
            None
        };
        let is_lost = left.status == SessionStatus::Interrupted.as_str();
        let mut state = self.lock();
        if let Some(runs) = &mut state.runs {
            runs.seed(group.as_deref(), left.session_id.clone());
        }
        state.links.remember(left.session_id, is_lost);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The cohort of a run, as its newest events say.
async fn group_of(app: &AppState, left: &SourcedSession) -> Option<String> {
    let query = EventQuery {
        order: EventOrder::SeqDescending,
        limit: 16,
        filter: EventFilter {
            dialects: vec![Dialect::Training],
            ..EventFilter::default()
        },
        ..EventQuery::default()
    };
    let page = app
        .journal
        .session_events(&left.project, &left.session_id, &query)
        .await;
    let events = match page {
        Ok(page) => page.events,
        Err(error) => {
            tracing::warn!(%error, session = %left.session_id, "a run's cohort could not be read");
            return None;
        }
    };
    events.iter().find_map(|event| {
        let data = event.data.value();
        let said = [&data["_envelope"]["group_id"], &data["group_id"]];
        let said = said.into_iter().find_map(|group| group.as_str());
        said.filter(|group| !group.is_empty()).map(str::to_owned)
    })
}
