//! What programs say of commands. In: a receipt. Out: the command as it stands, after the fsync.

use loopscope_event::{CommandRecord, CommandState};
use loopscope_protocol::{ApiError, CommandReceipt};

use super::{Desk, Key, check};
use crate::life::now;

impl Desk {
    /// Takes a receipt. One that tells nothing new, or comes when the command is over, changes nothing: it is
    /// answered with the command as it stands, and never turned back.
    pub(crate) async fn receipt(
        &self,
        by: &str,
        key: &Key,
        receipt: CommandReceipt,
    ) -> Result<CommandRecord, ApiError> {
        check::receipt(&receipt)?;
        let (desk, by, key) = (self.clone(), by.to_owned(), key.clone());
        self.whole(async move { desk.do_receipt(&by, &key, receipt).await })
            .await
    }

    async fn do_receipt(
        &self,
        by: &str,
        key: &Key,
        receipt: CommandReceipt,
    ) -> Result<CommandRecord, ApiError> {
        let mut held = self.0.seats.hold(key).await;
        let Some(known) = held.find(&receipt.command_id).cloned() else {
            return self.command(key, &receipt.command_id).await;
        };
        let state = receipt.status.state();
        if !known.state.may_become(state) {
            return Ok(known);
        }
        let at = now();
        let from = known.state;
        let is_taken = state == CommandState::Acknowledged;
        let row = CommandRecord {
            state,
            // Who has a receipt for it was given it, even where the server died before it noted so.
            delivered_at: known.delivered_at.or(Some(at)),
            acknowledged_at: known.acknowledged_at.or(is_taken.then_some(at)),
            ended_at: state.is_over().then_some(at),
            result: receipt.result.or(known.result),
            error: receipt.error.or(known.error),
            ..known
        };
        let runner = held.runner.as_ref().map(|runner| runner.info.name.clone());
        let by = runner.unwrap_or_else(|| by.to_owned());
        self.step_on(&mut held, from, row, &by).await
    }
}
