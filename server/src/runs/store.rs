//! Storing what a source sent, and telling behind it what became of its sessions.

use std::time::Duration;

use loopscope_event::{NewEvent, SessionId};
use loopscope_protocol::{ApiError, ErrorCode, IntakeAnswer, ReceiptStatus};
use tokio::sync::oneshot;
use tokio::time::sleep;

use super::Source;
use super::source::Due;
use crate::bridge::{Mark, marks};
use crate::intake::{self, Transport};
use crate::life::now;
use crate::state::AppState;

/// Why a session is given up whose program began another.
const ANOTHER_BEGAN: &str = "another run began";

/// Places events, has them stored, and tells behind them what became of their sessions.
pub(crate) async fn placed(
    state: &AppState,
    source: &Source,
    mut events: Vec<NewEvent>,
    store: impl AsyncFnOnce(Vec<NewEvent>) -> Result<IntakeAnswer, ApiError>,
) -> Result<IntakeAnswer, ApiError> {
    let due = source.place(&mut events);
    let answer = store(events).await?;
    settle_marks(state, source, after(source, due, &answer), ANOTHER_BEGAN).await;
    Ok(answer)
}

/// Stores events, and tries again for as long as the journal cannot take them. False where the server stops before.
pub(crate) async fn store(
    state: &AppState,
    source: Option<&Source>,
    mut events: Vec<NewEvent>,
    transport: Transport,
) -> bool {
    let due = source.map_or_else(Vec::new, |source| source.place(&mut events));
    let Some(answer) = insist(state, events, transport, None).await else {
        return false;
    };
    if let Some(source) = source {
        settle_marks(state, source, after(source, due, &answer), ANOTHER_BEGAN).await;
    }
    true
}

/// As [`store`], for events whose source is nobody's to keep. `placed` is told when what is stored from then on comes
/// after them; where it is dropped, they are tried again, and what comes after them has to wait for the answer.
pub(crate) async fn store_placed(
    state: &AppState,
    events: Vec<NewEvent>,
    transport: Transport,
    placed: oneshot::Sender<()>,
) -> bool {
    let answer = insist(state, events, transport, Some(placed)).await;
    answer.is_some()
}

/// What the journal answered, when it could take events at last; `None` where the server stops before.
async fn insist(
    state: &AppState,
    events: Vec<NewEvent>,
    transport: Transport,
    mut placed: Option<oneshot::Sender<()>>,
) -> Option<IntakeAnswer> {
    if events.is_empty() {
        if let Some(placed) = placed {
            let _ = placed.send(());
        }
        return Some(IntakeAnswer::default());
    }
    loop {
        let (batch, placed) = (events.clone(), placed.take());
        let stored = intake::submit_events_placed(state, batch, transport, placed);
        let error = match stored.await {
            Ok(answer) => return Some(answer),
            Err(error) => error,
        };
        if error.code == ErrorCode::ShuttingDown || state.life.is_stopping() {
            let events = events.len();
            tracing::warn!(events, "the server stops with events not stored");
            return None;
        }
        let pause = Duration::from_millis(error.retry_after_ms.unwrap_or(1_000));
        tracing::warn!(%error, events = events.len(), "events wait to be stored");
        tokio::select! {
            () = sleep(pause) => {}
            () = state.life.shutdown.cancelled() => {}
        }
    }
}

/// The marks that hold: a producer that sends again what it sent before does not end a run a second time.
fn after(source: &Source, due: Vec<Due>, answer: &IntakeAnswer) -> Vec<Mark> {
    let taken = answer.receipts.iter();
    let taken = taken.filter(|receipt| receipt.status != ReceiptStatus::Rejected);
    let taken: Vec<ReceiptStatus> = taken.map(|receipt| receipt.status).collect();
    let is_old = |at: usize| taken.get(at) == Some(&ReceiptStatus::Duplicate);
    let mut kept: Vec<SessionId> = Vec::new();
    let mut marks = Vec::new();
    for Due { at, mark } in due {
        match &mark {
            Mark::Lost(session) if is_old(at) => {
                source.links(|links| links.not_left(session));
                kept.push(session.clone());
            }
            Mark::Restored(session) if kept.contains(session) => {}
            _ => marks.push(mark),
        }
    }
    marks
}

/// Tells what is to be told of a source's sessions.
pub(crate) async fn settle_marks(state: &AppState, source: &Source, marks: Vec<Mark>, why: &str) {
    let (project, noted) = (source.project(), source.noted());
    let (mut events, mut found) = (Vec::new(), Vec::new());
    for mark in marks {
        match mark {
            Mark::Found(session) => found.push(session),
            Mark::Lost(session) => {
                events.extend(marks::lost(state, project, session, now(), &noted, why).await);
            }
            Mark::Restored(session) => {
                events.push(marks::restored(project, session, now(), &noted));
            }
        }
    }
    if !events.is_empty() {
        insist(state, events, Transport::Own, None).await;
    }
    for session in found {
        marks::remember(state, project, &session, &noted).await;
    }
}
