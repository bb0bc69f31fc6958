//! Phases of synthesis: begun and ended ones matched by name; phases repeat, and some never end.

use std::collections::VecDeque;

use loopscope_event::{Duration, Phase, SynthesisFact, Timestamp};
use serde::{Deserialize, Serialize};

use crate::limits::MAX_SYNTHESES;

/// One phase.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SynthesisRow {
    /// Its name.
    pub name: String,
    /// What it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// When it began; where only its end was seen, as long before as it says that it took.
    pub started_at: Timestamp,
    /// When it ended; `None` while it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// How long it took: its own word, else what was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<Duration>,
    /// How many patterns it found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patterns_found: Option<u64>,
    /// Whether it broke.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub failed: bool,
}

/// The phases, in the order of their start.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Synthesis {
    rows: VecDeque<SynthesisRow>,
    completed: u64,
    patterns: u64,
    left_out: u64,
}

impl Synthesis {
    /// The newest phases, in the order of their start.
    pub const fn rows(&self) -> &VecDeque<SynthesisRow> {
        &self.rows
    }

    /// Phases that ended, all of them.
    pub const fn completed(&self) -> u64 {
        self.completed
    }

    /// Patterns found, in all of them.
    pub const fn patterns(&self) -> u64 {
        self.patterns
    }

    /// Phases that are no longer listed.
    pub const fn left_out(&self) -> u64 {
        self.left_out
    }

    pub(super) fn take(&mut self, fact: &SynthesisFact, at: Timestamp) {
        if fact.phase == Phase::Started {
            self.push(open(fact, at));
            return;
        }
        self.completed = self.completed.saturating_add(1);
        self.patterns = self
            .patterns
            .saturating_add(fact.patterns_found.unwrap_or(0));
        let is_open = |row: &SynthesisRow| row.ended_at.is_none() && row.name == fact.name;
        let index = self.rows.iter().rposition(is_open).unwrap_or_else(|| {
            let before = fact.duration.unwrap_or_default().as_micros();
            self.push(open(fact, at.plus(Duration::from_micros(-before))))
        });
        let Some(row) = self.rows.get_mut(index) else {
            return;
        };
        let seen = at.since(row.started_at).max(Duration::default());
        row.ended_at = Some(at.max(row.started_at));
        row.duration = Some(fact.duration.unwrap_or(seen));
        row.patterns_found = fact.patterns_found;
        row.failed = fact.phase == Phase::Failed;
    }

    /// Lists a phase; its place.
    fn push(&mut self, row: SynthesisRow) -> usize {
        if self.rows.len() >= MAX_SYNTHESES {
            self.rows.pop_front();
            self.left_out = self.left_out.saturating_add(1);
        }
        self.rows.push_back(row);
        self.rows.len() - 1
    }
}

fn open(fact: &SynthesisFact, started_at: Timestamp) -> SynthesisRow {
    SynthesisRow {
        name: fact.name.clone(),
        description: fact
            .description
            .clone()
            .filter(|_| fact.phase == Phase::Started),
        started_at,
        ended_at: None,
        duration: None,
        patterns_found: None,
        failed: false,
    }
}
