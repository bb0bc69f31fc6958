//! The passing of time. In: the clock, and sessions that ended. Out: commands that expired or failed, runners that
//! no longer ask, questions that answer themselves.

use std::sync::Arc;
use std::time::Duration as Wait;

use loopscope_board::Board;
use loopscope_event::{CommandRecord, CommandState, Duration, Event, Kind, Timestamp};
use loopscope_protocol::{DecisionRow, DetachReason};
use tokio::time::sleep;
use tokio_util::task::TaskTracker;

use super::seats::Held;
use super::{Desk, Key};
use crate::fold::Told;
use crate::life::now;

/// A program's last receipts may come after its last event: so long after its end nothing of a session fails.
const LAST_WORDS: Duration = Duration::from_millis(2_000);

/// The longest sleep: clocks may be set.
const LONGEST: Wait = Wait::from_secs(5);

/// After something could not be written it is tried again, not sooner than this.
const PAUSE: Wait = Wait::from_millis(200);

impl Desk {
    /// Does what is due, until the server stops.
    pub(crate) async fn keep_time(self) {
        loop {
            let at = now();
            let (next, due) = self.0.seats.due(at);
            let mut all_done = true;
            for key in due {
                all_done &= self.look_at(&key).await;
            }
            let (decision, decided) = self.decide_by_time(at).await;
            all_done &= decided;
            let next = [next, decision].into_iter().flatten().min();
            let wait = match next {
                _ if !all_done => PAUSE,
                None => LONGEST,
                Some(next) => {
                    let micros = next.since(now()).as_micros().max(0) as u64;
                    Wait::from_micros(micros).min(LONGEST)
                }
            };
            tokio::select! {
                () = sleep(wait) => {}
                () = self.0.seats.sooner.notified() => {}
                () = self.0.shutdown.cancelled() => return,
            }
        }
    }

    /// A session's board says that it ended: soon, what is open fails.
    pub(crate) async fn session_ended(&self, key: &Key) {
        if !self.0.seats.has(key) {
            return;
        }
        if let Some(mut held) = self.0.seats.hold_known(key).await {
            held.fails_at.get_or_insert_with(|| now().plus(LAST_WORDS));
        }
    }

    /// A session is deleted: nothing of it is open any more.
    pub(crate) async fn forget(&self, key: &Key) {
        if let Some(mut held) = self.0.seats.hold_known(key).await {
            held.open.clear();
            held.runner = None;
            held.fails_at = None;
        }
        self.0.standing.forget(key);
        self.drop_decisions(key);
    }

    /// Does what is due in a session; answers whether all of it could be written.
    async fn look_at(&self, key: &Key) -> bool {
        let Some(mut held) = self.0.seats.hold_known(key).await else {
            return true;
        };
        let at = now();
        let mut all_done = true;
        if held.fails_at.is_some_and(|fails_at| fails_at <= at) {
            all_done &= self.fail_open(&mut held, key, at).await;
        }
        let expired: Vec<CommandRecord> = held
            .open
            .iter()
            .filter(|row| row.expires_at.is_some_and(|expires| expires <= at))
            .filter(|row| row.state.may_become(CommandState::Expired))
            .cloned()
            .collect();
        for known in expired {
            all_done &= self
                .end_by_time(
                    &mut held,
                    known,
                    CommandState::Expired,
                    "no program took it in time",
                    at,
                )
                .await;
        }
        let lapsed = held
            .runner
            .as_ref()
            .and_then(super::runners::Runner::lapses_at);
        if lapsed.is_some_and(|lapses_at| lapses_at <= at) {
            self.unseat(&mut held, key, DetachReason::Gone).await;
        }
        all_done
    }

    /// The session is over, and its program's last words are said.
    async fn fail_open(&self, held: &mut Held<'_>, key: &Key, at: Timestamp) -> bool {
        held.fails_at = None;
        let Ok(board) = self.board(key).await else {
            held.fails_at = Some(at.plus(LAST_WORDS));
            return false;
        };
        if !board.is_some_and(|board| board.status().is_ended()) {
            // It began anew meanwhile.
            return true;
        }
        let mut all_done = true;
        for known in held.open.clone() {
            let why = "the session ended first";
            all_done &= self
                .end_by_time(held, known, CommandState::Failed, why, at)
                .await;
        }
        if !all_done {
            held.fails_at = Some(at);
        }
        self.unseat(held, key, DetachReason::SessionEnded).await;
        all_done
    }

    async fn end_by_time(
        &self,
        held: &mut Held<'_>,
        known: CommandRecord,
        state: CommandState,
        why: &str,
        at: Timestamp,
    ) -> bool {
        let (from, id) = (known.state, known.command_id.clone());
        let row = CommandRecord {
            state,
            ended_at: Some(at),
            error: Some(why.to_owned()),
            ..known
        };
        match self.step_on(held, from, row, "timeout").await {
            Ok(_) => {
                if let Some(runner) = &held.runner {
                    runner.tell_cancelled(&id);
                }
                true
            }
            Err(error) => {
                tracing::warn!(%error, "a command's end could not be written");
                held.find(&id).is_none()
            }
        }
    }
}

/// The desk as the fold tells it of boards.
pub(crate) struct Ends(pub Desk, pub TaskTracker);

impl Told for Ends {
    fn event(&self, event: &Event) {
        if event.kind == Kind::Decision {
            self.0.decision_event(event);
        }
        self.0.standing_event(event);
    }

    fn decisions(&self) -> Vec<DecisionRow> {
        self.0.changed_decisions()
    }

    fn changed(&self, boards: &[Arc<Board>]) {
        for board in boards {
            if !board.status().is_ended() {
                continue;
            }
            let key = (board.project().clone(), board.session_id().clone());
            self.0.drop_decisions(&key);
            if self.0.0.seats.has(&key) {
                let desk = self.0.clone();
                self.1.spawn(async move { desk.session_ended(&key).await });
            }
        }
    }
}
