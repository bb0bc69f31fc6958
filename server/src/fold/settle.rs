//! Lists that lack nothing: who asks for rows of sessions gets them as of the newest event that was stored before.
//!
//! Rows are written a little behind their events. A list that is asked for has them written at once, and waits for
//! that; where nothing changed since the last write it waits for nothing.

use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::{sleep, timeout};

use super::Fold;

/// How long a list waits for its rows. A fold that is far behind, or a disk that is full, makes it older, not slower.
const PATIENCE: Duration = Duration::from_millis(500);

/// How long the fold is given to take what was stored a moment ago.
const MOMENT: Duration = Duration::from_millis(1);

/// Who waits for rows, and up to where they are written.
pub(super) struct Settling {
    asked: Notify,
    /// The newest offset that all rows in the journal account for. It is marked as changed after every write.
    covered: watch::Sender<u64>,
}

impl Settling {
    pub(super) fn new() -> Self {
        Self {
            asked: Notify::new(),
            covered: watch::Sender::new(0),
        }
    }

    /// Somebody waits for rows.
    pub(super) async fn asked(&self) {
        self.asked.notified().await;
    }

    /// A write is over. `covered` is what the rows account for by now, where that is known.
    pub(super) fn written(&self, covered: Option<u64>) {
        self.covered
            .send_modify(|before| *before = covered.map_or(*before, |now| now.max(*before)));
    }
}

impl Fold {
    /// Waits until boards, and whoever is told of events beside them, account for every event that is stored now.
    pub(crate) async fn reach(&self) {
        let head = self.0.journal.head();
        let wait = async {
            while self.cursor().offset < head {
                sleep(MOMENT).await;
            }
        };
        let _ = timeout(PATIENCE, wait).await;
    }

    /// Waits until the rows of sessions in the journal account for every event that is stored now.
    pub(crate) async fn settle(&self) {
        let head = self.0.journal.head();
        let mut covered = self.0.settling.covered.subscribe();
        let wait = async {
            while *covered.borrow_and_update() < head.0 {
                if self.cursor().offset < head {
                    sleep(MOMENT).await;
                }
                self.0.settling.asked.notify_one();
                if covered.changed().await.is_err() {
                    return;
                }
            }
        };
        // Whoever has waited long enough takes the rows as they are.
        let _ = timeout(PATIENCE, wait).await;
    }
}
