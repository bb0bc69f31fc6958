//! The sources that are known by name: those of sockets and of requests. In: names. Out: sources, and seats for sockets.
//!
//! A socket that gives no name gets the first of `training`, `training-2`, … that no other socket sits on: one trainer
//! that comes back goes on with its run, two at once do not mix theirs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use loopscope_event::ProjectId;
use loopscope_journal::SourcedSession;
use tokio::time::sleep;

use super::source::{Name, read_note};
use super::{Source, Waiting, settle_marks};
use crate::bridge::Links;
use crate::state::AppState;
use loopscope_dialects::training::Runs;

/// The name of a source that has none.
const NAMELESS: &str = "training";
/// The longest name of a source, in bytes.
const NAME_BYTES: usize = 128;
/// The most sources kept; beyond it one that nobody sits on is forgotten.
const MOST: usize = 4_096;
/// How long a trainer may be away before its runs are given up.
const GRACE: Duration = Duration::from_secs(2);
/// How long it may be away after the server was.
const GRACE_OF_RESTART: Duration = Duration::from_secs(30);

/// The sources; cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Trainers {
    known: Arc<Mutex<Sources>>,
    waiting: Waiting,
}

#[derive(Default)]
struct Sources {
    by_key: HashMap<Key, Known>,
    clock: u64,
}

type Key = (ProjectId, String);

struct Known {
    source: Source,
    /// Sockets that sit on it.
    open: usize,
    used: u64,
}

/// A socket's place on a source. What it said is given up some time after the last of them has left.
pub(crate) struct Seat {
    state: AppState,
    key: Key,
    source: Source,
}

impl Trainers {
    /// How many frames wait to be stored.
    pub(crate) fn waiting(&self) -> Waiting {
        self.waiting.clone()
    }

    /// The source of requests of a name.
    pub(crate) fn of_requests(&self, project: &ProjectId, name: Option<&str>) -> Source {
        let name = name.filter(|name| !name.is_empty()).unwrap_or(NAMELESS);
        let key = (project.clone(), short(name));
        let mut known = self.lock();
        known.at(key).source.clone()
    }

    /// A seat for a socket.
    pub(crate) fn sit(&self, state: &AppState, project: &ProjectId, name: Option<&str>) -> Seat {
        let mut known = self.lock();
        let key = match name.filter(|name| !name.is_empty()) {
            Some(name) => (project.clone(), short(name)),
            None => nameless()
                .map(|name| (project.clone(), name))
                .find(|key| !known.is_open(key))
                .unwrap_or_else(|| (project.clone(), NAMELESS.to_owned())),
        };
        let found = known.at(key.clone());
        found.open += 1;
        let source = found.source.clone();
        source.has_socket();
        source.links(Links::connected);
        Seat {
            state: state.clone(),
            key,
            source,
        }
    }

    /// Takes up the runs that were going on when the server stopped, and gives up those whose trainer does not come
    /// back.
    pub(crate) async fn begin(&self, state: &AppState, left: Vec<SourcedSession>) {
        let mut any = false;
        for session in left {
            let Some((name, had_socket)) = read_note(&session.source) else {
                continue;
            };
            any = true;
            let key = (session.project.clone(), name.to_owned());
            let source = self.lock().at(key).source.clone();
            if had_socket {
                source.has_socket();
            }
            source.resume(state, session).await;
        }
        if !any {
            return;
        }
        let (trainers, state) = (self.clone(), state.clone());
        state.life.tasks.clone().spawn(async move {
            tokio::select! {
                () = sleep(GRACE_OF_RESTART) => {}
                () = state.life.shutdown.cancelled() => return,
            }
            trainers.give_up_absent(&state).await;
        });
    }

    async fn give_up_absent(&self, state: &AppState) {
        let absent: Vec<Source> = {
            let known = self.lock();
            let absent = known.by_key.values().filter(|known| known.open == 0);
            let absent = absent.map(|known| known.source.clone());
            absent.filter(Source::had_socket).collect()
        };
        for source in absent {
            let marks = source.links(Links::grace_over);
            settle_marks(state, &source, marks, "not back since the server started").await;
        }
    }

    /// A socket left. Whether it was the last one on its source.
    fn leave(&self, key: &Key) -> bool {
        let mut known = self.lock();
        let Some(found) = known.by_key.get_mut(key) else {
            return false;
        };
        found.open = found.open.saturating_sub(1);
        if found.open == 0 {
            found.source.links(Links::disconnected);
        }
        found.open == 0
    }

    fn is_open(&self, key: &Key) -> bool {
        self.lock().is_open(key)
    }

    fn lock(&self) -> MutexGuard<'_, Sources> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// The source that it is on.
    pub(crate) const fn source(&self) -> &Source {
        &self.source
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let trainers = self.state.trainers.clone();
        if !trainers.leave(&self.key) || self.state.life.is_stopping() {
            return;
        }
        let (state, key, source) = (self.state.clone(), self.key.clone(), self.source.clone());
        self.state.life.tasks.spawn(async move {
            tokio::select! {
                () = sleep(GRACE) => {}
                () = state.life.shutdown.cancelled() => return,
            }
            if !trainers.is_open(&key) {
                let marks = source.links(Links::grace_over);
                settle_marks(&state, &source, marks, "its connection closed").await;
            }
        });
    }
}

/// A name within its bound.
fn short(name: &str) -> String {
    let end = name.floor_char_boundary(NAME_BYTES);
    name[..end].to_owned()
}

fn nameless() -> impl Iterator<Item = String> {
    let more = (2..=MOST).map(|number| format!("{NAMELESS}-{number}"));
    std::iter::once(NAMELESS.to_owned()).chain(more)
}

impl Sources {
    /// The source of a name, made where there is none.
    fn at(&mut self, key: Key) -> &mut Known {
        if self.by_key.len() >= MOST && !self.by_key.contains_key(&key) {
            self.forget_one();
        }
        self.clock += 1;
        let found = self.by_key.entry(key).or_insert_with_key(|key| Known {
            source: source(key),
            open: 0,
            used: 0,
        });
        found.used = self.clock;
        found
    }

    fn is_open(&self, key: &Key) -> bool {
        self.by_key.get(key).is_some_and(|known| known.open > 0)
    }

    fn forget_one(&mut self) {
        let idle = self.by_key.iter().filter(|(_, known)| known.open == 0);
        let oldest = idle.min_by_key(|(_, known)| known.used);
        if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
            self.by_key.remove(&oldest);
        }
    }
}

fn source((project, name): &Key) -> Source {
    let given = Name::Given(name.as_str().into());
    let runs = Runs::new(name.as_str());
    Source::new(project.clone(), given, Some(runs), Links::default())
}
