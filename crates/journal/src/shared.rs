//! What the writer and the readers both know. In: the writer's progress. Out: the head, the epochs, the horizon.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

use loopscope_event::{ProjectId, SessionId};
use tokio::sync::Notify;

/// Shared between the handle, the writer, the sync thread and the upkeep task.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) path: PathBuf,
    /// Rising; the last is the present one.
    pub(crate) epochs: Vec<Epoch>,
    head: AtomicU64,
    horizon: AtomicU64,
    suspect: AtomicBool,
    /// Bytes of events committed since the last checkpoint.
    unmoved: AtomicU64,
    /// Sessions that came from a file, and up to which event.
    archived: RwLock<HashMap<(ProjectId, SessionId), u64>>,
    pub(crate) wake_upkeep: Notify,
}

/// From which offset on an epoch counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Epoch {
    pub(crate) epoch: u32,
    pub(crate) first_offset: u64,
}

impl Shared {
    pub(crate) fn new(path: PathBuf, epochs: Vec<Epoch>, head: u64, horizon: u64) -> Self {
        Self {
            path,
            epochs,
            head: AtomicU64::new(head),
            horizon: AtomicU64::new(horizon),
            suspect: AtomicBool::new(false),
            unmoved: AtomicU64::new(0),
            archived: RwLock::default(),
            wake_upkeep: Notify::new(),
        }
    }

    /// The newest committed offset.
    pub(crate) fn head(&self) -> u64 {
        self.head.load(Ordering::Acquire)
    }

    pub(crate) fn advance(&self, head: u64) {
        self.head.store(head, Ordering::Release);
    }

    /// The newest offset that retention removed.
    pub(crate) fn horizon(&self) -> u64 {
        self.horizon.load(Ordering::Acquire)
    }

    pub(crate) fn raise_horizon(&self, horizon: u64) {
        self.horizon.fetch_max(horizon, Ordering::AcqRel);
    }

    /// Whether an fsync failed and the log is not to be trusted.
    pub(crate) fn is_suspect(&self) -> bool {
        self.suspect.load(Ordering::Acquire)
    }

    pub(crate) fn suspect(&self) {
        self.suspect.store(true, Ordering::Release);
    }

    pub(crate) fn trust(&self) {
        self.suspect.store(false, Ordering::Release);
    }

    /// Up to which event a session came from a file.
    pub(crate) fn archived(&self, project: &ProjectId, session: &SessionId) -> Option<u64> {
        let archived = self.archived.read().unwrap_or_else(PoisonError::into_inner);
        if archived.is_empty() {
            return None;
        }
        archived.get(&(project.clone(), session.clone())).copied()
    }

    pub(crate) fn note_archived(&self, session: (ProjectId, SessionId), last: u64) {
        let mut archived = self
            .archived
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        archived.insert(session, last);
    }

    pub(crate) fn set_archived(&self, notes: HashMap<(ProjectId, SessionId), u64>) {
        *self
            .archived
            .write()
            .unwrap_or_else(PoisonError::into_inner) = notes;
    }

    pub(crate) fn has_archived(&self) -> bool {
        !self
            .archived
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .is_empty()
    }

    /// Counts bytes that wait for a checkpoint; answers how many there are now.
    pub(crate) fn add_unmoved(&self, bytes: u64) -> u64 {
        self.unmoved.fetch_add(bytes, Ordering::Relaxed) + bytes
    }

    pub(crate) fn take_unmoved(&self) -> u64 {
        self.unmoved.swap(0, Ordering::Relaxed)
    }
}
