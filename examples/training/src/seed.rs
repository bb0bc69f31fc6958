//! A seed: a small network beside the host, and its life. In: a blueprint. Out: what it adds, by its alpha.

use crate::net::{Bend, Mlp};
use crate::random::Random;

/// What a seed may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Blueprint {
    /// What it is called.
    pub name: &'static str,
    /// The widths of its hidden layers.
    hidden: &'static [usize],
    bend: Bend,
    /// How far its first weights are spread.
    scale: f64,
    /// How fast it learns.
    pub rate: f64,
}

/// All blueprints. The last learns so fast that its loss may go to pieces.
pub const BLUEPRINTS: [Blueprint; 4] = [
    Blueprint {
        name: "linear",
        hidden: &[],
        bend: Bend::Tanh,
        scale: 1.0,
        rate: 0.01,
    },
    Blueprint {
        name: "tanh-12",
        hidden: &[12],
        bend: Bend::Tanh,
        scale: 4.0,
        rate: 0.02,
    },
    Blueprint {
        name: "sine-16",
        hidden: &[16],
        bend: Bend::Sine,
        scale: 6.0,
        rate: 0.02,
    },
    Blueprint {
        name: "sine-8-bold",
        hidden: &[8],
        bend: Bend::Sine,
        scale: 9.0,
        rate: 10.0,
    },
];

/// A station of a seed's life, as the contract names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Planted.
    Germinated,
    /// Learns beside the network, without a say.
    Training,
    /// Its say grows.
    Blending,
    /// Has its whole say.
    Holding,
    /// Stays, and learns no more.
    Fossilized,
    /// Was taken out.
    Pruned,
    /// Its slot is kept empty.
    Embargoed,
    /// Its slot is made ready.
    Resetting,
}

impl Stage {
    /// The contract's word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Germinated => "GERMINATED",
            Self::Training => "TRAINING",
            Self::Blending => "BLENDING",
            Self::Holding => "HOLDING",
            Self::Fossilized => "FOSSILIZED",
            Self::Pruned => "PRUNED",
            Self::Embargoed => "EMBARGOED",
            Self::Resetting => "RESETTING",
        }
    }

    /// Whether a seed of that stage has a say.
    pub const fn speaks(self) -> bool {
        matches!(self, Self::Blending | Self::Holding | Self::Fossilized)
    }

    /// Whether it may be taken out.
    pub const fn is_growing(self) -> bool {
        matches!(
            self,
            Self::Germinated | Self::Training | Self::Blending | Self::Holding
        )
    }
}

/// A seed in its slot.
#[derive(Debug, Clone)]
pub struct Seed {
    /// Its id.
    pub id: String,
    /// What it is.
    pub blueprint: Blueprint,
    /// The network.
    pub net: Mlp,
    /// Where it is in its life.
    pub stage: Stage,
    /// For how many epochs it has been there.
    pub epochs_in_stage: u32,
    /// For how many epochs it lives.
    pub epochs: u32,
    /// Its say, from 0 to 1.
    pub alpha: f64,
    /// Accuracy with it less accuracy without it, in points, as measured last.
    pub contribution: Option<f64>,
    /// The change of that since the time before.
    pub velocity: f64,
    /// The whole network's accuracy when it was planted, in percent.
    pub accuracy_before: f64,
    /// The length of its gradients, as measured last.
    pub gradient: f64,
}

impl Seed {
    /// Plants a seed.
    pub fn plant(id: String, blueprint: Blueprint, accuracy: f64, random: &mut Random) -> Self {
        let widths: Vec<usize> = [&[2], blueprint.hidden, &[1]].concat();
        Self {
            id,
            blueprint,
            net: Mlp::new(&widths, blueprint.bend, blueprint.scale, random).quiet(0.3),
            stage: Stage::Germinated,
            epochs_in_stage: 0,
            epochs: 0,
            alpha: 0.0,
            contribution: None,
            velocity: 0.0,
            accuracy_before: accuracy,
            gradient: 0.0,
        }
    }

    /// Goes on to a stage; gives the one it leaves.
    pub const fn enter(&mut self, stage: Stage) -> Stage {
        self.epochs_in_stage = 0;
        std::mem::replace(&mut self.stage, stage)
    }

    /// Notes a contribution.
    pub fn measured(&mut self, contribution: f64) {
        self.velocity = self
            .contribution
            .map_or(0.0, |before| contribution - before);
        self.contribution = Some(contribution);
    }
}
