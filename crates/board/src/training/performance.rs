//! Accuracy, host accuracy, parameter ratio, efficiency: what is sent, else what follows from it.

use serde::{Deserialize, Serialize};

use super::Training;
use crate::work::is_default;

/// An environment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EnvRow {
    /// Percent.
    #[serde(skip_serializing_if = "is_default")]
    pub accuracy: Option<f64>,
    /// Accuracy of the host alone, in percent, as said.
    #[serde(skip_serializing_if = "is_default")]
    pub host_accuracy: Option<f64>,
    /// Accuracy with all seeds off, in percent, by its newest matrix.
    #[serde(skip_serializing_if = "is_default")]
    pub all_off_accuracy: Option<f64>,
    /// Accuracy without the seed that was looked at last, in percent.
    #[serde(skip_serializing_if = "is_default")]
    pub baseline_accuracy: Option<f64>,
    /// Loss on the validation set.
    #[serde(skip_serializing_if = "is_default")]
    pub loss: Option<f64>,
    /// The epoch inside its episode.
    #[serde(skip_serializing_if = "is_default")]
    pub epoch: Option<u64>,
    /// Its episode.
    #[serde(skip_serializing_if = "is_default")]
    pub episode: Option<u64>,
    /// All parameters over the host's, as sent at the end of its newest episode.
    #[serde(skip_serializing_if = "is_default")]
    pub param_ratio: Option<f64>,
    /// The reward of its newest episode.
    #[serde(skip_serializing_if = "is_default")]
    pub reward: Option<f64>,
    /// How its newest episode ended.
    #[serde(skip_serializing_if = "is_default")]
    pub outcome: Option<String>,
    /// Steps a second.
    #[serde(skip_serializing_if = "is_default")]
    pub fps: Option<f64>,
    /// A step, in milliseconds.
    #[serde(skip_serializing_if = "is_default")]
    pub step_ms: Option<f64>,
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

impl Training {
    /// Percent: what was said of the whole last, else the mean of the environments' newest, else the batch's.
    pub fn accuracy(&self) -> Option<f64> {
        let of_envs = || mean(self.envs.values().filter_map(|env| env.accuracy));
        self.whole.accuracy.or_else(of_envs).or(self.batch_accuracy)
    }

    /// The mean loss of the environments.
    pub fn loss(&self) -> Option<f64> {
        mean(self.envs.values().filter_map(|env| env.loss)).or(self.whole.loss)
    }

    /// Accuracy of the host alone, in percent, as said; else as matrices have it with all seeds off; else as it was
    /// without a seed that was looked at. Each is the mean of the environments. `None` where it is not known.
    pub fn host_accuracy(&self) -> Option<f64> {
        let by = |of: fn(&EnvRow) -> Option<f64>| {
            mean(self.envs.values().filter_map(of)).or_else(|| of(&self.whole))
        };
        self.host_accuracy
            .or_else(|| by(|env| env.host_accuracy))
            .or_else(|| by(|env| env.all_off_accuracy))
            .or_else(|| by(|env| env.baseline_accuracy))
    }

    /// Points above the host alone; `None` where that is not known.
    pub fn accuracy_delta(&self) -> Option<f64> {
        Some(self.accuracy()? - self.host_accuracy()?)
    }

    /// Parameters of the seeds, as the mean of the environments.
    pub fn seed_params(&self) -> f64 {
        let envs = self.run.envs.unwrap_or(0).max(self.envs.len() as u64);
        self.seeds.params() as f64 / envs.max(1) as f64
    }

    /// All parameters over the host's: as sent, else counted, else 1.0.
    pub fn param_ratio(&self) -> f64 {
        let of_envs = || mean(self.envs.values().filter_map(|env| env.param_ratio));
        let counted = || {
            let host = self.run.host_params.filter(|params| *params > 0)? as f64;
            Some((host + self.seed_params()) / host)
        };
        self.param_ratio
            .or_else(of_envs)
            .or_else(counted)
            .unwrap_or(1.0)
    }

    /// Whether anything says how large the network is.
    pub fn has_param_ratio(&self) -> bool {
        let of_env = |env: &super::EnvRow| env.param_ratio.is_some();
        self.param_ratio.is_some()
            || self.run.host_params.is_some()
            || self.envs.values().any(of_env)
    }

    /// Relative accuracy over relative parameters: as sent, else derived, else 1.0.
    pub fn efficiency(&self) -> f64 {
        self.known_efficiency().unwrap_or(1.0)
    }

    /// The same; `None` where it is not sent and the host's accuracy is not known.
    pub fn known_efficiency(&self) -> Option<f64> {
        let derived = || {
            let host = self.host_accuracy().filter(|host| *host > 0.0)?;
            let ratio = self.param_ratio();
            (ratio > 0.0).then_some(self.accuracy()? / host / ratio)
        };
        self.efficiency.or_else(derived)
    }

    /// A point of accuracy, and of what follows from it.
    pub(super) fn sample(&mut self, loss: Option<f64>) {
        if let Some(accuracy) = self.accuracy() {
            self.curves.accuracy.push(None, accuracy);
            let x = self.curves.accuracy.count as f64;
            if let Some(host) = self.host_accuracy() {
                self.curves.host.push(Some(x), host);
            }
        }
        if let Some(loss) = loss {
            self.curves.loss.push(None, loss);
        }
        if let Some(efficiency) = self.known_efficiency() {
            self.curves.efficiency.push(None, efficiency);
        }
        self.sample_params();
    }

    /// A point of the parameter ratio, where it is known.
    pub(super) fn sample_params(&mut self) {
        if self.has_param_ratio() {
            let ratio = self.param_ratio();
            let x = self.curves.accuracy.count as f64;
            self.curves.param_ratio.push(Some(x), ratio);
        }
    }
}
