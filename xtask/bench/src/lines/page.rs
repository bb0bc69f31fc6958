//! The first load of the Overview in Chromium, cold cache, over a journal with data. The browser is driven by
//! `end2end/bench/first-load.mjs`, which prints one JSON object.

use std::process::Command;

use anyhow::{Context as _, bail};
use serde_json::Value;

use super::block_on;
use crate::Bench;
use crate::producer::{Pace, run};
use crate::report::{Goal, Report};
use crate::server::{Cores, Server};

pub(crate) fn measure(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    let server = Server::start(&bench.server, Cores::All)?;
    block_on(run(server.address, "page", 200, 50, Pace::Window(2)))?;
    let output = Command::new("node")
        .arg("bench/first-load.mjs")
        .arg(format!("http://{}", server.address))
        .current_dir(&bench.end2end)
        .output()
        .context("cannot start node")?;
    if !output.status.success() {
        bail!(
            "first-load.mjs: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    let facts: Value =
        serde_json::from_slice(&output.stdout).context("first-load.mjs printed no JSON")?;
    for (field, what, unit, goal) in [
        (
            "transferred_kb",
            "first load: compressed, in all",
            "KB",
            Goal::AtMost(200.0),
        ),
        ("requests", "first load: requests", "", Goal::None),
        (
            "first_paint_ms",
            "first load: first contents",
            "ms",
            Goal::AtMost(300.0),
        ),
        (
            "data_text_ms",
            "first load: data text",
            "ms",
            Goal::AtMost(300.0),
        ),
        ("live_ms", "first load: live", "ms", Goal::AtMost(1000.0)),
    ] {
        let value = facts[field]
            .as_f64()
            .with_context(|| format!("first-load.mjs: no {field}: {facts}"))?;
        report.figure(what, value, unit, goal);
    }
    Ok(())
}
