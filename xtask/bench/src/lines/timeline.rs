//! A timeline of 50,000 bars in Chromium, zoomed and moved in every frame. The browser is driven by
//! `end2end/bench/timeline.mjs`, which prints one JSON object.

use std::process::Command;

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::Bench;
use crate::report::{Goal, Report};
use crate::server::{Cores, Server};

/// Figures: the script's field, what it is, its unit, its goal.
const FIGURES: [(&str, &str, &str, Goal); 8] = [
    ("spans", "timeline: bars", "", Goal::None),
    (
        "first_answer_ms",
        "timeline: spans read from the journal",
        "ms",
        Goal::None,
    ),
    ("again_ms", "timeline: the same again", "ms", Goal::None),
    (
        "open_ms",
        "timeline: from the address to all bars",
        "ms",
        Goal::None,
    ),
    (
        "compact_fps",
        "timeline: frames, compact",
        "/s",
        Goal::AtLeast(50.0),
    ),
    (
        "lanes_fps",
        "timeline: frames, by lane",
        "/s",
        Goal::AtLeast(50.0),
    ),
    (
        "history_fps",
        "timeline: frames, history",
        "/s",
        Goal::AtLeast(50.0),
    ),
    (
        "compact_p95_ms",
        "timeline: p95 frame, compact",
        "ms",
        Goal::None,
    ),
];

pub(crate) fn measure(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    let server = Server::start(&bench.server, Cores::All)?;
    let output = Command::new("node")
        .arg("bench/timeline.mjs")
        .arg(format!("http://{}", server.address))
        .current_dir(&bench.end2end)
        .output()
        .context("cannot start node")?;
    if !output.status.success() {
        bail!(
            "timeline.mjs: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    let facts: Value =
        serde_json::from_slice(&output.stdout).context("timeline.mjs printed no JSON")?;
    for (field, what, unit, goal) in FIGURES {
        let value = facts[field]
            .as_f64()
            .with_context(|| format!("timeline.mjs: no {field}: {facts}"))?;
        report.figure(what, value, unit, goal);
    }
    Ok(())
}
