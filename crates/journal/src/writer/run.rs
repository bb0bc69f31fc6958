//! The writer's loop. In: jobs. Out: commits, in the order of the jobs; at the end, a clean close.

use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::SqlitePool;
use sqlx::{Connection as _, Row as _};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use super::Beside;
use super::group::Group;
use super::seats::Seats;
use super::sync::{self, Pending};
use super::upkeep::{self, Upkeep};
use super::{Batch, Desk, Job};
use crate::commands::StepError;
use crate::journal::Committed;
use crate::shared::{Epoch, Shared};
use crate::store::lock::{self, Lock};
use crate::store::{connect, open};
use crate::{AppendError, JournalConfig, JournalError, OpenError};

/// Bytes of events in one group.
const GROUP_BYTES: usize = 4 << 20;

/// How long after the last commit began the next small group comes at the earliest, under a steady stream of them. The
/// timer's step is a millisecond, so it is one to two.
const GATHER: Duration = Duration::from_millis(1);

/// So many small groups may follow each other closely before the stream counts as steady: a producer that waits for
/// each receipt and sends a few events is not slowed down.
const BURST: u32 = 16;

/// A group of so many batches or events is no small one.
const COMPANY: usize = 32;

/// Called with every group right after its commit.
pub(crate) type OnCommit = Box<dyn Fn(Committed) + Send + Sync>;

/// The task that owns the write connection.
pub(crate) struct Writer {
    desk: Desk,
    jobs: mpsc::UnboundedReceiver<Job>,
    on_commit: OnCommit,
    readers: SqlitePool,
    closing: watch::Sender<bool>,
    upkeep: tokio::task::JoinHandle<()>,
    group_events: usize,
    lock: Lock,
    /// When the last commit began.
    began: Instant,
    /// How many groups came less than [`GATHER`] after the one before.
    in_a_row: u32,
}

/// What a journal begins with.
pub(crate) struct Begun {
    pub(crate) shared: Arc<Shared>,
    pub(crate) jobs: mpsc::UnboundedSender<Job>,
    pub(crate) readers: SqlitePool,
}

/// Opens the connections on a prepared file, opens the epoch, and starts the tasks.
pub(crate) async fn begin(
    config: &JournalConfig,
    lock: Lock,
    on_commit: OnCommit,
) -> Result<Begun, OpenError> {
    use sqlx::ConnectOptions as _;
    let path = &config.path;
    let failed = |error: sqlx::Error| open::refused(path, &error);
    let io = |source| OpenError::Io {
        path: path.clone(),
        source,
    };
    let mut conn = connect::writer(path, config.cache_bytes)
        .connect()
        .await
        .map_err(failed)?;
    let page_bytes: i64 = sqlx::query_scalar("PRAGMA page_size")
        .fetch_one(&mut conn)
        .await
        .map_err(failed)?;
    if let Some(bytes) = config.max_bytes_hard {
        let pages = bytes / page_bytes.max(1) as u64;
        let sql = sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
        sqlx::query(sql).execute(&mut conn).await.map_err(failed)?;
    }
    let (epochs, head, horizon) = open_epoch(&mut conn).await.map_err(failed)?;
    let seats = Seats::load(&mut conn).await.map_err(failed)?;

    // The mark that the journal is open must be on the disk before the first event is.
    let log = File::options()
        .read(true)
        .write(true)
        .open(lock::beside(path, "-wal"))
        .map_err(io)?;
    log.sync_all().map_err(io)?;
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(io)?;
    }

    let shared = Arc::new(Shared::new(
        path.clone(),
        epochs,
        head as u64,
        horizon as u64,
    ));
    crate::archive::load_notes(&mut conn, &shared)
        .await
        .map_err(failed)?;
    let readers = sqlx::sqlite::SqlitePoolOptions::new()
        .min_connections(0)
        .max_connections(config.readers.max(1))
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_lazy_with(connect::reader(path));
    let (jobs, jobs_receiver) = mpsc::unbounded_channel();
    let (closing, closing_receiver) = watch::channel(false);
    let upkeep = Upkeep {
        conn: connect::checkpointer(path)
            .connect()
            .await
            .map_err(failed)?,
        shared: Arc::clone(&shared),
        jobs: jobs.downgrade(),
        closing: closing_receiver,
        wal_bytes: config.wal_bytes,
        page_bytes: page_bytes.max(1) as u64,
    };
    let sync = sync::start(log, Arc::clone(&shared)).map_err(io)?;
    let writer = Writer {
        desk: Desk::new(conn, Arc::clone(&shared), seats, head + 1, sync),
        jobs: jobs_receiver,
        on_commit,
        readers: readers.clone(),
        closing,
        upkeep: tokio::spawn(upkeep.run()),
        group_events: config.group_events.max(1),
        lock,
        began: Instant::now(),
        in_a_row: 0,
    };
    tokio::spawn(writer.run());
    Ok(Begun {
        shared,
        jobs,
        readers,
    })
}

/// Marks the journal as open; after an unclean end, a new epoch begins behind the last event that is left.
async fn open_epoch(
    conn: &mut sqlx::SqliteConnection,
) -> Result<(Vec<Epoch>, i64, i64), sqlx::Error> {
    super::desk::in_transaction(conn, |conn| {
        Box::pin(async move {
            let row = sqlx::query(
                "SELECT epoch, clean, horizon, max(head, coalesce((SELECT max(offset) FROM events), 0)) FROM journal",
            )
            .fetch_one(&mut *conn)
            .await?;
            let (epoch, clean): (i64, bool) = (row.try_get(0)?, row.try_get(1)?);
            let (horizon, head): (i64, i64) = (row.try_get(2)?, row.try_get(3)?);
            if epoch == 0 || !clean {
                sqlx::query("INSERT INTO epochs (epoch, first_offset) VALUES (?, ?)")
                    .bind(epoch + 1)
                    .bind(head + 1)
                    .execute(&mut *conn)
                    .await?;
                sqlx::query("UPDATE journal SET epoch = epoch + 1")
                    .execute(&mut *conn)
                    .await?;
            }
            sqlx::query("UPDATE journal SET clean = 0")
                .execute(&mut *conn)
                .await?;
            let epochs = sqlx::query("SELECT epoch, first_offset FROM epochs ORDER BY epoch")
                .fetch_all(&mut *conn)
                .await?
                .into_iter()
                .map(|row| {
                    Ok(Epoch {
                        epoch: row.try_get(0)?,
                        first_offset: row.try_get::<i64, _>(1)? as u64,
                    })
                })
                .collect::<Result<_, sqlx::Error>>()?;
            Ok((epochs, head, horizon))
        })
    })
    .await
}

impl Writer {
    async fn run(mut self) {
        let mut next = None;
        let mut asked = None;
        loop {
            let job = match next.take() {
                Some(job) => job,
                None => match self.jobs.recv().await {
                    Some(job) => job,
                    // Every handle is gone.
                    None => break,
                },
            };
            match job {
                Job::Append(first) => {
                    self.gather(&first).await;
                    self.began = Instant::now();
                    let (batches, other) = self.collect(first);
                    next = other;
                    self.append(batches).await;
                }
                Job::Step(batch, step, refused) => {
                    self.began = Instant::now();
                    self.step(batch, step, refused).await;
                }
                Job::Work(work) => work(&mut self.desk).await,
                Job::Close(done) => {
                    asked = Some(done);
                    break;
                }
            }
        }
        self.close(asked).await;
    }

    /// A commit costs the same for one event as for ten, and there are readers to be woken after it. So where small
    /// groups keep following each other closely, each waits a moment for company.
    async fn gather(&mut self, first: &Batch) {
        let due = self.began + GATHER;
        let wait = due.saturating_duration_since(Instant::now());
        if wait.is_zero() {
            self.in_a_row = 0;
        } else {
            self.in_a_row += 1;
        }
        let is_small = first.events.len() + self.jobs.len() < COMPANY;
        if is_small && self.in_a_row > BURST {
            tokio::time::sleep(wait).await;
        }
    }

    /// Everything that waits now, up to a bound, and up to the first job of another kind.
    fn collect(&mut self, first: Batch) -> (Vec<Batch>, Option<Job>) {
        let mut events = first.events.len();
        let mut bytes = first.room.num_permits();
        let mut batches = vec![first];
        while events < self.group_events && bytes < GROUP_BYTES {
            match self.jobs.try_recv() {
                Ok(Job::Append(batch)) => {
                    events += batch.events.len();
                    bytes += batch.room.num_permits();
                    batches.push(batch);
                }
                Ok(other) => return (batches, Some(other)),
                Err(_) => break,
            }
        }
        (batches, None)
    }

    async fn append(&mut self, batches: Vec<Batch>) {
        let Some(batches) = self.trusted(batches).await else {
            return;
        };
        let bytes: usize = batches.iter().map(|batch| batch.room.num_permits()).sum();
        let mut group = Group::gather(batches, &self.desk.seats, &self.desk.recent);
        if let Err(error) = self.desk.commit(&mut group).await {
            tracing::warn!(%error, events = group.rows.len(), "a group was not written");
            group.refuse(&AppendError::from(error));
            return;
        }
        self.release(group, bytes).await;
    }

    /// A batch and what it tells of, in one transaction.
    async fn step(&mut self, batch: Batch, step: Beside, refused: oneshot::Sender<StepError>) {
        let Some(batches) = self.trusted(vec![batch]).await else {
            return;
        };
        let bytes: usize = batches.iter().map(|batch| batch.room.num_permits()).sum();
        let mut group = Group::gather(batches, &self.desk.seats, &self.desk.recent);
        match self.desk.commit_step(&mut group, step).await {
            Ok(Ok(())) => self.release(group, bytes).await,
            Ok(Err(why)) => {
                // Before the batch's own answer, which only says that there is none.
                let _ = refused.send(why);
                group.refuse(&AppendError::Closed);
            }
            Err(error) => {
                tracing::warn!(%error, "a step was not written");
                group.refuse(&AppendError::from(error));
            }
        }
    }

    /// The batches, where the log can be trusted; else they are refused.
    async fn trusted(&mut self, batches: Vec<Batch>) -> Option<Vec<Batch>> {
        if !self.desk.shared.is_suspect() {
            return Some(batches);
        }
        let trusted = self.desk.trust_again().await;
        if matches!(trusted, Ok(true)) {
            return Some(batches);
        }
        let error = trusted.err().map_or_else(
            || AppendError::Storage("an fsync failed, and the log cannot be moved yet".into()),
            AppendError::from,
        );
        for batch in batches {
            drop(batch.room);
            batch.receipt.tell(Err(error.clone()));
        }
        None
    }

    /// After the commit: the events become visible, and the receipts wait for the fsync.
    async fn release(&mut self, group: Group, bytes: usize) {
        let mut done = group.finish(&mut self.desk.seats, &mut self.desk.recent);
        if let Some(last) = done.events.last() {
            self.desk.next_offset = last.offset.0 as i64 + 1;
            self.desk.shared.advance(last.offset.0);
            (self.on_commit)(Committed {
                events: done.events,
            });
            if self.desk.shared.add_unmoved(bytes as u64) >= upkeep::WAKE_BYTES {
                self.desk.shared.wake_upkeep.notify_one();
            }
        }
        for (receipt, _) in &mut done.receipts {
            receipt.tell_placed();
        }
        let pending = Pending::Group {
            receipts: done.receipts,
            room: done.room,
        };
        if self.desk.sync.send(pending).await.is_err() {
            tracing::error!("the journal's sync thread is gone");
        }
    }

    /// Refuses what comes now, lets everything before reach the disk, empties the log and marks the end as clean.
    async fn close(mut self, asked: Option<oneshot::Sender<Result<(), JournalError>>>) {
        self.jobs.close();
        let mut others = Vec::from_iter(asked);
        while let Ok(job) = self.jobs.try_recv() {
            match job {
                Job::Append(batch) | Job::Step(batch, ..) => {
                    batch.receipt.tell(Err(AppendError::Closed));
                }
                Job::Work(work) => work(&mut self.desk).await,
                Job::Close(done) => others.push(done),
            }
        }
        self.closing.send_replace(true);
        let _ = self.upkeep.await;
        self.readers.close().await;
        let outcome = finish(self.desk).await;
        if let Err(error) = &outcome {
            tracing::error!(%error, "the journal was not closed cleanly");
        }
        drop(self.lock);
        for done in others {
            let _ = done.send(outcome.clone());
        }
    }
}

async fn finish(mut desk: Desk) -> Result<(), JournalError> {
    desk.synced().await.map_err(JournalError::from)?;
    // Everything before the mark is synced; the mark itself is by the checkpoint, which syncs log and database.
    sqlx::query("UPDATE journal SET clean = 1, head = ?")
        .bind(desk.next_offset - 1)
        .execute(&mut desk.conn)
        .await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
        .fetch_one(&mut desk.conn)
        .await?;
    desk.conn.close().await?;
    Ok(())
}
