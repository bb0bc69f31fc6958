//! The write-ahead log's upkeep, beside the writer. In: how much was written. Out: a log that stays small.
//!
//! Most of the log is copied into the database by a connection of its own, while the writer goes on. Under steady load
//! that alone never lets the log begin anew, because there is always a newer frame; so when the log is large, the
//! writer itself copies the little that is left between two groups, and its next commit starts at the log's
//! beginning. When nothing is written for a while the log is emptied and given back.

use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection as _, Row as _};
use tokio::sync::{mpsc, watch};

use super::Job;
use crate::shared::Shared;

/// The writer wakes the upkeep when it has committed this many bytes of events.
pub(crate) const WAKE_BYTES: u64 = 4 << 20;

/// So long without a wake means that nobody is in a hurry.
const IDLE: Duration = Duration::from_secs(2);

pub(crate) struct Upkeep {
    pub(crate) conn: SqliteConnection,
    pub(crate) shared: Arc<Shared>,
    pub(crate) jobs: mpsc::WeakUnboundedSender<Job>,
    pub(crate) closing: watch::Receiver<bool>,
    pub(crate) wal_bytes: u64,
    pub(crate) page_bytes: u64,
}

/// What a checkpoint answers.
struct Checkpoint {
    busy: bool,
    log_pages: u64,
}

async fn checkpoint(
    conn: &mut SqliteConnection,
    sql: &'static str,
) -> Result<Checkpoint, sqlx::Error> {
    let row = sqlx::query(sql).fetch_one(conn).await?;
    Ok(Checkpoint {
        busy: row.try_get::<i64, _>(0)? != 0,
        log_pages: row.try_get::<i64, _>(1)?.max(0) as u64,
    })
}

impl Upkeep {
    /// Runs until the journal closes, and lets go of its connection before it returns.
    pub(crate) async fn run(mut self) {
        let mut clean = false;
        loop {
            let idle = tokio::select! {
                _ = self.closing.wait_for(|closing| *closing) => break,
                () = self.shared.wake_upkeep.notified() => false,
                () = tokio::time::sleep(IDLE) => true,
            };
            let wrote = self.shared.take_unmoved() > 0;
            if idle && !wrote && clean {
                continue;
            }
            let done = if idle && !wrote {
                self.empty().await
            } else {
                self.move_on().await.map(|()| false)
            };
            clean = done.unwrap_or_else(|error| {
                tracing::warn!(%error, "checkpoint failed; the log grows until one succeeds");
                false
            });
        }
        if let Err(error) = self.conn.close().await {
            tracing::debug!(%error, "closing the checkpoint connection");
        }
    }

    /// Nothing is being written: the log is emptied, unless a reader still needs it.
    async fn empty(&mut self) -> Result<bool, sqlx::Error> {
        let done = checkpoint(&mut self.conn, "PRAGMA wal_checkpoint(TRUNCATE)").await?;
        Ok(!done.busy)
    }

    async fn move_on(&mut self) -> Result<(), sqlx::Error> {
        let done = checkpoint(&mut self.conn, "PRAGMA wal_checkpoint(PASSIVE)").await?;
        if done.log_pages * self.page_bytes < self.wal_bytes {
            return Ok(());
        }
        let Some(jobs) = self.jobs.upgrade() else {
            return Ok(());
        };
        let (told, finished) = tokio::sync::oneshot::channel();
        let work: super::Work = Box::new(move |desk| {
            Box::pin(async move {
                let done = checkpoint(&mut desk.conn, "PRAGMA wal_checkpoint(PASSIVE)").await;
                let _ = told.send(done.map(|_| ()));
            })
        });
        if jobs.send(Job::Work(work)).is_ok() {
            drop(jobs);
            if let Ok(outcome) = finished.await {
                outcome?;
            }
        }
        Ok(())
    }
}
