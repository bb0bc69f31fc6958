//! Diagnose: clippy, the test suite, and the hostile inputs that are known to do harm.

use std::collections::BTreeSet;

use serde_json::json;

use super::validate::suite;
use super::{Bench, CLIPPY, Report, attack, object};
use crate::finding::{Counts, Finding};
use crate::read::diagnostics;

/// Runs the step. `known` are the attack's findings so far: their inputs are tried again, and those that still do
/// harm are findings of this step, too.
pub async fn diagnose(bench: Bench<'_>, known: &[Finding]) -> anyhow::Result<Report> {
    let mut measured = object(json!({ "crate_lines": bench.workshop.lines() }));

    bench
        .teller
        .note("diagnose", 0, 0, "clippy reads the crate");
    let clippy = bench.cargo(CLIPPY, |_| {}).await?;
    let mut findings = diagnostics::findings(&clippy.stdout);
    measured.insert("clippy_ms".into(), clippy.millis().into());
    if !clippy.success && findings.is_empty() {
        anyhow::bail!("cargo clippy failed: {}", clippy.last_words());
    }

    let suite = suite(bench, "diagnose").await?;
    measured.insert("test_build_ms".into(), suite.build_ms.into());
    measured.insert("test_ms".into(), suite.test_ms.into());
    let places: BTreeSet<_> = findings.iter().map(place).collect();
    let news = suite
        .compile_errors
        .into_iter()
        .filter(|error| !places.contains(&place(error)));
    let news: Vec<Finding> = news.collect();
    findings.extend(news);
    findings.extend(suite.report.findings());

    let replays: Vec<&str> = known
        .iter()
        .filter_map(|finding| finding.replay.as_deref())
        .collect();
    if !replays.is_empty() {
        let tried = attack::replay(bench, &replays).await?;
        measured.insert("replay_ms".into(), tried.millis.into());
        findings.extend(tried.findings);
    }

    findings.sort_by_key(|finding| finding.severity);
    let counts = Counts::of(&findings);
    Ok(Report {
        success: true,
        metrics: object(json!({
            "issues_found": findings.len(),
            "critical": counts.critical,
            "high": counts.high,
            "medium": counts.medium,
            "low": counts.low,
        })),
        findings,
        measured,
        ..Report::default()
    })
}

/// What makes two reports of the compiler the same one.
fn place(finding: &Finding) -> (String, Option<String>, Option<u32>) {
    (finding.kind.clone(), finding.file.clone(), finding.line)
}
