//! Reads what test programs print: lines in, figures and failures out.

use serde::Serialize;

use crate::finding::{Finding, Severity, Source, shorten};

/// The longest description of a failure, in characters.
const MAX_DESCRIPTION: usize = 300;

/// The beginnings of lines that end what a failed test said.
const ENDS: &[&str] = &["failures:", "test result: ", "note: ", "stack backtrace:"];

/// What the tests came to, so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// How many tests the programs announced.
    pub total: u64,
    /// Passed.
    pub passed: u64,
    /// Failed.
    pub failed: u64,
    /// Ignored.
    pub skipped: u64,
    #[serde(skip)]
    failures: Vec<Failure>,
    #[serde(skip)]
    section: Option<usize>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Failure {
    name: String,
    place: Option<(String, u32)>,
    message: Vec<String>,
}

impl Report {
    /// Reads everything at once.
    pub fn of(stdout: &str) -> Self {
        let mut report = Self::default();
        for line in stdout.lines() {
            report.read(line);
        }
        report
    }

    /// Reads the next line. `Some` when it ends a test, with its name and whether it passed.
    pub fn read<'a>(&mut self, line: &'a str) -> Option<(&'a str, bool)> {
        if let Some(count) = line
            .strip_prefix("running ")
            .and_then(|rest| rest.split(' ').next())
        {
            self.total += count.parse().unwrap_or(0);
        } else if let Some(name) = line
            .strip_prefix("---- ")
            .and_then(|rest| rest.strip_suffix(" stdout ----"))
        {
            self.section = self
                .failures
                .iter()
                .position(|failure| failure.name == name);
        } else if ENDS.iter().any(|end| line.starts_with(end)) {
            self.section = None;
        } else if let Some(number) = self.section {
            self.failures.get_mut(number)?.read(line);
        } else if let Some((name, verdict)) = line
            .strip_prefix("test ")
            .and_then(|rest| rest.split_once(" ... "))
        {
            return self.count(name, verdict);
        }
        None
    }

    /// How many tests have ended.
    pub fn done(&self) -> u64 {
        self.passed + self.failed + self.skipped
    }

    /// The failed tests as findings.
    pub fn findings(&self) -> Vec<Finding> {
        self.failures.iter().map(Failure::finding).collect()
    }

    fn count<'a>(&mut self, name: &'a str, verdict: &str) -> Option<(&'a str, bool)> {
        let name = name.strip_suffix(" - should panic").unwrap_or(name);
        match verdict.split([',', ' ']).next() {
            Some("ok") => self.passed += 1,
            Some("ignored") => self.skipped += 1,
            Some("FAILED") => {
                self.failed += 1;
                self.failures.push(Failure {
                    name: name.to_owned(),
                    ..Failure::default()
                });
                return Some((name, false));
            }
            _ => return None,
        }
        Some((name, true))
    }
}

impl Failure {
    fn read(&mut self, line: &str) {
        if let Some((_, place)) = line.split_once(" panicked at ") {
            let mut parts = place.split(':');
            let file = parts.next().filter(|file| !file.starts_with('/'));
            let number = parts.next().and_then(|number| number.parse().ok());
            self.place = file.map(str::to_owned).zip(number);
        } else if !line.trim().is_empty() {
            self.message.push(line.trim().to_owned());
        }
    }

    fn finding(&self) -> Finding {
        let (file, line) = self.place.clone().unzip();
        let words = self.message.join("; ");
        let words = if words.is_empty() { "failed" } else { &words };
        Finding {
            severity: Severity::High,
            description: shorten(&format!("{}: {words}", self.name), MAX_DESCRIPTION),
            file,
            line,
            kind: self.name.clone(),
            source: Source::Test,
            details: None,
            suggestion: Vec::new(),
            replay: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As libtest of Rust 1.95 prints it, cut short.
    const OUTPUT: &str = "
running 4 tests
test hex::tests::reads_either_case ... FAILED
test hex::tests::writes_lower_case ... ok
test slow ... ignored, takes long
test boom - should panic ... ok

failures:

---- hex::tests::reads_either_case stdout ----

thread 'hex::tests::reads_either_case' (23257) panicked at src/hex.rs:49:9:
assertion `left == right` failed
  left: Some([0, 170])
 right: Some([0, 171])
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace


failures:
    hex::tests::reads_either_case

test result: FAILED. 2 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s

running 1 test
test second_program ... ok

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
";

    #[test]
    fn counts_over_all_programs() {
        let report = Report::of(OUTPUT);
        let counts = (report.total, report.passed, report.failed, report.skipped);
        assert_eq!(counts, (5, 3, 1, 1));
        assert_eq!(report.done(), report.total);
    }

    #[test]
    fn a_failed_test_is_a_finding_where_it_panicked() {
        let found = Report::of(OUTPUT).findings();
        let [finding] = found.as_slice() else {
            panic!("{found:?}")
        };
        assert_eq!(finding.severity, Severity::High);
        assert_eq!(finding.kind, "hex::tests::reads_either_case");
        assert_eq!(
            (finding.file.as_deref(), finding.line),
            (Some("src/hex.rs"), Some(49))
        );
        assert_eq!(
            finding.description,
            "hex::tests::reads_either_case: assertion `left == right` failed; \
             left: Some([0, 170]); right: Some([0, 171])"
        );
    }

    #[test]
    fn each_test_is_told_once() {
        let mut report = Report::default();
        let told: Vec<_> = OUTPUT
            .lines()
            .filter_map(|line| report.read(line))
            .collect();
        assert_eq!(
            told,
            [
                ("hex::tests::reads_either_case", false),
                ("hex::tests::writes_lower_case", true),
                ("slow", true),
                ("boom", true),
                ("second_program", true),
            ]
        );
    }

    #[test]
    fn a_panic_outside_the_crate_has_no_place() {
        let text = OUTPUT.replace("src/hex.rs", "/rustc/0123/library/core/src/option.rs");
        assert_eq!(Report::of(&text).findings()[0].file, None);
    }
}
