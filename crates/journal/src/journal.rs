//! The handle. In: events and questions. Out: receipts and answers; the work is done by the tasks behind it.

use std::sync::Arc;

use loopscope_event::{Cursor, Event, NewEvent, Offset};
use sqlx::sqlite::{SqliteConnection, SqlitePool};
use tokio::sync::{Semaphore, mpsc, oneshot};

use crate::commands::StepError;
use crate::shared::Shared;
use crate::store::open;
use crate::writer::sync::Pending;
use crate::writer::{self, Appended, Batch, ConnWorking, Desk, Job, Receipt, Working};
use crate::{AppendError, JournalConfig, JournalError, OpenError};

/// What an event takes of the queue beside its texts, in bytes.
const EVENT_BYTES: usize = 256;

/// Events that were just committed: they are in order, readers of the journal see them, and the disk may not yet.
#[derive(Debug, Clone)]
pub struct Committed {
    /// In offset order, without a gap to the ones before.
    pub events: Vec<Arc<Event>>,
}

/// The journal, opened. Cheap to clone; when the last clone is dropped it closes by itself, in the background.
#[derive(Clone)]
pub struct Journal {
    inner: Arc<Inner>,
}

struct Inner {
    shared: Arc<Shared>,
    jobs: mpsc::UnboundedSender<Job>,
    readers: SqlitePool,
    /// One permit a byte of queued events.
    room: Arc<Semaphore>,
    queue_bytes: usize,
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Journal")
            .field("path", &self.inner.shared.path)
            .field("head", &self.head())
            .finish_non_exhaustive()
    }
}

fn weight(event: &NewEvent) -> usize {
    EVENT_BYTES + event.name.len() + event.data.as_str().len()
}

impl Journal {
    /// Opens the file, or makes it. `on_commit` is called by the writer with every group right after its commit and
    /// before its fsync; it must be quick and must not block.
    pub async fn open(
        config: JournalConfig,
        on_commit: impl Fn(Committed) + Send + Sync + 'static,
    ) -> Result<Self, OpenError> {
        let lock = open::prepare(&config.path).await?;
        let begun = writer::begin(&config, lock, Box::new(on_commit)).await?;
        let queue_bytes = config
            .queue_bytes
            .clamp(1, Semaphore::MAX_PERMITS.min(u32::MAX as usize));
        Ok(Self {
            inner: Arc::new(Inner {
                shared: begun.shared,
                jobs: begun.jobs,
                readers: begun.readers,
                room: Arc::new(Semaphore::new(queue_bytes)),
                queue_bytes,
            }),
        })
    }

    /// A handle behind which nobody writes.
    pub(crate) fn without_writer(shared: Arc<Shared>, readers: SqlitePool) -> Self {
        let (jobs, _) = mpsc::unbounded_channel();
        Self {
            inner: Arc::new(Inner {
                shared,
                jobs,
                readers,
                room: Arc::new(Semaphore::new(1)),
                queue_bytes: 1,
            }),
        }
    }

    /// Writes a batch as a whole and answers, in its order, once it is on the disk.
    ///
    /// Dropping the future does not take the batch back.
    pub async fn append(&self, events: Vec<NewEvent>) -> Result<Vec<Appended>, AppendError> {
        self.append_placed(events, None).await
    }

    /// As [`Journal::append`]. `placed` is told as soon as the batch has its place in the order, before the disk is sure
    /// to have it: what is appended from then on comes after it, whatever becomes of the fsync. Where it gets no place,
    /// `placed` is dropped.
    pub async fn append_placed(
        &self,
        events: Vec<NewEvent>,
        placed: Option<oneshot::Sender<()>>,
    ) -> Result<Vec<Appended>, AppendError> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        let (outcome, answer) = oneshot::channel();
        let receipt = Receipt { placed, outcome };
        let batch = self.batch(events, receipt)?;
        self.inner
            .jobs
            .send(Job::Append(batch))
            .map_err(|_| AppendError::Closed)?;
        answer.await.unwrap_or(Err(AppendError::Closed))
    }

    /// A batch with the room that it takes in the queue.
    fn batch(&self, events: Vec<NewEvent>, receipt: Receipt) -> Result<Batch, AppendError> {
        let inner = &self.inner;
        // A batch above the bound is let in when nothing else waits.
        let bytes = events
            .iter()
            .map(weight)
            .sum::<usize>()
            .min(inner.queue_bytes);
        let room = Arc::clone(&inner.room)
            .try_acquire_many_owned(bytes as u32)
            .map_err(|_| AppendError::TooBusy)?;
        Ok(Batch {
            events,
            receipt,
            room,
        })
    }

    /// Events and what they tell of, in one transaction.
    pub(crate) async fn append_with(
        &self,
        events: Vec<NewEvent>,
        step: writer::Beside,
    ) -> Result<Vec<Appended>, StepError> {
        let (outcome, answer) = oneshot::channel();
        let (refused, mut why) = oneshot::channel();
        let receipt = Receipt {
            placed: None,
            outcome,
        };
        let batch = self.batch(events, receipt)?;
        self.inner
            .jobs
            .send(Job::Step(batch, step, refused))
            .map_err(|_| AppendError::Closed)?;
        let answer = answer.await.unwrap_or(Err(AppendError::Closed));
        match why.try_recv() {
            Ok(why) => Err(why),
            Err(_) => Ok(answer?),
        }
    }

    /// The newest committed event's place; 0 where there is none.
    pub fn head(&self) -> Offset {
        Offset(self.inner.shared.head())
    }

    /// The present epoch.
    pub fn epoch(&self) -> u32 {
        self.inner.shared.epochs.last().map_or(0, |last| last.epoch)
    }

    /// The cursor of a reader that has seen everything.
    pub fn cursor(&self) -> Cursor {
        Cursor {
            epoch: self.epoch(),
            offset: self.head(),
        }
    }

    /// How many bytes of events wait for their receipt, and how many may.
    pub fn queued_bytes(&self) -> (usize, usize) {
        let free = self.inner.room.available_permits();
        (
            self.inner.queue_bytes.saturating_sub(free),
            self.inner.queue_bytes,
        )
    }

    /// Lets everything that was appended reach the disk, empties the log, marks the file as closed in order and lets
    /// go of it. Later calls, on any clone, answer `Closed`.
    pub async fn close(&self) -> Result<(), JournalError> {
        let (done, closed) = oneshot::channel();
        if self.inner.jobs.send(Job::Close(done)).is_err() {
            return Ok(());
        }
        closed.await.unwrap_or(Err(JournalError::Closed))
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.inner.shared
    }

    pub(crate) fn readers(&self) -> &SqlitePool {
        &self.inner.readers
    }

    /// Runs work at the writer's desk, between two groups.
    pub(crate) async fn at_desk<T, F>(&self, work: F) -> Result<T, JournalError>
    where
        T: Send + 'static,
        F: for<'d> FnOnce(&'d mut Desk) -> Working<'d, Result<T, sqlx::Error>> + Send + 'static,
    {
        let (told, answer) = oneshot::channel();
        let work: writer::Work = Box::new(move |desk| {
            Box::pin(async move {
                let _ = told.send(work(desk).await);
            })
        });
        self.inner
            .jobs
            .send(Job::Work(work))
            .map_err(|_| JournalError::Closed)?;
        Ok(answer.await.map_err(|_| JournalError::Closed)??)
    }

    /// The same in a transaction of its own, and answers only when that is on the disk.
    pub(crate) async fn durably<T, F>(&self, work: F) -> Result<T, JournalError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> ConnWorking<'c, T> + Send + 'static,
    {
        let (value, synced) = self
            .at_desk(move |desk| {
                Box::pin(async move {
                    let value = desk.in_transaction(work).await?;
                    let (done, synced) = oneshot::channel();
                    // Where the thread is gone, `done` is dropped with it and the caller is told.
                    let _ = desk.sync.send(Pending::Barrier(done)).await;
                    Ok((value, synced))
                })
            })
            .await?;
        synced.await.unwrap_or(Err(AppendError::Closed))?;
        Ok(value)
    }
}
