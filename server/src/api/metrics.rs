//! `GET /metrics`, for Prometheus; and the Overview's numbers for watchers, once a second.

use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderName, header};
use loopscope_protocol::MetricsFrame;
use tokio::time::{MissedTickBehavior, interval};

use super::{exposition, views};
use crate::access::Viewer;
use crate::error::Problem;
use crate::life::now;
use crate::state::AppState;

const TELL_EVERY: Duration = Duration::from_secs(1);

/// The counters, with the gauges as they are at this moment, and the sessions that the asker may see.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "Server",
    summary = "Metrics for Prometheus",
    responses((status = 200, description = "Prometheus text, version 0.0.4", body = String, content_type = "text/plain")),
    security(("bearer" = ["view"])),
)]
pub(crate) async fn scrape(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
) -> Result<([(HeaderName, &'static str); 1], String), Problem> {
    measure(&state);
    let mut text = state.telemetry.text();
    text.push_str(
        &exposition::sessions(&state, grant.project, now())
            .await
            .map_err(|error| views::unreadable(&error))?,
    );
    let media = "text/plain; version=0.0.4; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, media)], text))
}

fn measure(state: &AppState) {
    let ring = state.ring.stats();
    let head = state.journal.head().0;
    let lag = state
        .ring
        .head()
        .0
        .saturating_sub(state.fold.cursor().offset.0);
    metrics::gauge!("loopscope_journal_head_offset").set(head as f64);
    metrics::gauge!("loopscope_journal_queue_bytes").set(state.journal.queued_bytes().0 as f64);
    metrics::gauge!("loopscope_ring_events").set(ring.events as f64);
    metrics::gauge!("loopscope_ring_bytes").set(ring.bytes as f64);
    metrics::gauge!("loopscope_ring_waiting_readers").set(ring.waiting as f64);
    metrics::gauge!("loopscope_fold_lag_events").set(lag as f64);
    metrics::gauge!("loopscope_uptime_seconds").set(state.life.uptime().as_secs_f64());
    metrics::gauge!("loopscope_producers").set(state.clients.producers() as f64);
    for (speaks, count) in state.clients.by_kind() {
        metrics::gauge!("loopscope_clients", "speaks" => speaks).set(count as f64);
    }
}

/// Tells watchers the numbers, as long as there are any watchers.
pub(crate) async fn tell_watchers(state: AppState) {
    let mut beat = interval(TELL_EVERY);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        beat.tick().await;
        if !state.fold.feed().is_watched() {
            continue;
        }
        match views::numbers(&state, None).await {
            Ok(metrics) => state.fold.feed().tell_metrics(MetricsFrame {
                metrics,
                sources: state.sources.rows(),
                server_time: now(),
            }),
            Err(error) => tracing::warn!(%error, "the numbers could not be counted"),
        }
    }
}
