//! What a training run says: its configuration, epochs, batches, policy updates, the life of its seeds, actions, alerts.
//!
//! Plain values in the normal form; the board folds them, a dialect makes them. What was not measured is `None`, and
//! never overwrites what was; zero is a value. Accuracies are percent, 0 to 100, as sent.

use serde::{Deserialize, Serialize};

use crate::{GateFact, SeedFact, Severity};

/// Named numbers at one point of a run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MetricsFact {
    /// The step that they were measured at, where said.
    pub step: Option<f64>,
    /// The epoch or episode that they were measured at, where said.
    pub epoch: Option<f64>,
    /// Name and value, at most 256; NaN and infinities are values too.
    pub points: Vec<(String, f64)>,
}

impl MetricsFact {
    /// Where the points lie: at the step, else at the epoch.
    pub fn x(&self) -> Option<f64> {
        self.step.or(self.epoch)
    }
}

/// What a training run says.
#[derive(Debug, Clone, PartialEq)]
pub enum TrainingFact {
    /// Its configuration.
    Run(Box<RunFact>),
    /// An environment is through an epoch.
    Epoch(EpochFact),
    /// A batch of episodes is over, or its statistics are told.
    Batch(BatchFact),
    /// The policy was updated, or its health is told.
    Policy(PolicyFact),
    /// A seed came, grew, was fused, was pruned, or is as told.
    Seed(Box<SeedFact>),
    /// A gate let a seed pass, or did not.
    Gate(GateFact),
    /// What each seed contributes.
    Contributions(ContributionsFact),
    /// How the run performs, as a whole.
    Performance(PerformanceFact),
    /// The policy acted.
    Action(ActionFact),
    /// An environment's episode is over.
    Episode(EpisodeFact),
    /// How fast an environment runs.
    Throughput(ThroughputFact),
    /// Something that a person should look at.
    Alert(AlertNote),
    /// Something worth knowing, which is no alert: a plateau, an improvement, a stable host.
    Note(NoteFact),
}

/// A run's configuration.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RunFact {
    /// What is trained: `cifar10`.
    pub task: Option<String>,
    /// The cohort of a comparison.
    pub group: Option<String>,
    /// Environments that are trained side by side.
    pub envs: Option<u64>,
    /// Epochs of an episode.
    pub max_epochs: Option<u64>,
    /// Episodes that the run may take.
    pub episodes: Option<u64>,
    /// Parameters of the host network.
    pub host_params: Option<u64>,
    /// Parameters that seeds may add.
    pub param_budget: Option<u64>,
    /// The slots that seeds can be put in.
    pub slots: Vec<String>,
    /// The seed of its random numbers, digit by digit.
    pub seed: Option<String>,
    /// How actions are rewarded: `shaped`, `sparse`.
    pub reward_mode: Option<String>,
    /// Where the policy runs: `cuda:0`.
    pub device: Option<String>,
}

/// An environment is through an epoch.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EpochFact {
    /// The environment; `None` where it is not known.
    pub env: Option<u32>,
    /// The epoch inside its episode.
    pub epoch: Option<u64>,
    /// Epochs of an episode, where said.
    pub max_epochs: Option<u64>,
    /// The episode.
    pub episode: Option<u64>,
    /// Percent.
    pub accuracy: Option<f64>,
    /// Loss on the validation set; may be NaN.
    pub loss: Option<f64>,
    /// Accuracy of the host network alone, in percent, where said.
    pub host_accuracy: Option<f64>,
}

/// A batch of episodes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BatchFact {
    /// Which, from 1.
    pub batch: Option<u64>,
    /// Episodes that are over.
    pub episodes_completed: Option<u64>,
    /// Episodes that the run may take.
    pub episodes_total: Option<u64>,
    /// Environments.
    pub envs: Option<u64>,
    /// Mean over the environments, in percent.
    pub accuracy: Option<f64>,
    /// The rolling mean, in percent.
    pub rolling_accuracy: Option<f64>,
    /// Mean reward.
    pub reward: Option<f64>,
    /// Seeds that came in the batch.
    pub seeds_created: Option<u64>,
    /// Seeds that were fused in the batch.
    pub seeds_fossilized: Option<u64>,
}

/// The policy's health.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PolicyFact {
    /// Whether the update was left out; what stands here besides says nothing then.
    pub skipped: bool,
    /// Why it was left out.
    pub reason: Option<String>,
    /// Variance of the value estimates: as sent, else the square of their standard deviation.
    pub value_variance: Option<f64>,
    /// Entropy of the action distribution.
    pub entropy: Option<f64>,
    /// KL divergence of the new policy from the old.
    pub kl: Option<f64>,
    /// Share of ratios that were clipped, 0.0 to 1.0.
    pub clip_fraction: Option<f64>,
    /// Explained variance of the value estimates.
    pub explained_variance: Option<f64>,
    /// Loss of the policy.
    pub policy_loss: Option<f64>,
    /// Loss of the value estimates.
    pub value_loss: Option<f64>,
    /// Episodes that are over, where said.
    pub episodes_completed: Option<u64>,
}

/// What each seed contributes.
#[derive(Debug, Clone, PartialEq)]
pub struct ContributionsFact {
    /// How it was found out.
    pub source: ContributionSource,
    /// The environment.
    pub env: Option<u32>,
    /// Slot, accuracy points, and their standard deviation where said.
    pub seeds: Vec<(String, f64, Option<f64>)>,
}

/// How a seed's contribution was found out, the best last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContributionSource {
    /// By how the accuracy moved in its life.
    Improvement,
    /// By looking at the network without it.
    Counterfactual,
    /// As its Shapley value.
    Shapley,
}

/// How the run performs, as a whole, or one of its environments.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct PerformanceFact {
    /// The environment, where it is of one.
    pub env: Option<u32>,
    /// Percent.
    pub accuracy: Option<f64>,
    /// Accuracy of the host network alone, in percent, as it is said.
    pub host_accuracy: Option<f64>,
    /// Accuracy with all seeds off, in percent, as a matrix has it: the host's where nobody says it.
    pub all_off_accuracy: Option<f64>,
    /// Accuracy without the seed that was looked at, in percent: the host's where nothing better is known.
    pub baseline_accuracy: Option<f64>,
    /// All parameters over the host's; 1.0 is no growth.
    pub param_ratio: Option<f64>,
    /// Relative accuracy over relative parameters.
    pub efficiency: Option<f64>,
}

/// The policy acted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ActionFact {
    /// `WAIT`, `GERMINATE`, `SET_ALPHA_TARGET`, `PRUNE`, `FOSSILIZE`, `ADVANCE`, or another, in upper case.
    pub action: String,
    /// On which slot.
    pub slot: Option<String>,
    /// In which environment.
    pub env: Option<u32>,
    /// Whether it could be done.
    pub success: Option<bool>,
    /// The reward.
    pub reward: Option<f64>,
    /// What the policy thought the state to be worth.
    pub value: Option<f64>,
    /// How sure it was, 0.0 to 1.0.
    pub confidence: Option<f64>,
    /// Counts by action, where the event is about many; `action` is empty then.
    pub counts: Vec<(String, u64)>,
}

/// An environment's episode is over.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EpisodeFact {
    /// The environment.
    pub env: Option<u32>,
    /// Which episode.
    pub episode: Option<u64>,
    /// Percent.
    pub accuracy: Option<f64>,
    /// All parameters over the host's.
    pub param_ratio: Option<f64>,
    /// The sum of its rewards.
    pub reward: Option<f64>,
    /// How it ended: `success`, `timeout`, `early_termination`, `unknown`.
    pub outcome: Option<String>,
    /// Seeds that were fused.
    pub fossilized: Option<u64>,
    /// How actions are rewarded.
    pub reward_mode: Option<String>,
}

/// How fast an environment runs.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ThroughputFact {
    /// The environment.
    pub env: Option<u32>,
    /// Steps a second.
    pub fps: Option<f64>,
    /// A step, in milliseconds.
    pub step_ms: Option<f64>,
    /// Of that, waiting for data, in milliseconds.
    pub wait_ms: Option<f64>,
}

/// Something that a person should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertNote {
    /// The event's name in upper case: `GOVERNOR_ROLLBACK`.
    pub name: String,
    /// For people.
    pub text: String,
    /// How much it matters.
    pub severity: Severity,
    /// In which environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub env: Option<u32>,
}

/// Something worth knowing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NoteFact {
    /// The event's name in upper case: `PLATEAU_DETECTED`.
    pub name: String,
    /// The run's own words.
    pub message: Option<String>,
    /// In which environment.
    pub env: Option<u32>,
    /// Which batch.
    pub batch: Option<u64>,
    /// How far the rolling accuracy moved, in points.
    pub delta: Option<f64>,
    /// The rolling accuracy, in percent.
    pub rolling_accuracy: Option<f64>,
    /// Episodes that are over, where said.
    pub episodes_completed: Option<u64>,
    /// Whether the best state was loaded, with which a run ends.
    pub is_best_state: bool,
}
