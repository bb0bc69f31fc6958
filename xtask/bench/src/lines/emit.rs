//! What emitting costs a program: the Rust SDK's own example emits to the server and prints `name value` lines.

use std::process::Command;

use anyhow::{Context as _, bail};

use crate::Bench;
use crate::report::{Goal, Report};
use crate::server::{Cores, Server};

pub(crate) fn measure(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    let server = Server::start(&bench.server, Cores::All)?;
    let spill = tempfile::tempdir().context("cannot make a temporary folder")?;
    let output = Command::new(&bench.client)
        .arg(format!("http://{}", server.address))
        .env("LOOPSCOPE_SPILL_DIR", spill.path())
        .output()
        .context("cannot start the client's example")?;
    if !output.status.success() {
        bail!(
            "the client's example: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    let text = String::from_utf8(output.stdout).context("the client's example printed no text")?;
    let value = |name: &str| -> anyhow::Result<f64> {
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.and_then(|value| value.parse().ok())
            .with_context(|| format!("no {name} in: {text}"))
    };
    for (what, name, unit, goal) in [
        (
            "emit at 1,000 ev/s, p50",
            "paced_p50_ns",
            "ns",
            Goal::AtMost(2_000.0),
        ),
        (
            "emit at 1,000 ev/s, p99.9",
            "paced_p999_ns",
            "ns",
            Goal::AtMost(50_000.0),
        ),
        (
            "CPU of a loop emitting 1,000 ev/s, sending included",
            "paced_cpu_percent",
            "%",
            Goal::None,
        ),
        (
            "emit in a burst of a million, mean",
            "burst_ns",
            "ns",
            Goal::AtMost(2_000.0),
        ),
        (
            "the burst, up to its last receipt",
            "burst_per_second",
            "ev/s",
            Goal::None,
        ),
    ] {
        report.figure(what, value(name)?, unit, goal);
    }
    Ok(())
}
