//! `loopscope watch`: events as they come, by long polling, until Ctrl-C.

use std::io::Write as _;
use std::time::Duration;

use serde_json::Value;
use tokio::time::sleep;

use super::table::plain;
use super::{Refusal, Server, query};

/// How long the server may hold a request, and how much longer its answer may take.
const WAIT_SECONDS: u64 = 30;
const PATIENCE: Duration = Duration::from_secs(WAIT_SECONDS + 15);
/// Before the server is asked again when it was not there.
const PAUSE: Duration = Duration::from_secs(1);

/// Which events.
#[derive(Debug, Default)]
pub struct Stream {
    /// Of this session; else of all.
    pub session: Option<String>,
    /// Of this project.
    pub project: Option<String>,
    /// With these names; a `*` at the end makes a prefix.
    pub names: Vec<String>,
    /// At least so severe.
    pub severity: Option<String>,
    /// After this cursor; `0` is from the beginning. Else from now on.
    pub since: Option<String>,
    /// Ends after so many events; else never.
    pub count: Option<u64>,
}

/// Prints events, one a line: each once, also across a restart of the server.
pub async fn watch(server: &Server, stream: &Stream) -> Result<(), Refusal> {
    let mut cursor = stream.since.clone();
    let mut left = stream.count.unwrap_or(u64::MAX);
    let mut reached = false;
    while left > 0 {
        let page = match server
            .get(&asked(stream, cursor.as_deref()), PATIENCE)
            .await
        {
            Err(Refusal::Unreachable(_)) if reached => {
                sleep(PAUSE).await;
                continue;
            }
            page => page?,
        };
        reached = true;
        if let Some(reason) = page["reset"].as_str() {
            eprintln!("some events are missing at this point: {reason}");
        }
        let events = page["events"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let shown = events
            .len()
            .min(usize::try_from(left).unwrap_or(usize::MAX));
        let mut out = std::io::stdout().lock();
        for event in &events[..shown] {
            let written = if server.json {
                writeln!(out, "{event}")
            } else {
                writeln!(out, "{}", line(event))
            };
            if written.is_err() {
                return Ok(()); // Whoever read is gone.
            }
        }
        left -= shown as u64;
        cursor = page["cursor"].as_str().map(str::to_owned).or(cursor);
    }
    Ok(())
}

fn asked(stream: &Stream, cursor: Option<&str>) -> String {
    let wait = WAIT_SECONDS.to_string();
    let mut pairs = vec![("limit", "500")];
    // Without a cursor the answer is the present one, at once.
    if let Some(cursor) = cursor {
        pairs.extend([("since", cursor), ("wait", wait.as_str())]);
    }
    for (name, value) in [
        ("session", &stream.session),
        ("project", &stream.project),
        ("severity", &stream.severity),
    ] {
        pairs.extend(value.as_deref().map(|value| (name, value)));
    }
    pairs.extend(stream.names.iter().map(|name| ("name", name.as_str())));
    format!("events?{}", query(pairs))
}

fn line(event: &Value) -> String {
    let text = |field: &str| event[field].as_str().unwrap_or_default();
    format!(
        "{}  {:<8}  {:<24}  {:<24}  {}",
        text("timestamp"),
        text("severity"),
        plain(text("session_id")),
        plain(text("name")),
        plain(&event["data"].to_string())
    )
}
