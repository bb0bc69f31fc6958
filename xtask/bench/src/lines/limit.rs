//! Intake beside what plain SQLite takes in with the same durability: the journal's own example measures both by
//! turns in one process and prints `name value` lines.

use std::process::Command;

use anyhow::{Context as _, bail};

use crate::Bench;
use crate::report::{Goal, Report};

pub(crate) fn measure(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    let output = Command::new(&bench.journal)
        .output()
        .context("cannot start the journal's example")?;
    if !output.status.success() {
        bail!(
            "the journal's example: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    let text = String::from_utf8(output.stdout).context("the journal's example printed no text")?;
    let value = |name: &str| -> anyhow::Result<f64> {
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.and_then(|value| value.parse().ok())
            .with_context(|| format!("no {name} in: {text}"))
    };
    report.figure(
        "journal alone",
        value("events_per_second")?,
        "ev/s",
        Goal::None,
    );
    report.figure(
        "plain SQLite, same tables, same durability",
        value("plain_events_per_second")?,
        "ev/s",
        Goal::None,
    );
    report.figure(
        "intake against the limit",
        100.0 * value("ratio_to_plain")?,
        "%",
        Goal::AtLeast(60.0),
    );
    Ok(())
}
