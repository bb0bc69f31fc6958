//! The simulated loop (`--mock`): sessions one after another, through the same intake as every real loop's.
//!
//! In: the clock. Out: events of a target called `simulated`, a beat every two seconds, in the contract's mock style.

mod material;
mod script;

use std::time::Duration;

use bytes::Bytes;
use loopscope_event::{Dialect, ProjectId};
use loopscope_protocol::ErrorCode;
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::bridge;
use crate::intake::{self, IntakeRequest, Transport};
use crate::life::now;
use crate::state::AppState;
use script::Script;

/// What is noted as the source of its sessions: one that a stopped server left behind is given up by the next.
const SOURCE: &str = "mock:";

/// Plays until the server stops.
pub(crate) fn start(state: &AppState, pace: Duration) {
    let player = play(state.clone(), pace);
    state.life.tasks.spawn(player);
}

async fn play(state: AppState, pace: Duration) {
    tracing::info!(?pace, "a simulated loop plays");
    let mut script = Script::new(now().as_micros().unsigned_abs());
    let mut beat = interval(pace);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        // A beat that has begun is played to its end.
        tokio::select! {
            () = state.life.shutdown.cancelled() => return,
            _ = beat.tick() => {}
        }
        let events = script.beat(now());
        let text = match serde_json::to_vec(&events) {
            Ok(text) => Bytes::from(text),
            Err(error) => {
                tracing::error!(%error, "a simulated event cannot be written");
                return;
            }
        };
        store(&state, text).await;
        if let Some(session) = script.begun() {
            bridge::remember(&state, &ProjectId::default(), &session, SOURCE).await;
        }
    }
}

/// Stores a beat, however long it takes: time stands still in the simulation while the disk is full.
async fn store(state: &AppState, text: Bytes) {
    loop {
        let request = IntakeRequest {
            dialect: Some(Dialect::Convergence),
            ..IntakeRequest::json(text.clone(), Transport::Mock)
        };
        match intake::submit(state, request).await {
            Ok(_) => return,
            Err(error) if error.code == ErrorCode::ShuttingDown => return,
            Err(error) => {
                tracing::warn!(%error, "simulated events wait to be stored");
                let pause = Duration::from_millis(error.retry_after_ms.unwrap_or(1_000));
                tokio::select! {
                    () = sleep(pause) => {}
                    () = state.life.shutdown.cancelled() => return,
                }
            }
        }
    }
}
