//! Opening the file. In: a path. Out: a checked, migrated database under our lock, or a refusal that changed nothing.
//!
//! A new file is made in SQLite's rollback mode: first the application id, then the tables, each step atomic, and the
//! write-ahead log last. So whatever the moment of a crash, the header tells a later opening whose file it is.

use std::path::Path;
use std::sync::LazyLock;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection as _};
use sqlx::{ConnectOptions as _, SqlSafeStr as _};

use super::lock::{self, Lock};
use super::probe::{Found, probe};
use super::{APPLICATION_ID, SCHEMA, connect};
use crate::OpenError;
use crate::error::Cause;

/// Listed here and not by sqlx's macro, for which all of sqlx would be compiled a second time.
static MIGRATIONS: LazyLock<Migrator> = LazyLock::new(|| Migrator::with_migrations(migrations()));

fn migrations() -> Vec<Migration> {
    let step = |number, name: &'static str, sql: &'static str| {
        let sql = sql.into_sql_str();
        Migration::new(number, name.into(), MigrationType::Simple, sql, false)
    };
    let journal = include_str!("../../migrations/0001_journal.sql");
    let commands = include_str!("../../migrations/0002_commands.sql");
    let series = include_str!("../../migrations/0003_series.sql");
    let alerts = include_str!("../../migrations/0004_alerts.sql");
    let annotations = include_str!("../../migrations/0005_annotations.sql");
    let search = include_str!("../../migrations/0006_search.sql");
    let widgets = include_str!("../../migrations/0007_widgets.sql");
    let by_end = include_str!("../../migrations/0008_sessions_by_end.sql");
    vec![
        step(1, "journal", journal),
        step(2, "commands", commands),
        step(3, "series", series),
        step(4, "alerts", alerts),
        step(5, "annotations", annotations),
        step(6, "search", search),
        step(7, "widgets", widgets),
        step(8, "sessions by end", by_end),
    ]
}

/// Up to this size the whole file is looked through at every opening; above it, only after an unclean end is it
/// worth the wait, and `doctor` does it.
const FULL_CHECK_BYTES: u64 = 32 << 20;

/// Makes the file where there is none, checks and migrates it where there is one.
pub(crate) async fn prepare(path: &Path) -> Result<Lock, OpenError> {
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::create_dir_all(folder).map_err(|source| OpenError::Io {
            path: folder.to_owned(),
            source,
        })?;
    }
    let lock = Lock::take(path)?;
    match probe(path)? {
        Found::Nothing => create(path).await?,
        Found::Ours { has_log } => {
            if check(path, has_log).await? < SCHEMA {
                migrate(path).await?;
            }
        }
    }
    Ok(lock)
}

/// An error of SQLite while opening.
pub(crate) fn refused(path: &Path, error: &sqlx::Error) -> OpenError {
    match Cause::of(error) {
        Cause::Damaged => OpenError::Corrupt {
            path: path.to_owned(),
            what: error.to_string(),
        },
        _ => OpenError::Storage {
            path: path.to_owned(),
            message: error.to_string(),
        },
    }
}

async fn create(path: &Path) -> Result<(), OpenError> {
    let made = async {
        let mut conn = connect::creator(path).connect().await?;
        run(
            &mut conn,
            format!("PRAGMA application_id = {APPLICATION_ID}"),
        )
        .await?;
        MIGRATIONS.run(&mut conn).await?;
        run(&mut conn, "PRAGMA journal_mode = WAL".to_owned()).await?;
        conn.close().await
    };
    made.await.map_err(|error| refused(path, &error))
}

async fn run(conn: &mut SqliteConnection, sql: String) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await?;
    Ok(())
}

/// Looks through an existing file, changing nothing, not even beside it where no log lies there already.
/// Answers the schema's version.
async fn check(path: &Path, has_log: bool) -> Result<u32, OpenError> {
    let shm = lock::beside(path, "-shm");
    let had_shm = shm.exists();
    let options = if has_log {
        connect::reader(path)
    } else {
        connect::untouched(path)
    };
    let checked = check_with(path, &options).await;
    if checked.is_err() && !had_shm && has_log {
        // Ours to remove: we hold the lock, and it was not there before.
        let _ = std::fs::remove_file(shm);
    }
    checked
}

async fn check_with(path: &Path, options: &SqliteConnectOptions) -> Result<u32, OpenError> {
    let failed = |error| refused(path, &error);
    let mut conn = options.connect().await.map_err(failed)?;
    let version: u32 = sqlx::query_scalar("PRAGMA user_version")
        .fetch_one(&mut conn)
        .await
        .map_err(failed)?;
    let bytes = std::fs::metadata(path).map_or(0, |meta| meta.len());
    let verdict: String = if bytes <= FULL_CHECK_BYTES {
        sqlx::query_scalar("PRAGMA quick_check(1)")
            .fetch_one(&mut conn)
            .await
            .map_err(failed)?
    } else {
        "ok".to_owned()
    };
    // A half-made file has no tables yet; the migration that follows makes them.
    if version > 0 {
        sqlx::query("SELECT (SELECT max(offset) FROM events), (SELECT count(*) FROM epochs), (SELECT epoch FROM journal)")
            .fetch_one(&mut conn)
            .await
            .map_err(failed)?;
    }
    conn.close().await.map_err(failed)?;
    if version > SCHEMA {
        return Err(OpenError::Newer {
            path: path.to_owned(),
            found: version,
            known: SCHEMA,
        });
    }
    if verdict != "ok" {
        return Err(OpenError::Corrupt {
            path: path.to_owned(),
            what: verdict,
        });
    }
    Ok(version)
}

/// Brings an older file to the schema of today. Each migration is one transaction.
async fn migrate(path: &Path) -> Result<(), OpenError> {
    let done = async {
        let mut conn = connect::creator(path)
            .create_if_missing(false)
            .connect()
            .await?;
        MIGRATIONS.run(&mut conn).await?;
        run(&mut conn, "PRAGMA journal_mode = WAL".to_owned()).await?;
        conn.close().await
    };
    done.await.map_err(|error| refused(path, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_of_any_older_schema_is_brought_forward() {
        assert_eq!(migrations().len(), SCHEMA as usize);
        for steps in 1..migrations().len() {
            brought_forward(steps).await;
        }
    }

    async fn brought_forward(steps: usize) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        let mut conn = connect::creator(&path).connect().await.unwrap();
        let mark = format!("PRAGMA application_id = {APPLICATION_ID}");
        run(&mut conn, mark).await.unwrap();
        let first = migrations().into_iter().take(steps).collect();
        Migrator::with_migrations(first)
            .run(&mut conn)
            .await
            .unwrap();
        conn.close().await.unwrap();
        drop(prepare(&path).await.unwrap());
        let mut conn = connect::reader(&path).connect().await.unwrap();
        let version: u32 = sqlx::query_scalar("PRAGMA user_version")
            .fetch_one(&mut conn)
            .await
            .unwrap();
        assert_eq!(version, SCHEMA);
        for sql in [
            "SELECT number FROM commands",
            "SELECT seq FROM series",
            "SELECT seq FROM annotations",
            "SELECT spec FROM widgets",
            "SELECT rowid FROM search('\"word\"')",
            "SELECT tag FROM session_tags",
        ] {
            sqlx::query(sql).fetch_all(&mut conn).await.unwrap();
        }
    }
}
