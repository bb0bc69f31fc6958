//! What a run's parts share: the run itself, the store, the tree, the running tools, and a voice.
//!
//! In: what happens. Out: records in the store, which the line sends on. One thread; nothing here waits.

use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use common::tasks::Place;
use serde_json::{Value, json};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::child::Children;
use crate::git::Git;
use crate::options::Options;
use crate::run::Run;
use crate::store::{Entry, Store};
use crate::tree::{self, Snapshot};

/// See the module.
#[derive(Debug)]
pub struct House {
    /// What the operator wants.
    pub options: Options,
    /// The run under way.
    pub run: RefCell<Run>,
    /// What survives.
    pub store: RefCell<Store>,
    /// The running tools.
    pub children: Children,
    /// The crate that is worked on.
    pub tree: PathBuf,
    /// Where cargo builds.
    pub build: PathBuf,
    /// The checkpoints.
    pub git: Git,
    /// There is something to send.
    pub to_send: Notify,
    /// Something was sent, or the line came or went.
    pub sent: Notify,
    /// A question was answered.
    pub answered: Notify,
    /// Whether the program is the session's runner now.
    pub is_attached: Cell<bool>,
    /// The toolchain in force where the program was started.
    pub toolchain: Option<String>,
    /// The tree as it was looked at last.
    seen: RefCell<Snapshot>,
    /// What the store could not keep.
    broken: RefCell<Option<anyhow::Error>>,
}

impl House {
    /// The house in a folder, with the run that the store has, or a new one.
    pub fn new(
        options: &Options,
        folder: &std::path::Path,
        store: Store,
        run: Run,
        toolchain: Option<String>,
    ) -> Self {
        let tree = folder.join("work");
        Self {
            options: options.clone(),
            run: RefCell::new(run),
            store: RefCell::new(store),
            children: Children::new(options.tool_time),
            build: folder.join("build"),
            git: Git::of(&tree),
            tree,
            to_send: Notify::new(),
            sent: Notify::new(),
            answered: Notify::new(),
            is_attached: Cell::new(false),
            toolchain,
            seen: RefCell::default(),
            broken: RefCell::default(),
        }
    }

    /// Where and how tools run.
    pub fn place(&self) -> Place<'_> {
        Place {
            folder: &self.tree,
            build: &self.build,
            toolchain: self.toolchain.as_deref(),
        }
    }

    /// The rest before each piece of work.
    pub fn pace(&self) -> Duration {
        Duration::from_millis(self.run.borrow().pace_ms)
    }

    /// Tells an event. What cannot be kept ends the run at its next turn.
    pub fn tell(&self, name: &str, data: Value) {
        let kept = self.keep(false, vec![(name, data)], None);
        if let Err(error) = kept {
            self.broken.borrow_mut().get_or_insert(error);
        }
    }

    /// Keeps the run as it is with events and what became of a command, all or nothing.
    pub fn keep_run(
        &self,
        events: Vec<(&str, Value)>,
        command: Option<Entry>,
    ) -> anyhow::Result<()> {
        self.keep(true, events, command)
    }

    /// What went wrong without anybody to tell.
    pub fn check(&self) -> anyhow::Result<()> {
        match self.broken.borrow_mut().take() {
            None => Ok(()),
            Some(error) => Err(error).context("an event could not be kept"),
        }
    }

    fn keep(
        &self,
        with_run: bool,
        events: Vec<(&str, Value)>,
        command: Option<Entry>,
    ) -> anyhow::Result<()> {
        let run = self.run.borrow();
        let events = events
            .into_iter()
            .map(|(name, data)| event(&run.session_id, name, &data))
            .collect();
        self.store
            .borrow_mut()
            .keep(with_run.then_some(&*run), events, command)?;
        self.to_send.notify_one();
        Ok(())
    }

    /// Looks at the tree, and tells what changed since the last look. Gives the paths.
    pub fn look(&self) -> anyhow::Result<Vec<String>> {
        let now = tree::snapshot(&self.tree)?;
        let changes = tree::changes(&self.seen.borrow(), &now);
        *self.seen.borrow_mut() = now;
        let path = |change: &tree::Change| change.data["path"].as_str().map(str::to_owned);
        let paths = changes.iter().filter_map(path).collect();
        let events = changes
            .into_iter()
            .map(|change| (change.event, change.data));
        self.keep(false, events.collect(), None)?;
        Ok(paths)
    }

    /// Looks at the tree, and tells nothing.
    pub fn look_silently(&self) -> anyhow::Result<()> {
        *self.seen.borrow_mut() = tree::snapshot(&self.tree)?;
        Ok(())
    }

    /// The files of the crate that are Rust, in order.
    pub fn sources(&self) -> anyhow::Result<Vec<String>> {
        let files = tree::snapshot(&self.tree)?;
        let is_rust = |path: &String| {
            let extension = std::path::Path::new(path).extension();
            extension.is_some_and(|extension| extension == "rs")
        };
        Ok(files.into_keys().filter(is_rust).collect())
    }

    /// Writes a line to the log.
    pub fn log(&self, line: &str) {
        let run = self.run.borrow();
        eprintln!("{} {line}", run.session_id);
    }
}

/// An event as it is sent, with the id that it keeps however often it is.
fn event(session_id: &str, name: &str, data: &Value) -> Value {
    json!({
        "event_id": Uuid::now_v7().to_string(),
        "session_id": session_id,
        "event_type": name,
        "timestamp": jiff::Timestamp::now().to_string(),
        "data": data,
    })
}
