//! The lists of a session page: findings, fixes, errors, running steps.

use std::collections::BTreeMap;

use loopscope_event::{Finding, FixNote, Offset, Seq, Severity, Timestamp};
use serde::{Deserialize, Serialize};

/// One distinct finding: the same file, type and description are one, however often it is seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingRow {
    /// What was found, as last seen; `attack` where an attack ever found it.
    #[serde(flatten)]
    pub finding: Finding,
    /// Its severity: the producer's word, else critical where it was found by attack, else info.
    pub rank: Severity,
    /// The pass that saw it first.
    pub first_seen: u32,
    /// The pass that saw it last.
    pub last_seen: u32,
    /// The pass whose look no longer saw it; `None` while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed_in: Option<u32>,
    /// How often it was seen.
    pub times: u32,
    /// Whether its newest sighting was by attack: the next attack that misses it closes it, else the next look.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) seen_by_attack: bool,
    /// How often events of their own announced it, since a step saw it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) announced: u32,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// The distinct findings of a session, by fingerprint.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// By fingerprint of file, type and description.
    pub(crate) open: BTreeMap<u64, FindingRow>,
    /// Likewise.
    pub(crate) fixed: BTreeMap<u64, FindingRow>,
    pub(crate) left_out: u64,
}

/// Something put right, or tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FixRow {
    /// What was done.
    #[serde(flatten)]
    pub fix: FixNote,
    /// In which pass.
    pub iteration: u32,
    /// When.
    pub timestamp: Timestamp,
}

/// Something that went wrong in the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorRow {
    /// The event that says so.
    pub offset: Offset,
    /// Its place in the session.
    pub seq: Seq,
    /// When.
    pub timestamp: Timestamp,
    /// In which pass.
    pub iteration: u32,
    /// In which step, where it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// What the program says.
    pub message: String,
}

/// A step that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunningStep {
    /// Its name.
    pub step: String,
    /// In which pass.
    pub iteration: u32,
    /// Since when.
    pub started_at: Timestamp,
    /// The tool with its arguments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// How many units are done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<u64>,
    /// How many units there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// What it says of its progress.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl RunningStep {
    /// How far it is: 0.0 to 1.0, where it says.
    pub fn progress(&self) -> Option<f64> {
        let (done, total) = (self.done?, self.total?);
        (total > 0).then(|| (done as f64 / total as f64).clamp(0.0, 1.0))
    }
}
