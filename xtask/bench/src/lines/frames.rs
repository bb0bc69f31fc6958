//! A session's page under load in Chromium: 1,000 events a second into it, and half a million scrolled in its list. The
//! browser is driven, and the load sent, by `end2end/bench/frames.mjs`, which prints one JSON object.
//!
//! A minute tells the frames; memory that grows tells itself only in ten: `node bench/frames.mjs URL --seconds 600`.

use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::Bench;
use crate::report::{Goal, Report};
use crate::server::{Cores, Server};

const SECONDS: &str = "60";

pub(crate) fn measure(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    let server = Server::start(&bench.server, Cores::All)?;
    let output = Command::new("node")
        .args(["bench/frames.mjs", &format!("http://{}", server.address)])
        .args(["--seconds", SECONDS])
        .current_dir(&bench.end2end)
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start node")?;
    if !output.status.success() {
        bail!("frames.mjs failed: {}", output.status);
    }
    let facts: Value =
        serde_json::from_slice(&output.stdout).context("frames.mjs printed no JSON")?;
    // A screen shows a picture each 16.7 ms: more cannot be seen, and a little is the clock's.
    let frame = Goal::AtMost(16.8);
    for (field, what, unit, goal) in [
        (
            "frame_p95_ms",
            "page, 1,000 ev/s: a frame, p95",
            "ms",
            frame,
        ),
        (
            "frame_max_ms",
            "page, 1,000 ev/s: a frame, the longest",
            "ms",
            Goal::None,
        ),
        (
            "busy_p95_ms",
            "page, 1,000 ev/s: its own work in a frame, p95",
            "ms",
            Goal::None,
        ),
        ("heap_end_mb", "page, 1,000 ev/s: memory", "MB", Goal::None),
        (
            "behind",
            "page, 1,000 ev/s: behind at the end",
            "events",
            Goal::None,
        ),
        (
            "rows_p95_ms",
            "list of 500,000: a jump until all rows, p95",
            "ms",
            Goal::None,
        ),
        (
            "rows_missing",
            "list of 500,000: rows missing",
            "",
            Goal::AtMost(0.0),
        ),
    ] {
        let value = facts[field]
            .as_f64()
            .with_context(|| format!("frames.mjs: no {field}: {facts}"))?;
        report.figure(what, value, unit, goal);
    }
    Ok(())
}
