//! How far a run says it is.

use loopscope_event::ProgressFact;
use serde::{Deserialize, Serialize};

/// What a run says of its progress.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// What it works at, in its own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// How far it is, 0.0 to 100.0, where it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percent: Option<f64>,
    /// What it is at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// How many steps it has, where it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps_total: Option<u64>,
    /// How many are done, where it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps_completed: Option<u64>,
}

impl Progress {
    pub(super) fn task(&mut self, task: Option<&str>) {
        if let Some(task) = task {
            self.task = Some(task.to_owned());
        }
    }

    pub(super) fn take(&mut self, fact: &ProgressFact) {
        self.percent = fact.percent.or(self.percent);
        self.steps_total = fact.steps_total.or(self.steps_total);
        self.steps_completed = fact.steps_completed.or(self.steps_completed);
        if fact.message.is_some() {
            self.message.clone_from(&fact.message);
        }
    }
}
