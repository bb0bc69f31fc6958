//! The fsync, beside the writer. In: committed groups. Out: their receipts, once the log is on the disk.
//!
//! A thread of its own takes every group that waits, syncs once, and sends all their receipts: while it waits for the
//! disk the writer commits the next groups.

use std::fs::File;
use std::io;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use super::{Appended, Receipt};
use crate::AppendError;
use crate::shared::Shared;

/// Groups that may wait for the fsync before the writer pauses.
const PIPELINE: usize = 64;

/// Something that waits for the disk.
pub(crate) enum Pending {
    Group {
        receipts: Vec<(Receipt, Vec<Appended>)>,
        room: Vec<OwnedSemaphorePermit>,
    },
    /// Told when everything before it is on the disk.
    Barrier(oneshot::Sender<Result<(), AppendError>>),
}

/// Starts the thread; it ends when the sender is dropped.
pub(crate) fn start(log: File, shared: Arc<Shared>) -> io::Result<mpsc::Sender<Pending>> {
    let (sender, mut receiver) = mpsc::channel::<Pending>(PIPELINE);
    std::thread::Builder::new()
        .name("journal-sync".into())
        .spawn(move || {
            let mut waiting = Vec::new();
            while receiver.blocking_recv_many(&mut waiting, PIPELINE) > 0 {
                let outcome = settle(&log, &shared);
                for pending in waiting.drain(..) {
                    release(pending, &outcome);
                }
            }
        })?;
    Ok(sender)
}

fn settle(log: &File, shared: &Shared) -> Result<(), AppendError> {
    // After a failure a later success means nothing, until the writer has made the log trustworthy again.
    if shared.is_suspect() {
        return Err(AppendError::Storage("an earlier fsync failed".into()));
    }
    log.sync_data().map_err(|error| {
        tracing::error!(%error, "the journal's fsync failed; nothing is acknowledged until a checkpoint succeeds");
        shared.suspect();
        AppendError::from(error)
    })
}

fn release(pending: Pending, outcome: &Result<(), AppendError>) {
    // A producer that is gone needs no answer.
    match pending {
        Pending::Group { receipts, room } => {
            // Before the receipts: whoever has one finds room for the next batch.
            drop(room);
            for (receipt, answers) in receipts {
                receipt.tell(outcome.clone().map(|()| answers));
            }
        }
        Pending::Barrier(done) => {
            let _ = done.send(outcome.clone());
        }
    }
}
