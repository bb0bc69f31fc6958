//! What an event says, in the normal form: the board folds facts and knows no dialect's field names.
//!
//! Facts are derived from an event's name and payload by `dialects::facts`, on the server and in the browser
//! alike. They are never stored: the payload as sent is the only truth, so a better reader improves old runs too.

use serde::{Deserialize, Serialize};

use crate::{
    AgentFact, AlertFact, CheckpointFact, CommandFact, DecisionFact, Duration, FileFact,
    HealthFact, MetricsFact, Opportunity, ProgressFact, QualityFact, RawJson, ReputationFact,
    RunnerFact, Severity, SynthesisFact, TrainingFact, ValidationFact,
};

/// One thing that an event says. An event says none, one, or several.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// A run began, or tells more of itself.
    SessionStarted(SessionInfo),
    /// A run is over; `None` where the event does not say how it ended.
    SessionEnded(Option<Outcome>),
    /// A loop pass began or ended.
    Iteration(Phase, u32),
    /// The program's machine moved to this state, in the dialect's own spelling (`DIAGNOSING`).
    State(String),
    /// A timed unit of work.
    Step(Box<StepFact>),
    /// Something found, by looking (`attack == false`) or by attacking.
    Finding(Finding),
    /// Something put right, or tried.
    Fix(FixNote),
    /// The goal was reached; totals where the producer sent its own.
    Converged {
        /// Passes that it took, as the producer says.
        iterations: Option<u32>,
        /// The producer's own totals; they override what was counted.
        totals: Option<Totals>,
    },
    /// The program says that something went wrong in itself.
    Error(String),
    /// The program used up the passes it was allowed (this many) and gives up.
    BudgetSpent(u32),
    /// Named numbers at a point.
    Metrics(Box<MetricsFact>),
    /// The link to the program was lost; why, where known.
    SourceLost(Option<String>),
    /// The link to the program is back.
    SourceRestored,
    /// The program stands still, because it was told to or of its own; why, where said.
    Halted(Option<String>),
    /// The program goes on.
    Resumed,
    /// How far the run is.
    Progress(Box<ProgressFact>),
    /// Something happened to a file.
    File(Box<FileFact>),
    /// A question to a person, or its answer.
    Decision(DecisionFact),
    /// A check, its output and its result.
    Validation(ValidationFact),
    /// An agent came, works, or is done.
    Agent(Box<AgentFact>),
    /// A state that can be returned to, or the return.
    Checkpoint(Box<CheckpointFact>),
    /// A step of a command's life.
    Command(Box<CommandFact>),
    /// A program came to take commands, or went.
    Runner(RunnerFact),
    /// An alert of the session began or ended.
    Alert(Box<AlertFact>),
    /// Something worth a person's time was found.
    Opportunity(Box<Opportunity>),
    /// Quality was assessed.
    Quality(Box<QualityFact>),
    /// A phase of synthesis began or ended.
    Synthesis(Box<SynthesisFact>),
    /// How the system is.
    Health(HealthFact),
    /// What an agent is thought of.
    Reputation(Box<ReputationFact>),
    /// What only a training run says.
    Training(Box<TrainingFact>),
}

/// Where in its life a unit of work or a pass is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// It waits for its turn.
    Pending,
    /// It began.
    Started,
    /// It goes on.
    Progress,
    /// It returned.
    Completed,
    /// It broke.
    Failed,
    /// It was left out.
    Skipped,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It reached its goal.
    Converged,
    /// It ended well, without a goal that it could have reached.
    Completed,
    /// It ended without reaching its goal.
    Failed,
}

/// What a run says of itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SessionInfo {
    /// A name for people.
    pub name: Option<String>,
    /// What it works on.
    pub target: Option<String>,
    /// Its configuration, as sent.
    pub config: Option<RawJson>,
    /// How many passes it may take.
    pub max_iterations: Option<u32>,
    /// How long it may take, in seconds.
    pub timeout_seconds: Option<f64>,
    /// Where to read more: label and `http`/`https` address, at most 16.
    pub links: Vec<(String, String)>,
}

/// A timed unit of work: a pipeline step, a skill, a task.
#[derive(Debug, Clone, PartialEq)]
pub struct StepFact {
    /// Where in its life it is.
    pub phase: Phase,
    /// Lower case: `diagnose`, `fix`, `attack`, `validate`, or another.
    pub name: String,
    /// The tool that does it.
    pub tool: Option<String>,
    /// Whether it succeeded, where said.
    pub success: Option<bool>,
    /// Why it failed.
    pub error: Option<String>,
    /// What it counted.
    pub counts: Counts,
    /// Findings by severity, where said.
    pub severities: Option<Severities>,
    /// Test cases, where said.
    pub tests: Option<Tests>,
    /// The tool with its arguments, as one line for people.
    pub command: Option<String>,
    /// How many units of the step are done, where said.
    pub done: Option<u64>,
    /// How many units the step has, where said.
    pub total: Option<u64>,
    /// What it says of its progress or result.
    pub message: Option<String>,
    /// What only a skill has; `None` for any other step.
    pub skill: Option<Box<SkillPart>>,
}

/// What a skill says beyond what any step says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SkillPart {
    /// Its id, where it has one.
    pub id: Option<String>,
    /// Its place among the steps of the run, from 0.
    pub index: Option<u64>,
    /// With what it was called, as sent.
    pub parameters: Option<RawJson>,
    /// How far it is, 0.0 to 100.0.
    pub percent: Option<f64>,
    /// How long it took, by its program's word.
    pub duration: Option<Duration>,
    /// What it returned, as sent.
    pub result: Option<RawJson>,
}

impl StepFact {
    /// A step of which nothing more is known.
    pub fn new(phase: Phase, name: impl Into<String>) -> Self {
        Self {
            phase,
            name: name.into(),
            tool: None,
            command: None,
            success: None,
            error: None,
            counts: Counts::default(),
            severities: None,
            tests: None,
            done: None,
            total: None,
            message: None,
            skill: None,
        }
    }
}

/// What a step counted; `None` where it did not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Things found by looking.
    pub findings: Option<u64>,
    /// Things put right.
    pub fixes: Option<u64>,
    /// Things found by attacking.
    pub vulnerabilities: Option<u64>,
}

/// Counts by severity.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Severities {
    /// Critical ones.
    pub critical: u64,
    /// High ones.
    pub high: u64,
    /// Medium ones.
    pub medium: u64,
    /// Low ones.
    pub low: u64,
    /// Informational ones.
    pub info: u64,
}

impl Severities {
    /// `count` more of a severity; stops at the largest number.
    pub const fn add(&mut self, severity: Severity, count: u64) {
        match severity {
            Severity::Critical => self.critical = self.critical.saturating_add(count),
            Severity::High => self.high = self.high.saturating_add(count),
            Severity::Medium => self.medium = self.medium.saturating_add(count),
            Severity::Low => self.low = self.low.saturating_add(count),
            Severity::Info => self.info = self.info.saturating_add(count),
        }
    }

    /// How many of a severity.
    pub const fn get(&self, severity: Severity) -> u64 {
        match severity {
            Severity::Critical => self.critical,
            Severity::High => self.high,
            Severity::Medium => self.medium,
            Severity::Low => self.low,
            Severity::Info => self.info,
        }
    }

    /// Adds another's counts.
    pub fn merge(&mut self, other: &Self) {
        for severity in Severity::ALL {
            self.add(*severity, other.get(*severity));
        }
    }

    /// The worst severity that there is at least one of.
    pub fn worst(&self) -> Option<Severity> {
        Severity::ALL
            .iter()
            .copied()
            .find(|severity| self.get(*severity) > 0)
    }

    /// All of them.
    pub const fn total(&self) -> u64 {
        self.critical
            .saturating_add(self.high)
            .saturating_add(self.medium)
            .saturating_add(self.low)
            .saturating_add(self.info)
    }
}

/// Test cases of one run of a test suite.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tests {
    /// Passed.
    pub passed: u64,
    /// Failed, errors included.
    pub failed: u64,
    /// Skipped.
    pub skipped: u64,
}

/// Something found in the target.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// How much it matters, where said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// What it is.
    pub description: String,
    /// Where: the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Where: the line, 1-based.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Its class, as sent (`type`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Found by attacking, not by looking.
    #[serde(default)]
    pub attack: bool,
}

/// Something put right in the target, or tried.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FixNote {
    /// What was done.
    pub description: String,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Its class, as sent (`type`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Why it did not work, where it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A producer's own totals for a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Findings, summed over passes.
    pub total_findings: u64,
    /// Fixes, summed over passes.
    pub total_fixes: u64,
    /// Findings by attack, summed over passes.
    pub total_vulnerabilities: u64,
    /// Validations that passed.
    pub tests_passed: u64,
    /// Validations that failed.
    pub tests_failed: u64,
}
