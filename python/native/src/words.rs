//! What went wrong behind the program's back, in words, brought to a function of Python.
//!
//! In: words, from the client's own thread, which must never wait for the interpreter. Out: calls, from a thread that is
//! there only while there is something to tell; at the end, from whoever closes the client.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pyo3::prelude::*;

/// How long the end waits for words that are being told.
const PATIENCE: Duration = Duration::from_secs(1);

/// See the module.
pub(crate) struct Words {
    tell: Arc<Py<PyAny>>,
    state: Mutex<State>,
    idle: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<String>,
    /// Whether a thread tells them.
    telling: bool,
}

impl Words {
    pub(crate) fn new(tell: Arc<Py<PyAny>>) -> Arc<Self> {
        Arc::new(Self {
            tell,
            state: Mutex::default(),
            idle: Condvar::new(),
        })
    }

    /// Takes words and returns.
    pub(crate) fn say(self: &Arc<Self>, words: &str) {
        let mut state = self.state();
        state.waiting.push_back(words.to_owned());
        if state.telling {
            return;
        }
        let words = Arc::clone(self);
        let thread = std::thread::Builder::new().name("loopscope words".to_owned());
        state.telling = thread.spawn(move || words.run()).is_ok();
    }

    /// Tells what nobody has told yet, on this thread.
    pub(crate) fn settle(&self, py: Python<'_>) {
        py.detach(|| {
            let telling = |state: &mut State| state.telling;
            let state = self.state();
            drop(self.idle.wait_timeout_while(state, PATIENCE, telling));
        });
        self.drain(py);
    }

    fn run(&self) {
        // An interpreter that ends takes no calls any more.
        if Python::try_attach(|py| self.drain(py)).is_none() {
            self.rest(&mut self.state());
        }
    }

    fn drain(&self, py: Python<'_>) {
        loop {
            let mut state = self.state();
            let Some(words) = state.waiting.pop_front() else {
                self.rest(&mut state);
                return;
            };
            drop(state);
            if let Err(error) = self.tell.call1(py, (words,)) {
                error.write_unraisable(py, None);
            }
        }
    }

    fn rest(&self, state: &mut State) {
        state.telling = false;
        self.idle.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
