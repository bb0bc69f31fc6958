//! Seeds of a training run: small networks that are grafted onto a host, and their life.

use serde::{Deserialize, Serialize};

/// Where a seed is in its life, in the order of life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeedStage {
    /// Not said.
    Unknown,
    /// Its slot waits.
    Dormant,
    /// It was put in its slot.
    Germinated,
    /// It learns by itself.
    Training,
    /// It is blended into the host.
    Blending,
    /// It is fully blended and watched.
    Holding,
    /// It is a part of the host for good.
    Fossilized,
    /// It was taken out.
    Pruned,
    /// Its slot may not be used for a while.
    Embargoed,
    /// Its slot is made ready.
    Resetting,
}

impl SeedStage {
    /// Every stage, in order.
    pub const ALL: [Self; 10] = [
        Self::Unknown,
        Self::Dormant,
        Self::Germinated,
        Self::Training,
        Self::Blending,
        Self::Holding,
        Self::Fossilized,
        Self::Pruned,
        Self::Embargoed,
        Self::Resetting,
    ];

    /// In lower case: `blending`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Dormant => "dormant",
            Self::Germinated => "germinated",
            Self::Training => "training",
            Self::Blending => "blending",
            Self::Holding => "holding",
            Self::Fossilized => "fossilized",
            Self::Pruned => "pruned",
            Self::Embargoed => "embargoed",
            Self::Resetting => "resetting",
        }
    }

    /// Whether the seed's parameters are part of the network.
    pub const fn is_active(self) -> bool {
        matches!(
            self,
            Self::Training | Self::Blending | Self::Holding | Self::Fossilized
        )
    }

    /// Whether there is no seed in the slot.
    pub const fn is_gone(self) -> bool {
        matches!(
            self,
            Self::Unknown | Self::Dormant | Self::Pruned | Self::Embargoed | Self::Resetting
        )
    }
}

/// What happened to a seed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SeedChange {
    /// It was put in its slot.
    Germinated,
    /// It is in another stage.
    Stage,
    /// It became a part of the host for good.
    Fossilized,
    /// It was taken out.
    Pruned,
    /// Nothing: it is as told.
    #[default]
    Told,
}

/// A seed, and what happened to it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SeedFact {
    /// What happened.
    pub change: SeedChange,
    /// The slot; `None` where neither the event nor its payload names one.
    pub slot: Option<String>,
    /// The environment; `None` where it is not known.
    pub env: Option<u32>,
    /// The seed's own id.
    pub seed: Option<String>,
    /// What it is made after: `conv_light`.
    pub blueprint: Option<String>,
    /// The stage that it is in now.
    pub stage: Option<SeedStage>,
    /// The stage that it was in.
    pub from: Option<SeedStage>,
    /// Its parameters.
    pub params: Option<u64>,
    /// How far it is blended in, 0.0 to 1.0.
    pub alpha: Option<f64>,
    /// Accuracy points that it brought.
    pub improvement: Option<f64>,
    /// Accuracy points that the network would lose without it.
    pub counterfactual: Option<f64>,
    /// Accuracy points since it came.
    pub accuracy_delta: Option<f64>,
    /// Accuracy per parameter, where said.
    pub efficiency: Option<f64>,
    /// Epochs in its stage.
    pub epochs_in_stage: Option<u64>,
    /// Epochs of its life.
    pub epochs_total: Option<u64>,
    /// Why it was taken out.
    pub reason: Option<String>,
    /// Who took it out: `policy`, `governor`, `auto`.
    pub initiator: Option<String>,
    /// Whether its gradients vanish.
    pub vanishing: Option<bool>,
    /// Whether its gradients explode.
    pub exploding: Option<bool>,
}

/// A gate let a seed pass, or did not.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GateFact {
    /// The gate: `G0` to `G5`.
    pub gate: Option<String>,
    /// Whether it let pass.
    pub passed: Option<bool>,
    /// The seed's slot.
    pub slot: Option<String>,
    /// The environment.
    pub env: Option<u32>,
    /// The stage behind the gate.
    pub target: Option<SeedStage>,
    /// What did not hold, at most 16.
    pub failed: Vec<String>,
}
