//! How many tests ran, by the runners' own words.
//!
//! In: lines that cargo's test harness, Playwright, node's runner and pytest print. Out: the sums. A line that is
//! no runner's summary counts nothing; nothing is ever guessed.

use std::ops::AddAssign;

/// Tests by how they ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Ended well.
    pub(crate) passed: u64,
    /// Ended badly, or could not be started by their runner.
    pub(crate) failed: u64,
    /// Left out by their author.
    pub(crate) skipped: u64,
}

impl Tally {
    /// What one line of a runner's output adds.
    pub(crate) fn of_line(line: &str) -> Self {
        let line = line.trim();
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
            "passed" => self.passed += count,
            // A flaky test failed once, and Playwright tries again only where told to, which it is not.
            "failed" | "error" | "errors" | "did not run" | "interrupted" | "flaky" => {
                self.failed += count;
            }
            "ignored" | "skipped" | "xfailed" => self.skipped += count,
            _ => {}
        }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
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
            };
            assert_eq!(Tally::of_line(line), expected, "{line}");
        }
    }
}
