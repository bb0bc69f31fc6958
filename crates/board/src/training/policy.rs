//! The policy's health, and how each figure reads.

use loopscope_event::PolicyFact;
use serde::{Deserialize, Serialize};

use super::{TrainingCurves, keep};
use crate::Tone;
use crate::work::is_default;

/// The policy's health: the newest of each figure.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// Variance of the value estimates.
    #[serde(skip_serializing_if = "is_default")]
    pub value_variance: Option<f64>,
    /// Entropy of the action distribution.
    #[serde(skip_serializing_if = "is_default")]
    pub entropy: Option<f64>,
    /// KL divergence of the new policy from the old.
    #[serde(skip_serializing_if = "is_default")]
    pub kl: Option<f64>,
    /// Share of ratios that were clipped.
    #[serde(skip_serializing_if = "is_default")]
    pub clip_fraction: Option<f64>,
    /// Explained variance of the value estimates.
    #[serde(skip_serializing_if = "is_default")]
    pub explained_variance: Option<f64>,
    /// Loss of the policy.
    #[serde(skip_serializing_if = "is_default")]
    pub policy_loss: Option<f64>,
    /// Loss of the value estimates.
    #[serde(skip_serializing_if = "is_default")]
    pub value_loss: Option<f64>,
    /// Updates that were left out.
    #[serde(skip_serializing_if = "is_default")]
    pub skipped: u64,
}

/// How a figure reads: a word, whether it is good news, and the bound that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// `healthy`, `exploring`, `stable` …
    pub word: &'static str,
    /// Whether it is good news.
    pub tone: Tone,
    /// `above 0.1`.
    pub bound: &'static str,
}

const fn reading(word: &'static str, tone: Tone, bound: &'static str) -> Reading {
    Reading { word, tone, bound }
}

impl Policy {
    pub(super) fn take(&mut self, told: &PolicyFact, curves: &mut TrainingCurves) {
        if told.skipped {
            self.skipped = self.skipped.saturating_add(1);
            return;
        }
        keep(&mut self.value_variance, &told.value_variance);
        keep(&mut self.entropy, &told.entropy);
        keep(&mut self.kl, &told.kl);
        keep(&mut self.clip_fraction, &told.clip_fraction);
        keep(&mut self.explained_variance, &told.explained_variance);
        keep(&mut self.policy_loss, &told.policy_loss);
        keep(&mut self.value_loss, &told.value_loss);
        let x = told.episodes_completed.map(|episodes| episodes as f64);
        for (curve, value) in [
            (&mut curves.value_variance, told.value_variance),
            (&mut curves.entropy, told.entropy),
            (&mut curves.kl, told.kl),
        ] {
            if let Some(value) = value {
                curve.push(x, value);
            }
        }
    }

    /// How the variance reads.
    pub fn variance_reading(&self) -> Option<Reading> {
        self.value_variance.map(|variance| match variance {
            variance if variance > 0.1 => reading("healthy", Tone::Good, "above 0.1"),
            variance if variance > 0.01 => reading("ok", Tone::Neutral, "above 0.01"),
            _ => reading("low", Tone::Bad, "at most 0.01"),
        })
    }

    /// How the entropy reads.
    pub fn entropy_reading(&self) -> Option<Reading> {
        self.entropy.map(|entropy| match entropy {
            entropy if entropy > 0.5 => reading("exploring", Tone::Good, "above 0.5"),
            entropy if entropy > 0.1 => reading("moderate", Tone::Neutral, "above 0.1"),
            _ => reading("exploiting", Tone::Caution, "at most 0.1"),
        })
    }

    /// How the divergence reads.
    pub fn kl_reading(&self) -> Option<Reading> {
        self.kl.map(|kl| match kl {
            kl if kl < 0.02 => reading("stable", Tone::Good, "below 0.02"),
            kl if kl < 0.1 => reading("ok", Tone::Neutral, "below 0.1"),
            _ => reading("high", Tone::Bad, "0.1 or more"),
        })
    }
}
