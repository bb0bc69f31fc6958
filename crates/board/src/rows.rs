//! Per-iteration rows: findings, fixes, attacks, tests and step times of each pass, in bounded space.
//!
//! In: an iteration number and what happened in it. Out: rows in order of their number. Rows are exact up to
//! [`MAX_ROWS`] passes; beyond, each row sums twice as many neighbouring passes. Sums over rows stay exact.

use loopscope_event::{Duration, Severities, Tests, Timestamp};
use serde::{Deserialize, Serialize};

use crate::limits::MAX_ROWS;

/// All rows of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rows {
    /// How many passes a row sums: 1, 2, 4 …
    stride: u32,
    rows: Vec<IterationRow>,
}

/// What happened in one pass (or, when rows were merged, in [`Rows::stride`] neighbouring passes).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IterationRow {
    /// The first pass that the row stands for; 0 for what happened before the first.
    pub number: u32,
    /// When the first event of it happened.
    pub started_at: Timestamp,
    /// When it was said to be over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Found by looking; `None` while no look has said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub findings: Option<u64>,
    /// Put right; `None` while no fix step has said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixes: Option<u64>,
    /// Found by attacking; `None` while no attack has said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vulnerabilities: Option<u64>,
    /// The findings by severity, where said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severities: Option<Severities>,
    /// Test cases of the validations, where said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tests: Option<Tests>,
    /// Validations that passed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub validations_passed: u32,
    /// Validations that failed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub validations_failed: u32,
    /// Failed steps and errors.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub errors: u32,
    /// Time of each step that ended in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StepTime>,
}

/// Time that one step took in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepTime {
    /// Which step: an index into [`crate::Board::step_names`].
    pub step: u16,
    /// From its start to its end, summed over its runs.
    pub spent: Duration,
    /// How often it ran.
    pub runs: u32,
    /// How often it broke.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub failed: u32,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Default for Rows {
    fn default() -> Self {
        Self {
            stride: 1,
            rows: Vec::new(),
        }
    }
}

impl Rows {
    /// How many passes a row sums: 1, 2, 4 …
    pub const fn stride(&self) -> u32 {
        self.stride
    }

    /// The rows, by number. A pass of which nothing is known has no row.
    pub fn as_slice(&self) -> &[IterationRow] {
        &self.rows
    }

    /// The first pass of the row that `iteration` falls into.
    const fn first_of(&self, iteration: u32) -> u32 {
        if iteration == 0 {
            0
        } else {
            (iteration - 1) / self.stride * self.stride + 1
        }
    }

    /// The row of a pass, where there is one.
    pub fn get(&self, iteration: u32) -> Option<&IterationRow> {
        let number = self.first_of(iteration);
        let index = self
            .rows
            .binary_search_by_key(&number, |row| row.number)
            .ok()?;
        self.rows.get(index)
    }

    /// Merges rows until those up to this pass are not too many.
    pub(crate) fn reach(&mut self, iteration: u32) {
        while iteration.div_ceil(self.stride) as usize > MAX_ROWS {
            self.merge_neighbours();
        }
    }

    /// The row of a pass, made where there is none.
    pub(crate) fn entry(&mut self, iteration: u32, at: Timestamp) -> &mut IterationRow {
        self.reach(iteration);
        let number = self.first_of(iteration);
        let found = match self.rows.last() {
            // The usual case: the newest row.
            Some(last) if last.number == number => Ok(self.rows.len() - 1),
            Some(last) if last.number < number => Err(self.rows.len()),
            _ => self.rows.binary_search_by_key(&number, |row| row.number),
        };
        let index = found.unwrap_or_else(|index| {
            let row = IterationRow {
                number,
                started_at: at,
                ..IterationRow::default()
            };
            self.rows.insert(index, row);
            index
        });
        &mut self.rows[index]
    }

    fn merge_neighbours(&mut self) {
        self.stride = self.stride.saturating_mul(2);
        let mut merged: Vec<IterationRow> = Vec::with_capacity(self.rows.len() / 2 + 1);
        for mut row in std::mem::take(&mut self.rows) {
            row.number = self.first_of(row.number);
            match merged.last_mut() {
                Some(last) if last.number == row.number => last.absorb(&row),
                _ => merged.push(row),
            }
        }
        self.rows = merged;
    }
}

/// The sum of two counts of which each may be unknown.
pub(crate) fn add(own: &mut Option<u64>, more: Option<u64>) {
    if let Some(more) = more {
        *own = Some(own.unwrap_or(0).saturating_add(more));
    }
}

impl IterationRow {
    /// Whether its validations passed: `None` where none ran, false where any failed.
    pub const fn validated(&self) -> Option<bool> {
        match (self.validations_passed, self.validations_failed) {
            (0, 0) => None,
            (_, failed) => Some(failed == 0),
        }
    }

    /// Takes the next row's contents into this one.
    fn absorb(&mut self, next: &Self) {
        self.started_at = self.started_at.min(next.started_at);
        self.ended_at = self.ended_at.max(next.ended_at);
        add(&mut self.findings, next.findings);
        add(&mut self.fixes, next.fixes);
        add(&mut self.vulnerabilities, next.vulnerabilities);
        if let Some(severities) = &next.severities {
            self.add_severities(severities);
        }
        if let Some(tests) = &next.tests {
            self.add_tests(tests);
        }
        self.validations_passed = self
            .validations_passed
            .saturating_add(next.validations_passed);
        self.validations_failed = self
            .validations_failed
            .saturating_add(next.validations_failed);
        self.errors = self.errors.saturating_add(next.errors);
        for time in &next.steps {
            self.add_step(*time);
        }
    }

    pub(crate) fn add_severities(&mut self, more: &Severities) {
        self.severities
            .get_or_insert_with(Severities::default)
            .merge(more);
    }

    pub(crate) fn add_tests(&mut self, more: &Tests) {
        let tests = self.tests.get_or_insert_with(Tests::default);
        tests.passed = tests.passed.saturating_add(more.passed);
        tests.failed = tests.failed.saturating_add(more.failed);
        tests.skipped = tests.skipped.saturating_add(more.skipped);
    }

    pub(crate) fn add_step(&mut self, time: StepTime) {
        match self.steps.iter_mut().find(|own| own.step == time.step) {
            Some(own) => {
                own.spent = own.spent.plus(time.spent);
                own.runs = own.runs.saturating_add(time.runs);
                own.failed = own.failed.saturating_add(time.failed);
            }
            None => self.steps.push(time),
        }
    }
}
