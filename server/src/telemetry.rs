//! Counters and histograms, and their text for Prometheus. In: what happened. Out: `GET /metrics`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use loopscope_protocol::{ApiError, ErrorCode, IntakeAnswer};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::intake::Transport;

/// Upper bounds of latency buckets, in seconds.
const SECONDS: &[f64] = &[
    0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0,
];

/// The recorder of this process and its text.
#[derive(Clone)]
pub(crate) struct Telemetry {
    handle: Option<PrometheusHandle>,
    /// Whether the journal took the newest batch that it was given.
    writable: Arc<AtomicBool>,
}

impl Telemetry {
    /// Installs the recorder; a process has one, and a second server in it (tests) shares the first's.
    pub(crate) fn install() -> Self {
        static HANDLE: std::sync::OnceLock<Option<PrometheusHandle>> = std::sync::OnceLock::new();
        let handle = HANDLE.get_or_init(|| {
            let builder = PrometheusBuilder::new()
                .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS);
            let handle = builder.and_then(PrometheusBuilder::install_recorder);
            describe();
            handle
                .map_err(|error| tracing::warn!(%error, "there will be no metrics"))
                .ok()
        });
        Self {
            handle: handle.clone(),
            writable: Arc::new(AtomicBool::new(true)),
        }
    }

    /// The text for Prometheus.
    pub(crate) fn text(&self) -> String {
        self.handle.as_ref().map_or_else(String::new, |handle| {
            handle.run_upkeep();
            handle.render()
        })
    }

    /// A body or frame was taken in, or refused.
    #[expect(clippy::unused_self, reason = "the recorder belongs to the process")]
    pub(crate) fn intake(
        &self,
        transport: Transport,
        result: &Result<IntakeAnswer, ApiError>,
        took: Duration,
    ) {
        let transport = transport.as_str();
        metrics::histogram!("loopscope_ack_seconds", "transport" => transport).record(took);
        match result {
            Ok(answer) => {
                let count = |outcome, events| {
                    metrics::counter!("loopscope_events_total", "transport" => transport, "outcome" => outcome)
                        .increment(events);
                };
                count("accepted", answer.accepted);
                count("duplicate", answer.duplicates);
                count("rejected", answer.rejected);
            }
            Err(error) => {
                metrics::counter!("loopscope_intake_refusals_total", "transport" => transport, "code" => word(error.code))
                    .increment(1);
            }
        }
    }

    /// Whether the journal can be written, as far as is known.
    pub(crate) fn is_writable(&self) -> bool {
        self.writable.load(Ordering::Relaxed)
    }

    /// The journal could not take a batch.
    pub(crate) fn not_appended(&self) {
        self.writable.store(false, Ordering::Relaxed);
    }

    /// The journal acknowledged a batch.
    pub(crate) fn appended(&self, events: usize, took: Duration) {
        self.writable.store(true, Ordering::Relaxed);
        metrics::histogram!("loopscope_append_seconds").record(took);
        metrics::counter!("loopscope_appended_events_total").increment(events as u64);
    }
}

/// An error's code as it stands in JSON.
pub(crate) fn word(code: ErrorCode) -> String {
    serde_json::to_string(&code)
        .unwrap_or_default()
        .trim_matches('"')
        .to_owned()
}

fn describe() {
    use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
    describe_counter!(
        "loopscope_alert_changes_total",
        Unit::Count,
        "Alerts that fired or resolved"
    );
    describe_counter!(
        "loopscope_alert_deliveries_total",
        Unit::Count,
        "Attempts to tell a channel of an alert, by their outcome"
    );
    describe_counter!(
        "loopscope_alert_sessions_left_total",
        Unit::Count,
        "Sessions that alert rules no longer keep in sight, because there are too many"
    );
    describe_gauge!(
        "loopscope_alerts_firing",
        Unit::Count,
        "Alerts that fire now"
    );
    describe_counter!(
        "loopscope_events_total",
        "Events that reached intake, by what became of them"
    );
    describe_counter!(
        "loopscope_command_steps_total",
        "Steps in the lives of commands that were written"
    );
    describe_counter!(
        "loopscope_bridge_bad_frames_total",
        "Frames, and events in them, of dialled loops that could not be read"
    );
    describe_counter!(
        "loopscope_appended_events_total",
        "Events that the journal acknowledged, duplicates included"
    );
    describe_counter!(
        "loopscope_intake_refusals_total",
        "Bodies and frames that were refused as a whole, by error code"
    );
    describe_counter!(
        "loopscope_http_errors_total",
        "Requests on our own routes that were answered with an error, by its code"
    );
    describe_histogram!(
        "loopscope_ack_seconds",
        Unit::Seconds,
        "From a body or frame read to its receipts, the fsync included"
    );
    describe_histogram!(
        "loopscope_append_seconds",
        Unit::Seconds,
        "From a batch given to the journal to its receipts"
    );
    describe_gauge!(
        "loopscope_clients",
        "Connections that are open, by what they speak"
    );
    describe_gauge!(
        "loopscope_journal_head_offset",
        "The newest offset of the journal"
    );
    describe_gauge!(
        "loopscope_journal_queue_bytes",
        Unit::Bytes,
        "Events that wait for the disk"
    );
    describe_gauge!(
        "loopscope_ring_events",
        "Events held in memory for live readers"
    );
    describe_gauge!(
        "loopscope_ring_bytes",
        Unit::Bytes,
        "Memory that they take, about"
    );
    describe_gauge!(
        "loopscope_ring_waiting_readers",
        "Readers that have seen everything and wait"
    );
    describe_gauge!("loopscope_producers", "Connections that have sent events");
    describe_counter!(
        "loopscope_socket_errors_total",
        "Messages on our own sockets that were refused, by error code"
    );
    describe_gauge!(
        "loopscope_fold_lag_events",
        "Events that are visible and not folded yet"
    );
    describe_gauge!(
        "loopscope_uptime_seconds",
        Unit::Seconds,
        "How long the server is up"
    );
}
