//! What a program found and put right, as it is told.

use loopscope_event::Severity;
use serde::Serialize;

/// Something wrong that was found in what the program works on.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<Severity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    category: Option<String>,
    #[serde(skip)]
    attack: bool,
}

/// Something that was put right, or tried.
#[derive(Debug, Clone, Serialize)]
pub struct Fix {
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    category: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl Finding {
    /// What it is.
    pub fn new(description: impl Into<String>) -> Self {
        Self {
            description: description.into(),
            severity: None,
            file: None,
            line: None,
            category: None,
            attack: false,
        }
    }

    /// How much it matters.
    #[must_use]
    pub const fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// In which file.
    #[must_use]
    pub fn file(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// In which line, from 1.
    #[must_use]
    pub const fn line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// Of which class: `overflow`, `style`.
    #[must_use]
    pub fn category(mut self, category: impl Into<String>) -> Self {
        self.category = Some(category.into());
        self
    }

    /// It was found by attacking, not by looking.
    #[must_use]
    pub const fn by_attack(mut self) -> Self {
        self.attack = true;
        self
    }

    pub(crate) const fn event_name(&self) -> &'static str {
        if self.attack {
            "VULNERABILITY_FOUND"
        } else {
            "FINDING"
        }
    }

    pub(crate) const fn how_severe(&self) -> Option<Severity> {
        self.severity
    }
}

impl Fix {
    /// What was done.
    pub fn new(description: impl Into<String>) -> Self {
        Self {
            description: description.into(),
            file: None,
            category: None,
            error: None,
        }
    }

    /// In which file.
    #[must_use]
    pub fn file(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// Of which class.
    #[must_use]
    pub fn category(mut self, category: impl Into<String>) -> Self {
        self.category = Some(category.into());
        self
    }

    /// It did not work, and why.
    #[must_use]
    pub fn failed(mut self, why: impl Into<String>) -> Self {
        self.error = Some(why.into());
        self
    }
}

impl From<&str> for Finding {
    fn from(description: &str) -> Self {
        Self::new(description)
    }
}

impl From<String> for Finding {
    fn from(description: String) -> Self {
        Self::new(description)
    }
}

impl From<&str> for Fix {
    fn from(description: &str) -> Self {
        Self::new(description)
    }
}

impl From<String> for Fix {
    fn from(description: String) -> Self {
        Self::new(description)
    }
}
