//! The one that writes. In: jobs from a bounded queue. Out: committed groups to the live ring, and, after the fsync
//! that covers them, receipts to the producers.
//!
//! A group is everything that waits when the writer is free, up to a bound: alone, an event is committed at once;
//! under load, groups grow by themselves while the one before is being written. The commit makes a group visible;
//! its receipts wait for [`sync`], which runs on a thread of its own, so that the next group is committed meanwhile.
//!
//! **Why a receipt holds.** In WAL mode a commit appends its pages to the `-wal` file, and SQLite's recovery replays
//! every whole commit of it. The `fdatasync` of that file, begun after the commit, therefore makes the group
//! survive. A checkpoint moves pages from the log to the database and later lets the log begin anew; with
//! `synchronous=NORMAL` it syncs the log before it copies, and the database before it lets go of the log. So at any
//! moment an acknowledged event is in a synced log or a synced database.
//!
//! **When an fsync fails** the kernel may drop the pages and call the next fsync a success. So from then on nothing
//! is acknowledged until a full checkpoint has copied the log, which is still in memory, into the database and
//! synced that ([`Desk::trust_again`]).

mod desk;
mod group;
mod insert;
mod recent;
mod run;
mod seats;
pub(crate) mod sync;
mod upkeep;

use std::future::Future;
use std::pin::Pin;

use loopscope_event::{NewEvent, Offset, Seq};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::alerts::AlertStep;
use crate::annotations::AnnotationStep;
use crate::archive::ArchiveStep;
use crate::commands::{CommandStep, StepError};
use crate::{AppendError, JournalError};

pub(crate) use desk::{ConnWorking, Desk};
pub(crate) use group::Group;
pub(crate) use run::begin;

/// What became of one event of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// It has its place.
    New {
        /// Place in the journal.
        offset: Offset,
        /// Place in its session.
        seq: Seq,
    },
    /// Its project has an event of that id already; this is the first one's place.
    Duplicate {
        /// Place in the journal.
        offset: Offset,
        /// Place in its session.
        seq: Seq,
    },
}

impl Appended {
    /// Where the event is.
    pub const fn offset(self) -> Offset {
        match self {
            Self::New { offset, .. } | Self::Duplicate { offset, .. } => offset,
        }
    }

    /// Where in its session the event is.
    pub const fn seq(self) -> Seq {
        match self {
            Self::New { seq, .. } | Self::Duplicate { seq, .. } => seq,
        }
    }

    /// Whether it was there already.
    pub const fn is_duplicate(self) -> bool {
        matches!(self, Self::Duplicate { .. })
    }
}

/// What a batch is answered with.
pub(crate) type Outcome = Result<Vec<Appended>, AppendError>;

/// The producer's end of a receipt.
pub(crate) struct Receipt {
    /// Told when the batch has its place in the order, which is before the disk is sure to have it. Dropped where it
    /// gets none.
    pub(crate) placed: Option<oneshot::Sender<()>>,
    /// Told when the disk has it.
    pub(crate) outcome: oneshot::Sender<Outcome>,
}

impl Receipt {
    pub(crate) fn tell_placed(&mut self) {
        if let Some(placed) = self.placed.take() {
            let _ = placed.send(());
        }
    }

    /// A producer that is gone needs no answer.
    pub(crate) fn tell(self, outcome: Outcome) {
        let _ = self.outcome.send(outcome);
    }
}

/// A batch that waits, with the room it takes in the queue.
pub(crate) struct Batch {
    pub(crate) events: Vec<NewEvent>,
    pub(crate) receipt: Receipt,
    pub(crate) room: OwnedSemaphorePermit,
}

/// A future that borrows the desk.
pub(crate) type Working<'d, T> = Pin<Box<dyn Future<Output = T> + Send + 'd>>;

/// Something else than events to write.
pub(crate) type Work = Box<dyn for<'d> FnOnce(&'d mut Desk) -> Working<'d, ()> + Send>;

/// Rows that are written in one transaction with their events.
pub(crate) enum Beside {
    /// Of commands.
    Commands(CommandStep),
    /// Of alerts.
    Alerts(AlertStep),
    /// Of a session that comes from a file.
    Archive(ArchiveStep),
    /// None; it is noted that the sessions of the events came from a file.
    File,
    /// Of annotations.
    Annotation(AnnotationStep),
}

/// What the writer is asked to do.
pub(crate) enum Job {
    Append(Batch),
    /// A batch in one transaction with what it tells of; why not goes to the second sender.
    Step(Batch, Beside, oneshot::Sender<StepError>),
    Work(Work),
    Close(oneshot::Sender<Result<(), JournalError>>),
}
