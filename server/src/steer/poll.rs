//! Taking commands by asking for them. In: a program's long poll. Out: what is to be done, as soon as there is any.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration as Wait;

use loopscope_event::{CommandId, CommandRecord, CommandState, Duration, Timestamp};
use loopscope_protocol::{ApiError, CommandKind, ErrorCode, RunnerVia};
use tokio::time::{Instant, sleep_until};

use super::runners::{NewRunner, Outlet};
use super::seats::{Held, Seat};
use super::{Desk, Key};
use crate::life::now;

/// How long after its last poll a program is still the runner.
const GRACE: Duration = Duration::from_millis(15_000);

/// What was handed over and not acknowledged is handed over again after so long.
const AGAIN: Duration = Duration::from_millis(5_000);

/// The most commands in one answer.
const MOST: usize = 64;

/// A program that asks.
#[derive(Debug, Clone)]
pub(crate) struct Poller {
    /// Its name: the same name is the same program.
    pub name: String,
    /// What it says it obeys.
    pub commands: Vec<CommandKind>,
    /// Whether to take the place of the one that is there.
    pub take_over: bool,
    /// How long to wait for something.
    pub wait: Wait,
}

/// What is known of a runner that asks.
#[derive(Debug)]
pub(super) struct Polling {
    /// When it is given up.
    pub lapses_at: Timestamp,
    /// When each command was handed over last.
    given: HashMap<CommandId, Timestamp>,
}

/// What one look brought.
struct Look {
    given: Vec<CommandRecord>,
    /// When there may be more without news.
    next: Option<Timestamp>,
    seat: Arc<Seat>,
    /// The seat's count of news before the look.
    told: u64,
}

impl Desk {
    /// Waits for commands as the session's runner.
    pub(crate) async fn poll(
        &self,
        key: &Key,
        asked: Poller,
    ) -> Result<Vec<CommandRecord>, ApiError> {
        let until = Instant::now() + asked.wait;
        let mut is_first = true;
        loop {
            let (desk, key, who) = (self.clone(), key.clone(), asked.clone());
            let look = self.whole(async move { desk.look(&key, &who, is_first, until).await });
            let look = look.await?;
            is_first = false;
            if !look.given.is_empty() {
                return Ok(look.given);
            }
            let mut news = std::pin::pin!(look.seat.news.notified());
            news.as_mut().enable();
            if look.seat.told() != look.told {
                continue;
            }
            let wake = look.next.map_or(until, |next| {
                let micros = next.since(now()).as_micros().max(0) as u64;
                until.min(Instant::now() + Wait::from_micros(micros))
            });
            tokio::select! {
                () = news => {}
                () = self.0.shutdown.cancelled() => return Ok(Vec::new()),
                () = sleep_until(wake) => {
                    if Instant::now() >= until {
                        return Ok(Vec::new());
                    }
                }
            }
        }
    }

    /// Hands over what there is now.
    async fn look(
        &self,
        key: &Key,
        asked: &Poller,
        is_first: bool,
        until: Instant,
    ) -> Result<Look, ApiError> {
        let mut held = self.0.seats.hold(key).await;
        self.sit_down(&mut held, key, asked, is_first).await?;
        let seat = Arc::clone(&held.seat);
        let told = seat.told();
        let at = now();
        let (ids, next) = polling(&mut held).map_or((Vec::new(), None), |(open, polling)| {
            polling.lapses_at = at.plus(left(until)).plus(GRACE);
            polling.due(&open, at)
        });
        let handed = self.hand_over(&mut held, &ids).await?;
        if let Some((_, polling)) = polling(&mut held).filter(|_| !handed.is_empty()) {
            polling.lapses_at = at.plus(GRACE);
            let times = handed.iter().map(|(row, _)| (row.command_id.clone(), at));
            polling.given.extend(times);
        }
        Ok(Look {
            given: handed.into_iter().map(|(row, _)| row).collect(),
            next,
            seat,
            told,
        })
    }

    /// Makes the program the runner, unless it is.
    async fn sit_down(
        &self,
        held: &mut Held<'_>,
        key: &Key,
        asked: &Poller,
        is_first: bool,
    ) -> Result<(), ApiError> {
        if let Some(present) = &held.runner
            && present.info.via == RunnerVia::Http
            && present.info.name == asked.name
        {
            return Ok(());
        }
        if !is_first {
            let message = "another program has taken over this session's commands, or it has ended";
            return Err(ApiError::new(ErrorCode::Conflict, message));
        }
        let new = NewRunner {
            name: asked.name.clone(),
            via: RunnerVia::Http,
            commands: asked.commands.clone(),
            take_over: asked.take_over,
        };
        let polling = Polling {
            lapses_at: now().plus(GRACE),
            given: HashMap::new(),
        };
        self.seat_runner(held, key, new, Outlet::Poll(polling))
            .await
            .map(|_| ())
    }
}

/// What the present runner has open, and what is known of it, where it is one that asks.
fn polling<'a>(held: &'a mut Held<'_>) -> Option<(Vec<CommandRecord>, &'a mut Polling)> {
    let open = held.open.clone();
    match &mut held.runner.as_mut()?.outlet {
        Outlet::Poll(polling) => Some((open, polling)),
        Outlet::Channel(_) => None,
    }
}

impl Polling {
    /// What is to be handed over now, and when the next is.
    fn due(
        &mut self,
        open: &[CommandRecord],
        at: Timestamp,
    ) -> (Vec<CommandId>, Option<Timestamp>) {
        self.given
            .retain(|id, _| open.iter().any(|row| row.command_id == *id));
        let mut ids = Vec::new();
        let mut next: Option<Timestamp> = None;
        for row in open {
            let again = match self.given.get(&row.command_id) {
                // New to this runner, whatever became of it in another's hands.
                None => at,
                Some(_) if row.state == CommandState::Acknowledged => continue,
                Some(given) => given.plus(AGAIN),
            };
            if again <= at {
                ids.push(row.command_id.clone());
            } else {
                next = Some(next.map_or(again, |next| next.min(again)));
            }
        }
        ids.truncate(MOST);
        (ids, next)
    }
}

fn left(until: Instant) -> Duration {
    let left = until.saturating_duration_since(Instant::now());
    Duration::from_micros(left.as_micros() as i64)
}
