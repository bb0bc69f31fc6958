//! Work that goes on beside the requests: revocations, retention, boards of moments, the Overview's numbers.

use std::time::Duration;

use loopscope_journal::Retention;
use tokio::time::sleep;

use crate::config::Config;
use crate::life::now;
use crate::state::AppState;

/// How often old sessions are looked for.
const RETAIN_EVERY: Duration = Duration::from_mins(1);

/// Starts it; it ends when the server stops.
pub(super) fn start(state: &AppState) {
    let tasks = &state.life.tasks;
    tasks.spawn(state.access.clone().follow_revocations());
    tasks.spawn(state.desk.clone().keep_time());
    tasks.spawn(state.alerts.clone().run(state.clone()));
    tasks.spawn(state.alerts.clone().send());
    tasks.spawn(state.desk.clone().load_decisions());
    if let Some(bounds) = bounds(&state.config) {
        tasks.spawn(until_stop(state.clone(), retain(state.clone(), bounds)));
    }
    tasks.spawn(until_stop(
        state.clone(),
        crate::fold::keep_spaced(state.fold.clone()),
    ));
    tasks.spawn(until_stop(
        state.clone(),
        crate::api::metrics::tell_watchers(state.clone()),
    ));
}

async fn until_stop(state: AppState, work: impl Future<Output = ()>) {
    tokio::select! {
        () = work => {}
        () = state.life.shutdown.cancelled() => {}
    }
}

fn bounds(config: &Config) -> Option<Retention> {
    let days = |days: u32| loopscope_event::Duration::from_micros(i64::from(days) * 86_400_000_000);
    let bounds = Retention {
        max_age: config.retention_days.map(days),
        max_bytes: config.retention_bytes,
    };
    (bounds != Retention::default()).then_some(bounds)
}

async fn retain(state: AppState, bounds: Retention) {
    loop {
        match state.journal.retain(bounds, now()).await {
            Ok(retained) if retained.events > 0 => {
                tracing::info!(
                    sessions = retained.sessions,
                    events = retained.events,
                    bytes = retained.bytes,
                    "old sessions were removed"
                );
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "old sessions could not be removed"),
        }
        sleep(RETAIN_EVERY).await;
    }
}
