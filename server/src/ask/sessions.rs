//! `loopscope sessions`.

use serde_json::Value;

use super::table::table;
use super::{PATIENCE, Refusal, Server, query};
use crate::output;
use crate::say;

/// Which sessions.
#[derive(Debug, Default)]
pub struct Listing {
    /// Words of the name, the id or the target.
    pub words: Option<String>,
    /// With one of these statuses.
    pub statuses: Vec<String>,
    /// Of these kinds (dialects).
    pub kinds: Vec<String>,
    /// Of this project.
    pub project: Option<String>,
    /// By what they are sorted.
    pub sort: Option<String>,
    /// At most so many.
    pub limit: u32,
}

/// Prints a page of sessions, newest first unless told otherwise.
pub async fn sessions(server: &Server, listing: &Listing) -> Result<(), Refusal> {
    let limit = listing.limit.to_string();
    let mut pairs = vec![("limit", limit.as_str())];
    for (name, value) in [
        ("q", &listing.words),
        ("project", &listing.project),
        ("sort", &listing.sort),
    ] {
        pairs.extend(value.as_deref().map(|value| (name, value)));
    }
    pairs.extend(
        listing
            .statuses
            .iter()
            .map(|status| ("status", status.as_str())),
    );
    pairs.extend(listing.kinds.iter().map(|kind| ("kind", kind.as_str())));
    let page = server
        .get(&format!("sessions?{}", query(pairs)), PATIENCE)
        .await?;
    if server.json {
        say!("{page}");
        return Ok(());
    }
    let rows = page["sessions"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let cells: Vec<[String; 7]> = rows.iter().map(row).collect();
    let head = ["STATUS", "ID", "NAME", "KIND", "PASS", "LEFT", "LAST EVENT"];
    output::text(&table(head, &cells));
    let total = page["total"].as_u64().unwrap_or(0);
    if total > rows.len() as u64 {
        eprintln!("{} of {total}; --limit shows more", rows.len());
    }
    Ok(())
}

fn row(session: &Value) -> [String; 7] {
    let text = |field: &str| session[field].as_str().unwrap_or("").to_owned();
    let number = |field: &str| {
        session[field]
            .as_u64()
            .map_or_else(|| "–".to_owned(), |n| n.to_string())
    };
    [
        text("status"),
        text("session_id"),
        text("name"),
        text("dialect"),
        number("iteration"),
        number("findings_open"),
        text("last_event_at"),
    ]
}
