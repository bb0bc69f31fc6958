//! Checks, and the output of the newest: a terminal of bounded length.

use std::collections::VecDeque;

use loopscope_event::{Event, Timestamp, ValidationFact, ValidationResult};
use serde::{Deserialize, Serialize};

use crate::Tone;
use crate::limits::{MAX_OUTPUT_LINES, MAX_VALIDATIONS};

/// One check.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ValidationRow {
    /// Its name, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it runs or looks at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// When it began, where its start was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When it ended; `None` while it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Whether it passed, where said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed: Option<bool>,
    /// What its process returned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i64>,
    /// Whether it ran out of time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub timed_out: bool,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Its score, as sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f64>,
    /// Its parts: name, whether it passed, score.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<(String, Option<bool>, Option<f64>)>,
}

/// One line of output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputLine {
    /// Without the terminal's colour codes.
    pub text: String,
    /// By its words: passed is good, failed is bad, a warning a caution.
    pub tone: Tone,
    /// Whether it came from the error stream.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_error: bool,
}

/// The checks of a run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Validations {
    rows: VecDeque<ValidationRow>,
    lines: VecDeque<OutputLine>,
    /// Lines since the newest start, those no longer kept counted.
    line_count: u64,
    passed: u64,
    failed: u64,
}

impl Validations {
    /// The newest checks, oldest first.
    pub const fn rows(&self) -> &VecDeque<ValidationRow> {
        &self.rows
    }

    /// The newest output since the newest check began, oldest first.
    pub const fn lines(&self) -> &VecDeque<OutputLine> {
        &self.lines
    }

    /// How many lines there were since the newest check began.
    pub const fn line_count(&self) -> u64 {
        self.line_count
    }

    /// Whether a check runs.
    pub fn is_running(&self) -> bool {
        self.rows.iter().any(|row| row.ended_at.is_none())
    }

    /// Checks that passed, all of them.
    pub const fn passed(&self) -> u64 {
        self.passed
    }

    /// Checks that failed, all of them.
    pub const fn failed(&self) -> u64 {
        self.failed
    }

    pub(super) fn take(&mut self, fact: &ValidationFact, event: &Event) {
        match fact {
            ValidationFact::Started { name, target } => {
                self.lines.clear();
                self.line_count = 0;
                self.push(ValidationRow {
                    name: name.clone(),
                    target: target.clone(),
                    started_at: Some(event.timestamp),
                    ..ValidationRow::default()
                });
            }
            ValidationFact::Line { line, is_error, .. } => {
                let text = plain(line);
                if text.trim().is_empty() {
                    return;
                }
                if self.lines.len() >= MAX_OUTPUT_LINES {
                    self.lines.pop_front();
                }
                self.line_count = self.line_count.saturating_add(1);
                self.lines.push_back(OutputLine {
                    tone: tone(&text),
                    text,
                    is_error: *is_error,
                });
            }
            ValidationFact::Ended(result) => self.end(result, event.timestamp),
        }
    }

    fn push(&mut self, row: ValidationRow) {
        if self.rows.len() >= MAX_VALIDATIONS {
            self.rows.pop_front();
        }
        self.rows.push_back(row);
    }

    /// An end belongs to the newest running check of that name, or to the newest running one where one has no name.
    fn end(&mut self, result: &ValidationResult, at: Timestamp) {
        let open = |row: &ValidationRow| {
            let same = row.name == result.name || row.name.is_none() || result.name.is_none();
            row.ended_at.is_none() && same
        };
        if !self.rows.iter().any(open) {
            self.push(ValidationRow {
                name: result.name.clone(),
                ..ValidationRow::default()
            });
        }
        let Some(row) = self.rows.iter_mut().rev().find(|row| open(row)) else {
            return;
        };
        row.ended_at = Some(at);
        row.passed = result.passed;
        row.exit_code = result.exit_code;
        row.timed_out = result.timed_out;
        row.error.clone_from(&result.error);
        row.score = result.score;
        row.checks.clone_from(&result.checks);
        match result.passed {
            Some(true) => self.passed = self.passed.saturating_add(1),
            Some(false) => self.failed = self.failed.saturating_add(1),
            None => {}
        }
    }
}

/// A line without the terminal's control sequences (ECMA-48): colours, cursor moves, titles, and other control signs.
pub(crate) fn plain(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut signs = line.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '\u{1b}' => match signs.next() {
                // Parameters and intermediates up to a final sign.
                Some('[') => {
                    signs.find(|sign| ('\u{40}'..='\u{7e}').contains(sign));
                }
                // A text up to its end: the bell, or escape and backslash.
                Some(']' | 'P' | '_' | '^' | 'X') => {
                    let mut escaped = false;
                    signs.find(|sign| {
                        let ends = *sign == '\u{7}' || (escaped && *sign == '\\');
                        escaped = *sign == '\u{1b}';
                        ends
                    });
                }
                Some('(' | ')') => {
                    signs.next();
                }
                _ => {}
            },
            '\t' => text.push('\t'),
            sign if sign.is_control() => {}
            sign => text.push(sign),
        }
    }
    text
}

/// By its words, as people scan for them: failures before warnings before successes.
fn tone(text: &str) -> Tone {
    let upper = text.to_uppercase();
    let has = |words: &[&str]| words.iter().any(|word| upper.contains(word));
    let word = |wanted: &str| {
        upper
            .split(|sign: char| !sign.is_alphanumeric())
            .any(|word| word == wanted)
    };
    if has(&["FAIL", "ERROR", "✗"]) && !has(&["0 FAILED", "0 ERRORS"]) {
        Tone::Bad
    } else if has(&["WARN"]) {
        Tone::Caution
    } else if has(&["PASS", "✓"]) || word("OK") {
        Tone::Good
    } else {
        Tone::Neutral
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminal_codes_leave_and_words_stay() {
        for (line, expected) in [
            ("\u{1b}[1;32mPASS\u{1b}[0m a", "PASS a"),
            ("\u{1b}]0;title\u{7}b", "b"),
            ("\u{1b}]8;;http://x\u{1b}\\c", "c"),
            ("a\tb\r\u{0}", "a\tb"),
            ("\u{1b}[", ""),
            ("\u{1b}", ""),
            ("é\u{1b}(B✓", "é✓"),
        ] {
            assert_eq!(plain(line), expected);
        }
    }

    #[test]
    fn lines_have_the_tone_of_their_words() {
        for (line, expected) in [
            ("PASS src/a.rs", Tone::Good),
            ("test a ... ok", Tone::Good),
            ("✓ done", Tone::Good),
            ("looking", Tone::Neutral),
            ("FAIL b", Tone::Bad),
            ("error[E0308]: mismatched", Tone::Bad),
            ("✗ c", Tone::Bad),
            ("warning: unused", Tone::Caution),
            ("test result: ok. 4 passed; 0 failed", Tone::Good),
        ] {
            assert_eq!(tone(line), expected, "{line}");
        }
    }
}
