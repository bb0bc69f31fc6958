//! What the loop finds and does about it, in the shapes of the contract's `findings` and `fixes` lists.

use serde::Serialize;

use crate::edits::Edit;

/// How much a finding matters; the worst comes first in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It does not compile, or a stranger could do harm.
    Critical,
    /// It is wrong, or panics.
    High,
    /// It works, but wastes, confuses, or spoils data at the border.
    Medium,
    /// It could be said better.
    Low,
}

impl Severity {
    /// Reads the attack's words; anything else is medium.
    pub fn from_word(word: &str) -> Self {
        match word {
            "critical" => Self::Critical,
            "high" => Self::High,
            "low" => Self::Low,
            _ => Self::Medium,
        }
    }
}

/// Which kind of tool found it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The compiler or clippy.
    Lint,
    /// A unit test.
    Test,
    /// A hostile input.
    Attack,
}

/// One thing that is wrong with the crate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// One line for people.
    pub description: String,
    /// Relative to the crate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// 1-based.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The name of the lint, the test or the property.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind of tool.
    pub source: Source,
    /// The input, or the tool's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<String>,
    /// What the tool would change by itself; empty where it would not.
    #[serde(skip)]
    pub suggestion: Vec<Edit>,
    /// How to try the same hostile input again.
    #[serde(skip)]
    pub replay: Option<String>,
}

/// One change to the crate, or the reason why there was none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// The file changed.
    pub file: String,
    /// The finding's type.
    #[serde(rename = "type")]
    pub kind: String,
    /// One line for people.
    pub description: String,
    /// Whether it was applied. A tool's suggestion and a prepared patch both count as automatic.
    pub auto_fixed: bool,
    /// Where it came from: `suggestion` or `patch`.
    pub origin: &'static str,
}

/// How many findings there are of each severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// It does not compile, or a stranger could do harm.
    pub critical: usize,
    /// It is wrong, or panics.
    pub high: usize,
    /// It spoils or wastes.
    pub medium: usize,
    /// It could be said better.
    pub low: usize,
}

impl Counts {
    /// Counts findings.
    pub fn of(findings: &[Finding]) -> Self {
        let mut counts = Self::default();
        for finding in findings {
            *match finding.severity {
                Severity::Critical => &mut counts.critical,
                Severity::High => &mut counts.high,
                Severity::Medium => &mut counts.medium,
                Severity::Low => &mut counts.low,
            } += 1;
        }
        counts
    }
}

/// Cuts a text for people to at most `max_chars` characters.
pub fn shorten(text: &str, max_chars: usize) -> String {
    match text.char_indices().nth(max_chars) {
        None => text.to_owned(),
        Some(_) => text
            .chars()
            .take(max_chars.saturating_sub(1))
            .chain(['…'])
            .collect(),
    }
}
