//! What an orchestrator's page shows beside the timeline, a file a panel; and commands, which every session may have.

mod agents;
mod alerts;
mod checkpoints;
mod commands;
mod decisions;
mod files;
mod progress;
mod skills;
mod validations;

use loopscope_event::{Event, Fact, RawJson};
use serde::{Deserialize, Serialize};

pub use agents::{AgentRow, Agents, Reputation};
pub use alerts::{AlertLine, Alerts};
pub use checkpoints::{CheckpointRow, Checkpoints};
pub use commands::{CommandRow, Commands, Runner};
pub use decisions::{DecisionRow, Decisions};
pub use files::{FileRow, Files};
pub use progress::Progress;
pub use skills::{SkillRow, SkillStatus, Skills};
pub(crate) use validations::plain;
pub use validations::{OutputLine, ValidationRow, Validations};

use crate::Board;

/// All panels.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Work {
    #[serde(skip_serializing_if = "is_default")]
    skills: Skills,
    #[serde(skip_serializing_if = "is_default")]
    files: Files,
    #[serde(skip_serializing_if = "is_default")]
    decisions: Decisions,
    #[serde(skip_serializing_if = "is_default")]
    validations: Validations,
    #[serde(skip_serializing_if = "is_default")]
    agents: Agents,
    #[serde(skip_serializing_if = "is_default")]
    checkpoints: Checkpoints,
    #[serde(skip_serializing_if = "is_default")]
    commands: Commands,
    #[serde(skip_serializing_if = "is_default")]
    progress: Progress,
    #[serde(skip_serializing_if = "is_default")]
    alerts: Alerts,
}

/// Whether there is nothing in it that would have to be written.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A value that says something and is small enough to be kept.
pub(crate) fn kept(value: Option<&RawJson>, bytes: usize) -> Option<RawJson> {
    let small = |value: &&RawJson| value.as_str() != "null" && value.as_str().len() <= bytes;
    value.filter(small).cloned()
}

impl Work {
    /// Takes one fact.
    pub(crate) fn take(&mut self, fact: &Fact, event: &Event) {
        match fact {
            Fact::Step(step) if step.skill.is_some() => self.skills.take(step, event),
            Fact::File(file) => self.files.take(file, event),
            Fact::Decision(decision) => self.decisions.take(decision, event),
            Fact::Validation(validation) => self.validations.take(validation, event),
            Fact::Agent(agent) => self.agents.take(agent, event),
            Fact::Reputation(reputation) => self.agents.judge(reputation, event.timestamp),
            Fact::Checkpoint(checkpoint) => self.checkpoints.take(checkpoint, event),
            Fact::Command(command) => self.commands.take(command, event),
            Fact::Runner(runner) => self.commands.runner(runner, event),
            Fact::Alert(alert) => self.alerts.take(alert, event),
            Fact::Progress(progress) => self.progress.take(progress),
            Fact::SessionStarted(info) => self.progress.task(info.name.as_deref()),
            _ => {}
        }
    }

    /// The run began anew: what is said of its progress is of the run before.
    pub(crate) fn restart(&mut self) {
        self.progress = Progress::default();
        self.skills.restart();
    }

    /// The program is gone, or the run is over: what ran is no longer known to run.
    pub(crate) fn close(&mut self) {
        self.skills.close();
    }
}

impl Board {
    /// The skills of the run, in order of their start.
    pub const fn skills(&self) -> &Skills {
        &self.work.skills
    }

    /// The files that changed.
    pub const fn files(&self) -> &Files {
        &self.work.files
    }

    /// The questions to people, and their answers.
    pub const fn decisions(&self) -> &Decisions {
        &self.work.decisions
    }

    /// The checks, and the output of the newest.
    pub const fn validations(&self) -> &Validations {
        &self.work.validations
    }

    /// The agents.
    pub const fn agents(&self) -> &Agents {
        &self.work.agents
    }

    /// The checkpoints, oldest first.
    pub const fn checkpoints(&self) -> &Checkpoints {
        &self.work.checkpoints
    }

    /// The newest commands, oldest first, and the program that takes them.
    pub const fn commands(&self) -> &Commands {
        &self.work.commands
    }

    /// The newest alerts, oldest first.
    pub const fn alerts(&self) -> &Alerts {
        &self.work.alerts
    }

    /// What the run says of its progress.
    pub const fn progress(&self) -> &Progress {
        &self.work.progress
    }

    /// How far the run is, 0.0 to 100.0: 100 when it completed, its own word, else ended skills of all. `None` where
    /// nothing says.
    pub fn progress_percent(&self) -> Option<f64> {
        if self.status() == loopscope_protocol::SessionStatus::Completed {
            return Some(100.0);
        }
        let progress = &self.work.progress;
        let total = progress.steps_total.filter(|total| *total > 0);
        let done = progress
            .steps_completed
            .unwrap_or(0)
            .max(self.work.skills.ended());
        let counted = total.map(|total| (done as f64 / total as f64 * 100.0).min(100.0));
        progress
            .percent
            .or(counted)
            .or_else(|| self.training.progress_percent())
    }

    /// How many skills the run has, where it says; never fewer than are known.
    pub fn steps_total(&self) -> Option<u64> {
        let said = self.work.progress.steps_total.filter(|total| *total > 0);
        said.map(|total| total.max(self.work.skills.ended()))
    }

    /// The skill that runs: the last that started and has not ended.
    pub fn current_skill(&self) -> Option<&str> {
        self.work.skills.current().map(|row| row.name.as_str())
    }
}
