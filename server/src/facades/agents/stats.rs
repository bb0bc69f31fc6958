//! The numbers of section 4. In: boards of systems. Out: the stats object, the same over REST and in the first frames.
//!
//! The average is the mean over executions that reported a score, zero included, as the contract's section 4.1
//! recommends; the server's uptime is live.

use std::time::Duration;

use loopscope_board::Board;
use serde::Serialize;

/// The most events that count as recent.
const RECENT: u64 = 100;

/// The stats object.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(super) struct Stats {
    metrics: Metrics,
    active_agents: u64,
    total_opportunities: u64,
    recent_events: u64,
    system_uptime_seconds: f64,
    /// Left out of the frame that a viewer begins with.
    #[serde(skip_serializing_if = "Option::is_none")]
    connected_clients: Option<u64>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
struct Metrics {
    total_events: u64,
    total_agents_executed: u64,
    total_opportunities_discovered: u64,
    avg_quality_score: f64,
    system_uptime_seconds: f64,
}

impl Stats {
    /// The numbers of some systems together.
    pub(super) fn of<'a>(boards: impl IntoIterator<Item = &'a Board>, uptime: Duration) -> Self {
        let mut stats = Self::default();
        let (mut quality, mut scored) = (0.0, 0_u64);
        for board in boards {
            let crew = board.crew_stats();
            let metrics = &mut stats.metrics;
            metrics.total_events += crew.total_events;
            metrics.total_agents_executed += crew.total_agents_executed;
            metrics.total_opportunities_discovered += crew.total_opportunities_discovered;
            stats.active_agents += crew.active_agents;
            stats.total_opportunities += crew.total_opportunities;
            let executions = board.quality().executions();
            quality += executions.sum;
            scored += executions.count;
        }
        if scored > 0 {
            stats.metrics.avg_quality_score = quality / scored as f64;
        }
        stats.recent_events = stats.metrics.total_events.min(RECENT);
        stats.system_uptime_seconds = uptime.as_secs_f64();
        stats.metrics.system_uptime_seconds = stats.system_uptime_seconds;
        stats
    }

    /// The same, with the number of viewers.
    pub(super) fn with_clients(self, clients: u64) -> Self {
        Self {
            connected_clients: Some(clients),
            ..self
        }
    }
}
