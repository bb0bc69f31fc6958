//! The run's own figures over its length, each a curve of bounded size.

use serde::{Deserialize, Serialize};

use crate::Curve;
use crate::work::is_default;

/// The figures of a training run; `x` counts epochs, for the policy episodes where they are said.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TrainingCurves {
    /// Percent, the mean of the environments.
    #[serde(skip_serializing_if = "is_default")]
    pub accuracy: Curve,
    /// Percent, the host alone.
    #[serde(skip_serializing_if = "is_default")]
    pub host: Curve,
    /// Loss on the validation set.
    #[serde(skip_serializing_if = "is_default")]
    pub loss: Curve,
    /// All parameters over the host's.
    #[serde(skip_serializing_if = "is_default")]
    pub param_ratio: Curve,
    /// Relative accuracy over relative parameters.
    #[serde(skip_serializing_if = "is_default")]
    pub efficiency: Curve,
    /// Entropy of the policy.
    #[serde(skip_serializing_if = "is_default")]
    pub entropy: Curve,
    /// Variance of the value estimates.
    #[serde(skip_serializing_if = "is_default")]
    pub value_variance: Curve,
    /// KL divergence.
    #[serde(skip_serializing_if = "is_default")]
    pub kl: Curve,
    /// Steps a second.
    #[serde(skip_serializing_if = "is_default")]
    pub throughput: Curve,
}
