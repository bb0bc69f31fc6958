//! A journal for readers, beside a running server or without one. In: a path. Out: a handle that writes nothing.

use std::path::Path;
use std::sync::Arc;

use sqlx::{ConnectOptions as _, Connection as _, Row as _};

use crate::shared::{Epoch, Shared};
use crate::store::probe::{Found, probe};
use crate::store::{SCHEMA, connect, open};
use crate::{Journal, OpenError};

/// Connections of such a handle.
const READERS: u32 = 2;

impl Journal {
    /// Opens a file to read it, whether a server has it open or not. Every write answers `Closed`; the head is the one
    /// at this moment. A file of an older version is brought forward where no server has it.
    pub async fn look(path: impl AsRef<Path>) -> Result<Self, OpenError> {
        let path = path.as_ref();
        let failed = |error: sqlx::Error| open::refused(path, &error);
        if matches!(probe(path)?, Found::Nothing) {
            return Err(OpenError::Missing {
                path: path.to_owned(),
            });
        }
        match open::prepare(path).await {
            Ok(lock) => drop(lock),
            Err(OpenError::InUse { .. }) => {}
            Err(error) => return Err(error),
        }
        // The log's index is made by whoever may write; readers then find it.
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
        let journal = sqlx::query(
            "SELECT epoch, horizon, max(head, coalesce((SELECT max(offset) FROM events), 0)) FROM journal",
        )
        .fetch_one(&mut conn)
        .await
        .map_err(failed)?;
        let number = |column: usize| journal.try_get::<i64, _>(column).map_err(failed);
        let epochs = vec![Epoch {
            epoch: number(0)? as u32,
            first_offset: 1,
        }];
        let (horizon, head) = (number(1)? as u64, number(2)? as u64);
        let shared = Shared::new(path.to_owned(), epochs, head, horizon);
        crate::archive::load_notes(&mut conn, &shared)
            .await
            .map_err(failed)?;
        let readers = sqlx::sqlite::SqlitePoolOptions::new()
            .min_connections(0)
            .max_connections(READERS)
            .connect_lazy_with(connect::reader(path));
        conn.close().await.map_err(failed)?;
        Ok(Self::without_writer(Arc::new(shared), readers))
    }
}
