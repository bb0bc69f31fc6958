//! A client that outlives a fork. In: how it is made. Out: the client of this process.
//!
//! A forked child has none of its parent's threads, and locks that they held are held for ever. So what the parent made
//! is never touched in a child, not even to drop it: the child makes its own when it first says something. What the
//! parent had not sent yet stays the parent's, which sends it.
//!
//! The lock of a cell is held only by threads that are attached to the interpreter, as the one that forks is: in a child
//! it is therefore free.

use std::mem;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use loopscope_client::{Client, ClientBuilder, Counters, Error};
use pyo3::prelude::*;

use crate::words::Words;

/// How often this process was forked from one that had loaded the library.
static FORKS: AtomicU64 = AtomicU64::new(0);

/// Counts a fork, in the child.
pub(crate) fn forked() {
    FORKS.fetch_add(1, Relaxed);
}

/// What this process counts; a value that was made under another count is a parent's.
pub(crate) fn forks() -> u64 {
    FORKS.load(Relaxed)
}

/// See the module.
pub(crate) struct Cell {
    builder: ClientBuilder,
    tell: Arc<Py<PyAny>>,
    live: Mutex<Live>,
}

struct Live {
    forks: u64,
    /// None: closed.
    open: Option<Open>,
    /// The counters when it was closed.
    last: Counters,
}

struct Open {
    client: Client,
    words: Arc<Words>,
}

impl Cell {
    /// Makes the client, so that what cannot work is said at once.
    pub(crate) fn open(
        py: Python<'_>,
        builder: ClientBuilder,
        tell: Py<PyAny>,
    ) -> Result<Self, Error> {
        let tell = Arc::new(tell);
        let open = py.detach(|| Open::new(&builder, &tell))?;
        Ok(Self {
            builder,
            tell,
            live: Mutex::new(Live {
                forks: forks(),
                open: Some(open),
                last: Counters::default(),
            }),
        })
    }

    /// The client of this process; `None` where it is closed.
    pub(crate) fn client(&self) -> Result<Option<Client>, Error> {
        let mut live = self.live();
        if live.forks != forks() && live.open.is_some() {
            mem::forget(live.open.take());
            live.open = Some(Open::new(&self.builder, &self.tell)?);
            live.forks = forks();
        }
        Ok(live.open.as_ref().map(|open| open.client.clone()))
    }

    /// What became of the events so far, also after the end.
    pub(crate) fn counters(&self) -> Result<Counters, Error> {
        let client = self.client()?;
        Ok(client.map_or_else(|| self.live().last, |client| client.counters()))
    }

    /// Ends it, and waits for nothing but its thread. What waits stays on disk.
    pub(crate) fn close(&self, py: Python<'_>) {
        let mut live = self.live();
        let Some(open) = live.open.take() else { return };
        if live.forks != forks() {
            mem::forget(open);
            return;
        }
        live.last = open.client.counters();
        drop(live);
        let Open { client, words } = open;
        py.detach(|| drop(client));
        words.settle(py);
    }

    fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Cell {
    fn drop(&mut self) {
        let live = self.live.get_mut().unwrap_or_else(PoisonError::into_inner);
        if live.forks != forks() {
            mem::forget(live.open.take());
        }
    }
}

impl Open {
    fn new(builder: &ClientBuilder, tell: &Arc<Py<PyAny>>) -> Result<Self, Error> {
        let words = Words::new(Arc::clone(tell));
        let heard = Arc::clone(&words);
        let builder = builder.clone().on_trouble(move |words| heard.say(words));
        let client = builder.build()?;
        Ok(Self { client, words })
    }
}
