//! Copies of the whole file. In: a journal, in use or not. Out: a file of its own; and a journal made of such a file.
//!
//! A backup is what was committed when it began, put together anew without free pages (`VACUUM INTO`), while events are
//! taken in as before. It is a journal as any other. Its epoch lies far ahead of the one it was made of, so that a
//! cursor of the one is not taken for one of the other.

use std::fs::File;
use std::path::{Path, PathBuf};

use sqlx::{ConnectOptions as _, Connection as _};

use crate::store::lock::{self, Lock};
use crate::store::probe::{Found, probe};
use crate::store::{SCHEMA, connect, open};
use crate::{Journal, JournalError, OpenError};

/// So many unclean ends may come between a backup and the moment when it takes its place.
const EPOCHS_AHEAD: u32 = 1_000;

/// Why there is no backup, or why it did not take a journal's place. In every case what was there is as it was.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// One of the two files cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// There is a journal already, and it was not said that it may go.
    #[error(
        "{path} is there already; nothing was changed. Say that it is to be replaced, or choose another file"
    )]
    Exists {
        /// The database file.
        path: PathBuf,
    },
    /// The copy is not whole.
    #[error("{path} is damaged: {what}")]
    Damaged {
        /// The backup.
        path: PathBuf,
        /// What does not hold.
        what: String,
    },
    /// The system refused.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl Journal {
    /// How large a backup is going to be, in bytes, as far as can be told.
    pub async fn backup_bytes(&self) -> Result<u64, JournalError> {
        let storage = self.storage().await?;
        Ok(storage.file_bytes.saturating_sub(storage.free_bytes) + storage.log_bytes)
    }

    /// Copies everything to a new file, which must not exist, while events are taken in. Answers its size.
    pub async fn backup(&self, to: impl AsRef<Path>) -> Result<u64, BackupError> {
        to_new(&self.shared().path, to.as_ref()).await
    }
}

/// The same for the journal at a path, whether a server has it open or not. Not for the process that has: a plain
/// handle on the file, closed there, would drop SQLite's locks.
pub async fn backup(path: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<u64, BackupError> {
    let (path, to) = (path.as_ref(), to.as_ref());
    if matches!(probe(path)?, Found::Nothing) {
        let path = path.to_owned();
        return Err(OpenError::Missing { path }.into());
    }
    to_new(path, to).await
}

async fn to_new(path: &Path, to: &Path) -> Result<u64, BackupError> {
    if to.exists() {
        let path = to.to_owned();
        return Err(BackupError::Exists { path });
    }
    let copied = copy(path, to).await;
    if copied.is_err() {
        remove(to);
    }
    copied
}

async fn copy(path: &Path, to: &Path) -> Result<u64, BackupError> {
    let failed = |error: sqlx::Error| open::refused(path, &error);
    // Where nobody has it open, the log's index is not there, and only who may write makes it.
    let mut conn = connect::beside(path).connect().await.map_err(failed)?;
    sqlx::query("VACUUM INTO ?")
        .bind(to.to_string_lossy().into_owned())
        .execute(&mut conn)
        .await
        .map_err(failed)?;
    conn.close().await.map_err(failed)?;
    ahead(to, 0).await?;
    sync(to)?;
    std::fs::metadata(to)
        .map(|meta| meta.len())
        .map_err(|source| io(to, source))
}

/// Puts a backup in the place of the journal at `path`; where one is there, only if it may be replaced, and it stays
/// beside the new one under the name that is answered. Refuses a journal that a server has open, and a backup that a
/// later version made.
pub async fn restore(
    backup: impl AsRef<Path>,
    path: impl AsRef<Path>,
    replace: bool,
) -> Result<Option<PathBuf>, BackupError> {
    let (backup, path) = (backup.as_ref(), path.as_ref());
    if let Found::Nothing = probe(backup)? {
        let path = backup.to_owned();
        return Err(OpenError::Missing { path }.into());
    }
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::create_dir_all(folder).map_err(|source| io(folder, source))?;
    }
    let _lock = Lock::take(path)?;
    let there = path.exists();
    if there && !replace {
        let path = path.to_owned();
        return Err(BackupError::Exists { path });
    }
    let fresh = lock::beside(path, ".restoring");
    remove(&fresh);
    let made = prepare(backup, path, &fresh).await;
    if let Err(error) = made {
        remove(&fresh);
        return Err(error);
    }
    let old = there.then(|| set_aside(path)).transpose()?;
    std::fs::rename(&fresh, path).map_err(|source| io(path, source))?;
    sync_folder(path);
    Ok(old)
}

/// The new file, whole and on the disk.
async fn prepare(backup: &Path, path: &Path, fresh: &Path) -> Result<(), BackupError> {
    std::fs::copy(backup, fresh).map_err(|source| io(backup, source))?;
    // One that was copied by hand beside its server has a log.
    let log = lock::beside(backup, "-wal");
    if log.exists() {
        std::fs::copy(&log, lock::beside(fresh, "-wal")).map_err(|source| io(&log, source))?;
    }
    let failed = |error: sqlx::Error| open::refused(backup, &error);
    let mut conn = connect::beside(fresh).connect().await.map_err(failed)?;
    let verdict: String = sqlx::query_scalar("PRAGMA quick_check(1)")
        .fetch_one(&mut conn)
        .await
        .map_err(failed)?;
    let version: u32 = sqlx::query_scalar("PRAGMA user_version")
        .fetch_one(&mut conn)
        .await
        .map_err(failed)?;
    conn.close().await.map_err(failed)?;
    if verdict != "ok" {
        return Err(BackupError::Damaged {
            path: backup.to_owned(),
            what: verdict,
        });
    }
    if version > SCHEMA {
        return Err(BackupError::Open(OpenError::Newer {
            path: backup.to_owned(),
            found: version,
            known: SCHEMA,
        }));
    }
    ahead(fresh, epoch_of(path).await).await?;
    sync(fresh)
}

/// The epoch of the journal that is replaced; of one that cannot be read, none.
async fn epoch_of(path: &Path) -> u32 {
    if !path.exists() {
        return 0;
    }
    let read = async {
        let mut conn = connect::beside(path).connect().await?;
        let epoch: u32 = sqlx::query_scalar("SELECT epoch FROM journal")
            .fetch_one(&mut conn)
            .await?;
        conn.close().await?;
        Ok::<_, sqlx::Error>(epoch)
    };
    read.await.unwrap_or_default()
}

/// Moves a copy's epoch far ahead of its own and of another, and has it begin a new one when it is opened.
async fn ahead(path: &Path, other: u32) -> Result<(), BackupError> {
    let failed = |error: sqlx::Error| open::refused(path, &error);
    let mut conn = connect::beside(path).connect().await.map_err(failed)?;
    sqlx::query("UPDATE journal SET clean = 0, epoch = max(epoch, ?) + ?")
        .bind(other)
        .bind(EPOCHS_AHEAD)
        .execute(&mut conn)
        .await
        .map_err(failed)?;
    sqlx::query("PRAGMA journal_mode = WAL")
        .fetch_all(&mut conn)
        .await
        .map_err(failed)?;
    conn.close().await.map_err(failed)?;
    Ok(())
}

/// Moves a journal out of the way, with what lies beside it.
fn set_aside(path: &Path) -> Result<PathBuf, BackupError> {
    let mut number = 1;
    let aside = loop {
        let name = lock::beside(path, &format!(".replaced-{number}"));
        if !name.exists() {
            break name;
        }
        number += 1;
    };
    for suffix in ["-wal", "-shm"] {
        let from = lock::beside(path, suffix);
        if from.exists() {
            std::fs::rename(&from, lock::beside(&aside, suffix))
                .map_err(|source| io(&from, source))?;
        }
    }
    std::fs::rename(path, &aside).map_err(|source| io(path, source))?;
    Ok(aside)
}

fn remove(path: &Path) {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        // What is not there need not go.
        let _ = std::fs::remove_file(lock::beside(path, suffix));
    }
}

fn sync(path: &Path) -> Result<(), BackupError> {
    let synced = File::open(path).and_then(|file| file.sync_all());
    synced.map_err(|source| io(path, source))?;
    sync_folder(path);
    Ok(())
}

/// Names are on the disk when their folder is; a system that cannot do that does it by itself.
fn sync_folder(path: &Path) {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    if let Ok(folder) = File::open(folder.unwrap_or(Path::new("."))) {
        let _ = folder.sync_all();
    }
}

fn io(path: &Path, source: std::io::Error) -> BackupError {
    BackupError::Io {
        path: path.to_owned(),
        source,
    }
}
