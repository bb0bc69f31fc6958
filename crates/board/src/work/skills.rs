//! The skills of a run: which waits, runs, is done; how far and how long.
//!
//! An end belongs to the running skill of that id, else of that name and place, else of that name. An end without a
//! start makes a row of its own, so that nothing that was said is lost.

use std::collections::VecDeque;

use loopscope_event::{Duration, Event, Phase, RawJson, SkillPart, StepFact, Timestamp};
use serde::{Deserialize, Serialize};

use super::{is_default, kept};
use crate::limits::{MAX_SKILL_VALUE_BYTES, MAX_SKILLS};

/// Where a skill is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkillStatus {
    /// It waits for its turn.
    Pending,
    /// It runs.
    Running,
    /// It returned.
    Completed,
    /// It broke.
    Failed,
    /// It was left out.
    Skipped,
    /// It ran when its program went; nobody said how it ended.
    Unknown,
}

/// One run of a skill.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SkillRow {
    /// Its id, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its name, as sent.
    pub name: String,
    /// Its place among the steps of the run, from 0, where said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_index: Option<u64>,
    /// Where it is.
    pub status: SkillStatus,
    /// How far it is, 0.0 to 100.0, where it says; 100 once completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<f64>,
    /// What it says of its progress.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// When it started, where its start was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// How long it took: its program's word, else from its start to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<Duration>,
    /// With what it was called, where small.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<RawJson>,
    /// What it returned, where small.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<RawJson>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// The skills of a run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Skills {
    rows: VecDeque<SkillRow>,
    completed: u64,
    failed: u64,
    skipped: u64,
    /// Ended skills of the present run, of all outcomes.
    done: u64,
    /// Time of completed skills whose time is known.
    #[serde(skip_serializing_if = "is_default")]
    spent: Duration,
    timed: u64,
    left_out: u64,
}

impl Skills {
    /// The skills, in order of their first event.
    pub const fn rows(&self) -> &VecDeque<SkillRow> {
        &self.rows
    }

    /// How many wait.
    pub fn pending(&self) -> u64 {
        self.count(SkillStatus::Pending)
    }

    /// How many run.
    pub fn running(&self) -> u64 {
        self.count(SkillStatus::Running)
    }

    /// How many completed, left-out rows counted.
    pub const fn completed(&self) -> u64 {
        self.completed
    }

    /// How many failed, left-out rows counted.
    pub const fn failed(&self) -> u64 {
        self.failed
    }

    /// How many were skipped, left-out rows counted.
    pub const fn skipped(&self) -> u64 {
        self.skipped
    }

    /// Rows that are no longer listed.
    pub const fn left_out(&self) -> u64 {
        self.left_out
    }

    /// The mean time of completed skills; `None` before the first.
    pub fn mean_duration(&self) -> Option<Duration> {
        let count = i64::try_from(self.timed).ok().filter(|count| *count > 0)?;
        Some(Duration::from_micros(self.spent.as_micros() / count))
    }

    /// The last that started and has not ended.
    pub fn current(&self) -> Option<&SkillRow> {
        let running = |row: &&SkillRow| row.status == SkillStatus::Running;
        self.rows.iter().rev().find(running)
    }

    /// Ended skills of the present run, of all outcomes.
    pub const fn ended(&self) -> u64 {
        self.done
    }

    fn count(&self, status: SkillStatus) -> u64 {
        let of = |row: &&SkillRow| row.status == status;
        self.rows.iter().filter(of).count() as u64
    }

    pub(super) fn restart(&mut self) {
        self.close();
        self.done = 0;
    }

    /// What runs is no longer known to run.
    pub(super) fn close(&mut self) {
        for row in &mut self.rows {
            if row.status == SkillStatus::Running {
                row.status = SkillStatus::Unknown;
            }
        }
    }

    pub(super) fn take(&mut self, step: &StepFact, event: &Event) {
        let part = step.skill.as_deref().cloned().unwrap_or_default();
        let at = event.timestamp;
        let place = self.place(step, &part);
        let index = place.unwrap_or_else(|| self.push(step));
        let Some(row) = self.rows.get_mut(index) else {
            return;
        };
        row.learn(step, &part);
        let ended = match step.phase {
            Phase::Pending => None,
            Phase::Started => {
                row.status = SkillStatus::Running;
                row.started_at = Some(at);
                None
            }
            Phase::Progress => {
                row.status = SkillStatus::Running;
                None
            }
            Phase::Completed if step.success == Some(false) => Some(SkillStatus::Failed),
            Phase::Completed => Some(SkillStatus::Completed),
            Phase::Failed => Some(SkillStatus::Failed),
            Phase::Skipped => Some(SkillStatus::Skipped),
        };
        let Some(status) = ended else {
            return;
        };
        row.status = status;
        row.ended_at = Some(at);
        let seen = row
            .started_at
            .map(|from| at.since(from).max(Duration::default()));
        row.duration = part.duration.or(seen);
        let duration = row.duration;
        self.done = self.done.saturating_add(1);
        match status {
            SkillStatus::Completed => {
                row.percent = Some(100.0);
                self.completed = self.completed.saturating_add(1);
                if let Some(duration) = duration {
                    self.spent = self.spent.plus(duration);
                    self.timed = self.timed.saturating_add(1);
                }
            }
            SkillStatus::Failed => self.failed = self.failed.saturating_add(1),
            _ => self.skipped = self.skipped.saturating_add(1),
        }
    }

    /// The row that an event is about: a start's waiting one, else the newest open one of that id, name and place.
    fn place(&self, step: &StepFact, part: &SkillPart) -> Option<usize> {
        let wanted = |row: &SkillRow| match step.phase {
            Phase::Pending => false,
            Phase::Started => row.status == SkillStatus::Pending,
            _ => matches!(
                row.status,
                SkillStatus::Running | SkillStatus::Pending | SkillStatus::Unknown
            ),
        };
        let named = |row: &SkillRow| match (&part.id, &row.id) {
            (Some(id), Some(own)) => id == own,
            _ => row.name == step.name,
        };
        let placed = |row: &SkillRow| part.index.is_some() && row.step_index == part.index;
        let waits = step.phase == Phase::Started;
        // Running before waiting and unknown, its place before none, the newest (of waiting ones, the first).
        let rank = |(index, row): &(usize, &SkillRow)| {
            let runs = row.status == SkillStatus::Running;
            let order = if waits { usize::MAX - index } else { *index };
            (runs, placed(row), order)
        };
        let rows = self.rows.iter().enumerate();
        rows.filter(|(_, row)| wanted(row) && named(row))
            .max_by_key(rank)
            .map(|(index, _)| index)
    }

    fn push(&mut self, step: &StepFact) -> usize {
        if self.rows.len() >= MAX_SKILLS {
            let over =
                |row: &SkillRow| !matches!(row.status, SkillStatus::Running | SkillStatus::Pending);
            let oldest = self.rows.iter().position(over).unwrap_or(0);
            self.rows.remove(oldest);
            self.left_out = self.left_out.saturating_add(1);
        }
        self.rows.push_back(SkillRow {
            id: None,
            name: step.name.clone(),
            step_index: None,
            status: SkillStatus::Pending,
            percent: None,
            message: None,
            started_at: None,
            ended_at: None,
            duration: None,
            parameters: None,
            result: None,
            error: None,
        });
        self.rows.len() - 1
    }
}

impl SkillRow {
    fn learn(&mut self, step: &StepFact, part: &SkillPart) {
        let set = |own: &mut Option<String>, new: &Option<String>| {
            if new.is_some() {
                own.clone_from(new);
            }
        };
        set(&mut self.id, &part.id);
        set(&mut self.message, &step.message);
        set(&mut self.error, &step.error);
        self.step_index = part.index.or(self.step_index);
        self.percent = part.percent.or(self.percent);
        let value = |new: &Option<RawJson>| kept(new.as_ref(), MAX_SKILL_VALUE_BYTES);
        self.parameters = value(&part.parameters).or_else(|| self.parameters.take());
        self.result = value(&part.result).or_else(|| self.result.take());
    }
}
