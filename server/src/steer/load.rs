//! The desk at the start of the server. In: what the journal has open. Out: seats; and runners that are gone.

use loopscope_event::CommandRecord;
use loopscope_journal::JournalError;
use loopscope_protocol::DetachReason;

use super::runners::detached_event;
use super::steps::{Step, gone};
use super::{Desk, Key};
use crate::life::now;

impl Desk {
    /// Takes over what the server before left open. Its runners are gone; their commands stay as they were, and the
    /// next runner gets them again.
    pub(crate) async fn load(&self) -> Result<(), JournalError> {
        for runner in self.0.journal.runners().await? {
            let key: Key = (runner.project, runner.session_id);
            let reason = DetachReason::ServerRestarted;
            let event = detached_event(&key, &runner.runner_id, reason, now());
            let mut step = Step::default();
            step.runner(gone(&key, &runner.runner_id), event);
            if let Err(error) = self.write(step).await {
                tracing::warn!(%error, session = key.1.as_str(), "a runner of the last run stays on record");
            }
        }
        let open: Vec<CommandRecord> = self.0.journal.unfinished_commands().await?;
        if !open.is_empty() {
            tracing::info!(commands = open.len(), "commands of the last run go on");
        }
        let mut keys: Vec<Key> = Vec::new();
        for row in open {
            let key: Key = (row.project.clone(), row.session_id.clone());
            self.0.seats.hold(&key).await.put(row);
            if keys.last() != Some(&key) {
                keys.push(key);
            }
        }
        for key in keys {
            let board = self.board(&key).await;
            if let Ok(Some(board)) = board
                && board.status().is_ended()
            {
                self.session_ended(&key).await;
            }
        }
        Ok(())
    }
}
