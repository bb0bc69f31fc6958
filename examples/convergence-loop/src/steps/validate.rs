//! Validate: the test suite, after everything that was changed.

use serde_json::json;

use super::{BUILD_TESTS, Bench, Report, TEST, object};
use crate::read::{diagnostics, libtest};

/// The suite, built and run.
#[derive(Debug, Default)]
pub(super) struct Suite {
    pub(super) compile_errors: Vec<crate::finding::Finding>,
    pub(super) report: libtest::Report,
    pub(super) passed: bool,
    pub(super) return_code: Option<i32>,
    pub(super) build_ms: u64,
    pub(super) test_ms: u64,
}

/// Builds and runs the test suite, telling each failure and the progress under the step's name.
pub(super) async fn suite(bench: Bench<'_>, step: &str) -> anyhow::Result<Suite> {
    bench.teller.note(step, 0, 0, "building the tests");
    let built = bench.cargo(BUILD_TESTS, |_| {}).await?;
    let mut suite = Suite {
        build_ms: built.millis(),
        return_code: built.code,
        ..Suite::default()
    };
    if !built.success {
        suite.compile_errors = diagnostics::findings(&built.stdout);
        suite
            .compile_errors
            .retain(|finding| finding.severity == crate::finding::Severity::Critical);
        bench.teller.note(step, 0, 0, "the tests do not compile");
        return Ok(suite);
    }
    let mut report = libtest::Report::default();
    let tested = bench
        .cargo(TEST, |line| match report.read(line) {
            Some((name, true)) => bench
                .teller
                .progress(step, report.done(), report.total, name),
            Some((name, false)) => {
                let message = format!("{name} failed");
                bench
                    .teller
                    .note(step, report.done(), report.total, &message);
            }
            None => {}
        })
        .await?;
    suite.test_ms = tested.millis();
    suite.return_code = tested.code;
    suite.passed = tested.success && report.failed == 0 && report.total == report.done();
    suite.report = report;
    Ok(suite)
}

/// Runs the step.
pub async fn validate(bench: Bench<'_>) -> anyhow::Result<Report> {
    let suite = suite(bench, "validate").await?;
    let report = &suite.report;
    let success_rate = if report.total == 0 {
        0.0
    } else {
        report.passed as f64 / report.total as f64
    };
    Ok(Report {
        success: suite.passed,
        metrics: object(json!({
            "passed": report.passed,
            "failed": report.failed,
            "skipped": report.skipped,
            "errors": suite.compile_errors.len(),
            "total": report.total,
            "success_rate": success_rate,
            "return_code": suite.return_code,
            "success": suite.passed,
        })),
        measured: object(json!({
            "test_build_ms": suite.build_ms,
            "test_ms": suite.test_ms,
        })),
        ..Report::default()
    })
}
