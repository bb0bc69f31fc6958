//! One server a file. In: the database's path. Out: a lock on a file beside it, held until dropped.
//!
//! The lock is on `<database>.lock` and not on the database itself: closing any handle of the database would drop
//! the locks that SQLite holds on it in the same process. The system drops the lock when the process ends, however
//! it ends. The file stays behind and means nothing by itself.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use crate::OpenError;

/// Held while a server has the file open.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// `journal.db` → `journal.db-wal` and the like.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

impl Lock {
    pub(crate) fn take(path: &Path) -> Result<Self, OpenError> {
        let lock_path = beside(path, ".lock");
        let io = |source| OpenError::Io {
            path: lock_path.clone(),
            source,
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&lock_path)
            .map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Whose it is only helps the message.
                let _ = (&file).take(32).read_to_string(&mut holder);
                return Err(OpenError::InUse {
                    path: path.to_owned(),
                    pid: holder.trim().parse().ok(),
                });
            }
            Err(TryLockError::Error(source)) => return Err(io(source)),
        }
        file.set_len(0).map_err(io)?;
        file.rewind().map_err(io)?;
        writeln!(file, "{}", std::process::id()).map_err(io)?;
        Ok(Self { _file: file })
    }
}
