//! The command line's way in, beside a running server. In: a path. Out: a connection for tokens and the audit.
//!
//! Where no server runs, the file is made, checked and migrated as a server would do it. Where one runs, it has done
//! so, and only the version is compared.

use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnection;
use sqlx::{ConnectOptions as _, Connection as _};

use crate::store::{SCHEMA, connect, open};
use crate::{JournalError, NewAudit, OpenError};

/// A short visit to the file, for changes that need no server: tokens and the audit.
#[derive(Debug)]
pub struct Access {
    conn: SqliteConnection,
    path: PathBuf,
}

impl Access {
    /// Opens the file, or makes it, whether a server runs or not.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let path = path.as_ref();
        // Held only while the file is prepared: a server may start, and end, while this visit lasts.
        match open::prepare(path).await {
            Ok(lock) => drop(lock),
            Err(OpenError::InUse { .. }) => {}
            Err(error) => return Err(error),
        }
        let failed = |error: sqlx::Error| open::refused(path, &error);
        let mut conn = connect::beside(path).connect().await.map_err(failed)?;
        let found: u32 = sqlx::query_scalar("PRAGMA user_version")
            .fetch_one(&mut conn)
            .await
            .map_err(failed)?;
        if found != SCHEMA {
            return Err(OpenError::Newer {
                path: path.to_owned(),
                found,
                known: SCHEMA,
            });
        }
        Ok(Self {
            conn,
            path: path.to_owned(),
        })
    }

    /// Notes who did what; answers when it is on the disk.
    pub async fn put_audit(&mut self, new: &NewAudit) -> Result<(), JournalError> {
        Ok(crate::audit::put(&mut self.conn, new).await?)
    }

    /// Ends the visit.
    pub async fn close(self) -> Result<(), OpenError> {
        let Self { conn, path } = self;
        conn.close()
            .await
            .map_err(|error| open::refused(&path, &error))
    }

    pub(crate) const fn conn(&mut self) -> &mut SqliteConnection {
        &mut self.conn
    }
}
