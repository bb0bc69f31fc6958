//! One backup. In: a journal. Out: a file, and how far it is; the file goes with the last who holds the job.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use loopscope_event::{Duration, Timestamp};
use loopscope_journal::Journal;
use loopscope_protocol::{Backup, BackupState};

use super::file_name;
use crate::life::now;

/// See the module.
pub(crate) struct Job {
    path: PathBuf,
    shown: Mutex<Backup>,
}

impl Job {
    pub(super) fn new(id: String, path: PathBuf, expected: u64) -> Self {
        let at = now();
        let shown = Backup {
            id,
            state: BackupState::Running,
            file_name: file_name(at),
            started_at: at,
            ended_at: None,
            bytes: 0,
            expected_bytes: expected,
            error: None,
        };
        Self {
            path,
            shown: Mutex::new(shown),
        }
    }

    /// Makes the file.
    pub(super) async fn make(&self, journal: &Journal) {
        let made = journal.backup(&self.path).await;
        let mut shown = self.lock();
        shown.ended_at = Some(now());
        match made {
            Ok(bytes) => {
                shown.state = BackupState::Ready;
                shown.bytes = bytes;
                tracing::info!(bytes, "a backup was made");
            }
            Err(error) => {
                tracing::error!(%error, "a backup could not be made");
                shown.state = BackupState::Failed;
                // The server's paths are nobody's business.
                shown.error = Some("the copy could not be written; is the disk full?".to_owned());
            }
        }
    }

    /// How it stands.
    pub(crate) fn shown(&self) -> Backup {
        let mut shown = self.lock().clone();
        if shown.state == BackupState::Running {
            // The database is not opened by this: only its copy is looked at.
            shown.bytes = std::fs::metadata(&self.path).map_or(0, |meta| meta.len());
        }
        shown
    }

    pub(super) fn id(&self) -> String {
        self.lock().id.clone()
    }

    /// When it need not be kept any longer.
    pub(super) fn ends_at(&self, kept: Duration) -> Option<Timestamp> {
        self.lock().ended_at.map(|ended| ended.plus(kept))
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    fn lock(&self) -> MutexGuard<'_, Backup> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_file(&self.path)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "a backup that nobody needs stays on the disk");
        }
    }
}
