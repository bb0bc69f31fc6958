//! What a training run's page shows: performance, seeds and their life, policy health, actions, alerts, progress.
//!
//! In: facts of training. Out: [`Training`], bounded whatever the run's length. Zero is a value; what was not measured
//! never overwrites what was; what cannot be known is `None` and never guessed.

mod curves;
mod performance;
mod policy;
mod recent;
mod seeds;

use std::collections::BTreeMap;

use loopscope_event::{
    BatchFact, EpisodeFact, EpochFact, Event, NoteFact, PerformanceFact, RunFact, SeedChange,
    TrainingFact,
};
use serde::{Deserialize, Serialize};

pub use curves::TrainingCurves;
pub use performance::EnvRow;
pub use policy::{Policy, Reading};
pub use recent::{ActionRow, AlertRow, NoteRow, Recent};
pub use seeds::{SeedRow, Seeds, StageSpan};

use crate::Board;
use crate::limits::MAX_ENVS;
use crate::work::is_default;

/// Everything of a training run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Training {
    #[serde(skip_serializing_if = "is_default")]
    run: RunRow,
    /// The newest epoch inside an episode.
    #[serde(skip_serializing_if = "is_default")]
    epoch: Option<u64>,
    #[serde(skip_serializing_if = "is_default")]
    episodes_completed: Option<u64>,
    #[serde(skip_serializing_if = "is_default")]
    batch: Option<u64>,
    #[serde(skip_serializing_if = "is_default")]
    envs: BTreeMap<u32, EnvRow>,
    /// What is said without an environment.
    #[serde(skip_serializing_if = "is_default")]
    whole: EnvRow,
    /// What was said of the host since an environment said it last.
    #[serde(skip_serializing_if = "is_default")]
    host_accuracy: Option<f64>,
    #[serde(skip_serializing_if = "is_default")]
    param_ratio: Option<f64>,
    #[serde(skip_serializing_if = "is_default")]
    efficiency: Option<f64>,
    #[serde(skip_serializing_if = "is_default")]
    batch_accuracy: Option<f64>,
    /// Whether an epoch was ever told.
    #[serde(skip_serializing_if = "is_default")]
    has_epochs: bool,
    #[serde(skip_serializing_if = "is_default")]
    seeds: Seeds,
    #[serde(skip_serializing_if = "is_default")]
    policy: Policy,
    #[serde(skip_serializing_if = "is_default")]
    recent: Recent,
    #[serde(skip_serializing_if = "is_default")]
    curves: TrainingCurves,
    /// Environments that are through the current epoch.
    #[serde(skip_serializing_if = "is_default")]
    round: u32,
    #[serde(skip_serializing_if = "is_default")]
    best_state: bool,
}

/// A run's configuration, as far as panels need it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunRow {
    /// The cohort of a comparison.
    #[serde(skip_serializing_if = "is_default")]
    pub group: Option<String>,
    /// Environments.
    #[serde(skip_serializing_if = "is_default")]
    pub envs: Option<u64>,
    /// Epochs of an episode.
    #[serde(skip_serializing_if = "is_default")]
    pub max_epochs: Option<u64>,
    /// Episodes that the run may take.
    #[serde(skip_serializing_if = "is_default")]
    pub episodes: Option<u64>,
    /// Parameters of the host network.
    #[serde(skip_serializing_if = "is_default")]
    pub host_params: Option<u64>,
    /// How actions are rewarded, as sent.
    #[serde(skip_serializing_if = "is_default")]
    pub reward_mode: Option<String>,
    /// Where the policy runs.
    #[serde(skip_serializing_if = "is_default")]
    pub device: Option<String>,
}

/// Takes over what was said; `None` says nothing.
#[expect(
    clippy::ref_option,
    reason = "both sides are fields; the call reads as an assignment"
)]
pub(crate) fn keep<T: Clone>(own: &mut Option<T>, new: &Option<T>) {
    if new.is_some() {
        own.clone_from(new);
    }
}

impl Training {
    /// Takes one fact.
    pub(crate) fn take(&mut self, fact: &TrainingFact, event: &Event) {
        match fact {
            TrainingFact::Run(run) => self.run(run),
            TrainingFact::Epoch(epoch) => self.epoch_ended(epoch),
            TrainingFact::Batch(batch) => self.batch_ended(batch),
            TrainingFact::Policy(policy) => {
                keep(&mut self.episodes_completed, &policy.episodes_completed);
                self.policy.take(policy, &mut self.curves);
            }
            TrainingFact::Seed(seed) => {
                self.seeds.take(seed, event);
                self.recent.seed(seed, event);
                if seed.change != SeedChange::Told {
                    self.sample_params();
                }
            }
            TrainingFact::Contributions(found) => self.seeds.contribute(found, event),
            TrainingFact::Performance(told) => self.performs(told),
            TrainingFact::Action(action) => self.recent.action(action, event),
            TrainingFact::Episode(episode) => self.episode_ended(episode),
            TrainingFact::Throughput(told) => {
                if let Some(row) = self.env_mut(told.env) {
                    keep(&mut row.fps, &told.fps);
                    keep(&mut row.step_ms, &told.step_ms);
                }
                if let Some(fps) = told.fps {
                    self.curves.throughput.push(None, fps);
                }
            }
            TrainingFact::Alert(alert) => self.recent.alert(alert, event),
            TrainingFact::Note(note) => self.note(note, event),
            TrainingFact::Gate(_) => {}
        }
    }

    fn run(&mut self, run: &RunFact) {
        let own = &mut self.run;
        keep(&mut own.group, &run.group);
        keep(&mut own.envs, &run.envs);
        keep(&mut own.max_epochs, &run.max_epochs);
        keep(&mut own.episodes, &run.episodes);
        keep(&mut own.host_params, &run.host_params);
        keep(&mut own.reward_mode, &run.reward_mode);
        keep(&mut own.device, &run.device);
    }

    fn performs(&mut self, told: &PerformanceFact) {
        keep(&mut self.whole.accuracy, &told.accuracy);
        keep(&mut self.host_accuracy, &told.host_accuracy);
        keep(&mut self.param_ratio, &told.param_ratio);
        keep(&mut self.efficiency, &told.efficiency);
        if let Some(row) = self.env_mut(told.env) {
            keep(&mut row.all_off_accuracy, &told.all_off_accuracy);
            keep(&mut row.baseline_accuracy, &told.baseline_accuracy);
        }
        if told.accuracy.is_some() {
            self.sample(None);
        }
        self.sample_params();
    }

    fn epoch_ended(&mut self, told: &EpochFact) {
        self.has_epochs = true;
        keep(&mut self.epoch, &told.epoch);
        keep(&mut self.run.max_epochs, &told.max_epochs);
        // What an environment says comes after what was said of the whole.
        if told.accuracy.is_some() {
            self.whole.accuracy = None;
        }
        if told.host_accuracy.is_some() {
            self.host_accuracy = None;
        }
        if let Some(row) = self.env_mut(told.env) {
            keep(&mut row.accuracy, &told.accuracy);
            keep(&mut row.host_accuracy, &told.host_accuracy);
            keep(&mut row.loss, &told.loss);
            keep(&mut row.epoch, &told.epoch);
            keep(&mut row.episode, &told.episode);
        }
        self.round = self.round.saturating_add(1);
        // One point an epoch: when each known environment is through it.
        if self.round as usize >= self.envs.len().max(1) {
            self.round = 0;
            self.sample(told.loss.and(self.loss()));
        }
    }

    fn batch_ended(&mut self, told: &BatchFact) {
        keep(&mut self.episodes_completed, &told.episodes_completed);
        keep(&mut self.run.episodes, &told.episodes_total);
        keep(&mut self.run.envs, &told.envs);
        keep(&mut self.batch, &told.batch);
        keep(&mut self.batch_accuracy, &told.accuracy);
        if told.accuracy.is_some() && !self.has_epochs {
            // Without any epoch, the newest word is the batch's.
            self.whole.accuracy = None;
            self.sample(None);
        }
    }

    fn episode_ended(&mut self, told: &EpisodeFact) {
        keep(&mut self.run.reward_mode, &told.reward_mode);
        if let Some(row) = self.env_mut(told.env) {
            keep(&mut row.episode, &told.episode);
            keep(&mut row.param_ratio, &told.param_ratio);
            keep(&mut row.reward, &told.reward);
            keep(&mut row.outcome, &told.outcome);
        }
        self.sample_params();
    }

    fn note(&mut self, note: &NoteFact, event: &Event) {
        keep(&mut self.episodes_completed, &note.episodes_completed);
        self.best_state |= note.is_best_state;
        self.recent.note(note, event);
    }

    /// An environment's row; `None` beyond the most that are told apart.
    fn env_mut(&mut self, env: Option<u32>) -> Option<&mut EnvRow> {
        let Some(env) = env else {
            return Some(&mut self.whole);
        };
        if self.envs.len() >= MAX_ENVS && !self.envs.contains_key(&env) {
            return None;
        }
        Some(self.envs.entry(env).or_default())
    }

    /// Whether the run is complete: there is no event that says so.
    pub(crate) fn is_complete(&self) -> bool {
        let done = || Some(self.episodes_completed? >= self.run.episodes.filter(|all| *all > 0)?);
        self.best_state || done() == Some(true)
    }

    /// The configuration.
    pub const fn config(&self) -> &RunRow {
        &self.run
    }

    /// The newest epoch inside an episode; only epochs move it.
    pub const fn epoch(&self) -> Option<u64> {
        self.epoch
    }

    /// Epochs of an episode, where the run says.
    pub const fn max_epochs(&self) -> Option<u64> {
        self.run.max_epochs
    }

    /// Episodes that are over.
    pub const fn episodes_completed(&self) -> Option<u64> {
        self.episodes_completed
    }

    /// The newest batch.
    pub const fn batch(&self) -> Option<u64> {
        self.batch
    }

    /// How actions are rewarded, in upper case; `SHAPED` where not said.
    pub fn mode(&self) -> String {
        let mode = self.run.reward_mode.as_deref();
        mode.map_or_else(|| "SHAPED".to_owned(), str::to_uppercase)
    }

    /// The environments, by number.
    pub const fn envs(&self) -> &BTreeMap<u32, EnvRow> {
        &self.envs
    }

    /// The seeds, oldest first.
    pub const fn seeds(&self) -> &Seeds {
        &self.seeds
    }

    /// The policy's health.
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The newest actions, alerts and notes.
    pub const fn recent(&self) -> &Recent {
        &self.recent
    }

    /// The figures over the run.
    pub const fn curves(&self) -> &TrainingCurves {
        &self.curves
    }

    /// How far the run is, 0.0 to 100.0, where it says how long it is.
    pub fn progress_percent(&self) -> Option<f64> {
        let all = self.run.episodes.filter(|all| *all > 0)?;
        Some((self.episodes_completed? as f64 / all as f64 * 100.0).min(100.0))
    }
}

impl Board {
    /// What a training run's page shows.
    pub const fn training(&self) -> &Training {
        &self.training
    }
}
