//! `loopscope show`: a session and its newest events.

use serde_json::Value;

use super::table::{field, table, words};
use super::{PATIENCE, Refusal, Server, part};
use crate::output;
use crate::say;

/// Prints a session, and so many of its newest events.
pub async fn show(server: &Server, session: &str, events: u32) -> Result<(), Refusal> {
    let at = format!("sessions/{}", part(session));
    let view = server.get(&at, PATIENCE).await?;
    let page = server
        .get(&format!("{at}/events?limit={}", events.max(1)), PATIENCE)
        .await?;
    if server.json {
        say!(
            "{}",
            serde_json::json!({"session": view, "events": page["events"]})
        );
        return Ok(());
    }
    let summary = &view["summary"];
    for (label, name) in [
        ("name", "name"),
        ("status", "status"),
        ("state", "state"),
        ("kind", "dialect"),
        ("target", "target"),
        ("pass", "iteration"),
        ("findings", "findings_total"),
        ("left", "findings_open"),
        ("fixes", "fixes_total"),
        ("errors", "errors"),
        ("events", "events"),
        ("began", "started_at"),
        ("ended", "ended_at"),
        ("last event", "last_event_at"),
    ] {
        field(label, &summary[name]);
    }
    let rows = page["events"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    if events > 0 && !rows.is_empty() {
        let cells: Vec<[String; 4]> = rows.iter().map(line).collect();
        output::text("\n");
        output::text(&table(["SEQ", "TIME", "EVENT", "DATA"], &cells));
    }
    Ok(())
}

/// An event as a row: its place, its time, its name, its payload.
pub(super) fn line(event: &Value) -> [String; 4] {
    let text = |field: &str| words(&event[field]).unwrap_or_default();
    [
        text("seq"),
        text("timestamp"),
        text("name"),
        event["data"].to_string(),
    ]
}
