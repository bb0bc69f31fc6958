//! The frames that the server itself makes (sections 1 and 3.1). In: what they say. Out: JSON text.

use loopscope_event::Timestamp;
use serde::Serialize;

use super::stats::Stats;

const GREETING: &str = "Connected to Agentic Standards Protocol Dashboard";

#[derive(Serialize)]
struct Established<'a> {
    event_type: &'static str,
    client_id: &'a str,
    timestamp: Timestamp,
    message: &'static str,
}

#[derive(Serialize)]
struct Metrics<'a> {
    event_type: &'static str,
    timestamp: Timestamp,
    data: &'a Stats,
    severity: &'static str,
}

#[derive(Serialize)]
struct Lost {
    event_type: &'static str,
    timestamp: Timestamp,
    data: Why,
    severity: &'static str,
}

#[derive(Serialize)]
struct Why {
    reason: &'static str,
    description: &'static str,
}

/// The first frame.
pub(super) fn established(now: Timestamp) -> String {
    // Without random bits two viewers may have one id, which does no harm.
    let id = format!("{:08x}", getrandom::u32().unwrap_or_default());
    text(&Established {
        event_type: "connection_established",
        client_id: &id,
        timestamp: now,
        message: GREETING,
    })
}

/// The numbers that a viewer begins with.
pub(super) fn metrics(stats: &Stats, now: Timestamp) -> String {
    text(&Metrics {
        event_type: "metrics_updated",
        timestamp: now,
        data: stats,
        severity: "info",
    })
}

/// Events were removed before this viewer got them.
pub(super) fn lost(now: Timestamp) -> String {
    text(&Lost {
        event_type: "loopscope:reset",
        timestamp: now,
        data: Why {
            reason: "retention",
            description: "events were removed from the journal before they could be sent here",
        },
        severity: "warning",
    })
}

fn text(frame: &impl Serialize) -> String {
    // Plain data that is written to memory.
    serde_json::to_string(frame).unwrap_or_default()
}
