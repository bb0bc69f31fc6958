//! How many tests ran, by the runners' own words.
//!
//! In: lines that cargo's test harness, Playwright, node's runner and pytest print. Out: the sums. A line that is
//! no runner's summary counts nothing; nothing is ever guessed.

use std::ops::AddAssign;

/// Tests by how they ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Ended well.
    pub(crate) passed: u64,
    /// Ended badly, or could not be started by their runner.
    pub(crate) failed: u64,
    /// Left out by their author.
    pub(crate) skipped: u64,
    /// Those that failed, by name; also those that passed when they were tried once more.
    pub(crate) failures: Vec<String>,
}

impl Tally {
    /// What one line of a runner's output adds.
    pub(crate) fn of_line(line: &str) -> Self {
        let line = line.trim();
        if names_a_failure(line) {
            return Self {
                failures: vec![line.to_owned()],
                ..Self::default()
            };
        }
        if let Some(rest) = line.strip_prefix("test result: ") {
            return rest
                .split_once(". ")
                .map(|(_, counts)| Self::of_counts(counts, ';'))
                .unwrap_or_default();
        }
        if let Some(inside) = line
            .strip_prefix("==")
            .and_then(|rest| rest.strip_suffix("=="))
        {
            let inside = inside.trim_matches('=').trim();
            let counts = inside.rsplit_once(" in ").map_or("", |(counts, _)| counts);
            return Self::of_counts(counts, ',');
        }
        if let Some(rest) = line.strip_prefix("ℹ ").or_else(|| line.strip_prefix("# ")) {
            return Self::of_node(rest);
        }
        Self::of_playwright(line)
    }

    /// `3 passed; 1 failed; 0 ignored`, however it is parted.
    fn of_counts(text: &str, separator: char) -> Self {
        let mut tally = Self::default();
        for part in text.split(separator) {
            if let Some((count, word)) = part.trim().split_once(' ')
                && let Ok(count) = count.parse()
            {
                tally.add(count, word);
            }
        }
        tally
    }

    /// `pass 3`, as node's runner writes it.
    fn of_node(text: &str) -> Self {
        let mut tally = Self::default();
        if let Some((word, count)) = text.split_once(' ')
            && let Ok(count) = count.parse()
        {
            match word {
                "pass" => tally.passed = count,
                "fail" | "cancelled" => tally.failed = count,
                "skipped" | "todo" => tally.skipped = count,
                _ => {}
            }
        }
        tally
    }

    /// `3 passed (2.1s)` or `1 failed`, alone on a line.
    fn of_playwright(line: &str) -> Self {
        let counts = line.split_once(" (").map_or(line, |(counts, _)| counts);
        Self::of_counts(counts, '\n')
    }

    /// Adds tests that ended as `word` says.
    fn add(&mut self, count: u64, word: &str) {
        match word {
            // A flaky one failed, and passed when it was tried once more: it is named at the end.
            "passed" | "flaky" => self.passed += count,
            "failed" | "error" | "errors" | "did not run" | "interrupted" => self.failed += count,
            "ignored" | "skipped" | "xfailed" => self.skipped += count,
            _ => {}
        }
    }
}

/// Whether a line names a test that failed. A run of many minutes ends with these, so that nobody has to look for them.
fn names_a_failure(line: &str) -> bool {
    ["✘", "not ok ", "✖ ", "FAILED ", "ERROR "]
        .iter()
        .any(|mark| line.starts_with(mark))
        || (line.starts_with("test ") && line.ends_with("... FAILED"))
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.failures.extend(other.failures);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_runner_s_summary_is_read_and_nothing_else_is() {
        for (line, passed, failed, skipped) in [
            (
                "test result: ok. 10 passed; 0 failed; 2 ignored; 0 measured; 3 filtered out; finished in 0.06s",
                10,
                0,
                2,
            ),
            (
                "test result: FAILED. 8 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out",
                8,
                1,
                0,
            ),
            ("  2 passed (3.5s)", 2, 0, 0),
            ("  1 failed", 0, 1, 0),
            ("  3 did not run", 0, 3, 0),
            ("  1 flaky", 1, 0, 0),
            ("  4 skipped", 0, 0, 4),
            ("ℹ pass 3", 3, 0, 0),
            ("# fail 1", 0, 1, 0),
            ("ℹ duration_ms 1293.2", 0, 0, 0),
            (
                "============ 2 failed, 7 passed, 1 skipped in 0.12s ============",
                7,
                2,
                1,
            ),
            ("==== test session starts ====", 0, 0, 0),
            ("test tests::adds ... ok", 0, 0, 0),
            ("running 12 tests", 0, 0, 0),
            ("", 0, 0, 0),
        ] {
            let expected = Tally {
                passed,
                failed,
                skipped,
                failures: Vec::new(),
            };
            assert_eq!(Tally::of_line(line), expected, "{line}");
        }
    }

    #[test]
    fn a_test_that_failed_is_named() {
        for line in [
            "  ✘  17 tests/steer.spec.js:200:1 › a loop halts (21.0s)",
            "test writer::keeps_order ... FAILED",
            "FAILED test_page.py::test_greets - AssertionError",
            "not ok 3 - walks the protocol",
            "✖ walks the protocol (12.3ms)",
        ] {
            assert_eq!(Tally::of_line(line).failures, [line.trim()]);
        }
        for line in [
            "test writer::keeps_order ... ok",
            "test result: FAILED. 8 passed; 1 failed",
            "  ✓  17 tests/steer.spec.js:200:1 › a loop halts (2.0s)",
            "",
        ] {
            assert!(Tally::of_line(line).failures.is_empty(), "{line}");
        }
    }
}
