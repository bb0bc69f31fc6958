//! Backups of the whole store while it is used. In: someone who asks for one. Out: a file to fetch, and how far it is.
//!
//! One is made at a time, beside the database, where there is room for it or not at all; the newest is kept for an
//! hour, or until the next one, or until the server stops.

mod command;
mod job;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use loopscope_event::{Duration, Timestamp};
use loopscope_journal::Journal;
use loopscope_protocol::{ApiError, Backup, BackupState, ErrorCode};
use tokio_util::task::TaskTracker;

pub use command::{Restored, restore, store};

use crate::life::now;
use job::Job;

/// How long a file waits to be fetched.
const KEPT: Duration = Duration::from_millis(3_600_000);

/// What must be left on the disk beside the backup, in bytes.
const ROOM: u64 = 64 << 20;

/// How the names of the files begin, behind the database's.
const MARK: &str = ".backup-";

/// The backups of a server. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Backups(Arc<Inner>);

struct Inner {
    journal: Journal,
    database: PathBuf,
    tasks: TaskTracker,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    made: u64,
    newest: Option<Arc<Job>>,
}

impl Backups {
    /// None yet; what a server that was killed left behind goes.
    pub(crate) fn new(journal: Journal, database: PathBuf, tasks: TaskTracker) -> Self {
        clear(&database);
        Self(Arc::new(Inner {
            journal,
            database,
            tasks,
            table: Mutex::default(),
        }))
    }

    /// Begins one. Refused while one is being made, and where the disk has no room for it.
    pub(crate) async fn begin(&self) -> Result<Backup, ApiError> {
        let expected = self.0.journal.backup_bytes().await;
        let expected = expected.map_err(|error| crate::api::views::unreadable(&error))?;
        let free = free_bytes(&self.0.database);
        if free.is_some_and(|free| free < expected + ROOM) {
            let message = format!(
                "a backup needs about {expected} bytes, and as much as {ROOM} must be left; nothing was begun"
            );
            return Err(ApiError::new(ErrorCode::DiskFull, message));
        }
        let job = {
            let mut table = self.lock();
            if let Some(newest) = &table.newest
                && newest.shown().state == BackupState::Running
            {
                let message = "a backup is being made already";
                return Err(ApiError::new(ErrorCode::Conflict, message));
            }
            table.made += 1;
            let id = format!("{}-{}", now().as_millis(), table.made);
            let path = beside(&self.0.database, &format!("{MARK}{id}"));
            let job = Arc::new(Job::new(id, path, expected));
            // The one before goes with its last reader.
            table.newest = Some(Arc::clone(&job));
            job
        };
        let shown = job.shown();
        let journal = self.0.journal.clone();
        self.0.tasks.spawn(async move { job.make(&journal).await });
        Ok(shown)
    }

    /// The newest one.
    pub(crate) fn list(&self) -> Vec<Backup> {
        self.newest().map(|job| job.shown()).into_iter().collect()
    }

    /// One by its id, with its file where it is ready.
    pub(crate) fn find(&self, id: &str) -> Result<Arc<Job>, ApiError> {
        self.newest().filter(|job| job.id() == id).ok_or_else(|| {
            let message =
                format!("there is no backup `{id}`; each is kept for an hour or until the next");
            ApiError::new(ErrorCode::NotFound, message)
        })
    }

    /// Lets one go.
    pub(crate) fn remove(&self, id: &str) -> Result<(), ApiError> {
        self.find(id)?;
        self.lock().newest = None;
        Ok(())
    }

    fn newest(&self) -> Option<Arc<Job>> {
        let mut table = self.lock();
        let is_over = |job: &Arc<Job>| job.ends_at(KEPT).is_some_and(|ends| ends <= now());
        if table.newest.as_ref().is_some_and(is_over) {
            table.newest = None;
        }
        table.newest.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.0.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Removes what lies beside the database from before.
fn clear(database: &Path) {
    let Some(name) = database.file_name().and_then(|name| name.to_str()) else {
        return;
    };
    let folder = database
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let Ok(entries) = std::fs::read_dir(folder.unwrap_or(Path::new("."))) else {
        return;
    };
    let mark = format!("{name}{MARK}");
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(&mark) {
            // One that stays is tried again at the next start.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn free_bytes(path: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(path).ok()?;
    Some(disk.f_bavail * disk.f_frsize)
}

/// A name for the file that says when it was made.
fn file_name(at: Timestamp) -> String {
    let at = at.to_string();
    let digits = at.get(..19).unwrap_or("backup").replace([':', '-'], "");
    format!("loopscope-{digits}Z.db")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_says_when_it_was_made() {
        let at = Timestamp::from_micros(1_767_607_200_000_000);
        assert_eq!(file_name(at), "loopscope-20260105T100000Z.db");
    }

    #[test]
    fn only_what_a_killed_server_left_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let name = |name: &str| folder.path().join(name);
        for file in [
            "a.db",
            "a.db.backup-1",
            "a.db.backup-1-journal",
            "b.db.backup-1",
        ] {
            std::fs::write(name(file), "x").unwrap();
        }
        clear(&name("a.db"));
        let left = [
            "a.db",
            "a.db.backup-1",
            "a.db.backup-1-journal",
            "b.db.backup-1",
        ]
        .map(|file| name(file).exists());
        assert_eq!(left, [true, false, false, true]);
    }
}
