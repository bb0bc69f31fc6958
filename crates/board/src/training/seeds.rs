//! Seeds: one row a life, from germination to its end, with the stages it went through.
//!
//! A slot may see several lives. Events of one change come in pairs, in either order: the second adds what it knows.

use loopscope_event::{
    ContributionSource, ContributionsFact, Event, SeedChange, SeedFact, SeedStage, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::keep;
use crate::limits::{MAX_SEEDS, MAX_STAGE_SPANS};
use crate::work::is_default;

/// The seeds of a run, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Seeds {
    #[serde(skip_serializing_if = "is_default")]
    rows: Vec<SeedRow>,
    /// Seeds that ended and are no longer listed.
    #[serde(skip_serializing_if = "is_default")]
    left_out: u64,
}

/// One seed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeedRow {
    /// Its slot.
    pub slot: String,
    /// Its environment, where known.
    #[serde(default, skip_serializing_if = "is_default")]
    pub env: Option<u32>,
    /// Its own id.
    #[serde(default, skip_serializing_if = "is_default")]
    pub seed: Option<String>,
    /// What it is made after.
    #[serde(default, skip_serializing_if = "is_default")]
    pub blueprint: Option<String>,
    /// Its parameters.
    #[serde(default, skip_serializing_if = "is_default")]
    pub params: Option<u64>,
    /// Where in its life it is.
    pub stage: SeedStage,
    /// How far it is blended in, 0.0 to 1.0.
    #[serde(default, skip_serializing_if = "is_default")]
    pub alpha: Option<f64>,
    /// Its Shapley value, in accuracy points.
    #[serde(default, skip_serializing_if = "is_default")]
    pub shapley: Option<f64>,
    /// What the network would lose without it, in accuracy points.
    #[serde(default, skip_serializing_if = "is_default")]
    pub counterfactual: Option<f64>,
    /// How the accuracy moved in its life, in points.
    #[serde(default, skip_serializing_if = "is_default")]
    pub improvement: Option<f64>,
    /// Accuracy per parameter, where said.
    #[serde(default, skip_serializing_if = "is_default")]
    pub efficiency: Option<f64>,
    /// Why it was taken out.
    #[serde(default, skip_serializing_if = "is_default")]
    pub reason: Option<String>,
    /// Who took it out.
    #[serde(default, skip_serializing_if = "is_default")]
    pub initiator: Option<String>,
    /// Whether its slot has seen another life since.
    #[serde(default, skip_serializing_if = "is_default")]
    pub is_replaced: bool,
    /// The stages that it went through.
    pub life: Vec<StageSpan>,
}

/// Since when a seed is in a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageSpan {
    /// The stage.
    pub stage: SeedStage,
    /// Since when.
    pub at: Timestamp,
}

impl SeedRow {
    /// What it contributes, in accuracy points, by the best that is known.
    pub fn contribution(&self) -> Option<f64> {
        self.shapley.or(self.counterfactual).or(self.improvement)
    }

    const fn contributes(&mut self, source: ContributionSource, points: f64) {
        let own = match source {
            ContributionSource::Shapley => &mut self.shapley,
            ContributionSource::Counterfactual => &mut self.counterfactual,
            ContributionSource::Improvement => &mut self.improvement,
        };
        *own = Some(points);
    }

    fn moves(&mut self, stage: SeedStage, at: Timestamp) {
        self.stage = stage;
        if self.life.last().is_some_and(|last| last.stage == stage) {
            return;
        }
        if self.life.len() >= MAX_STAGE_SPANS {
            self.life.pop();
        }
        self.life.push(StageSpan { stage, at });
    }
}

impl Seeds {
    /// The rows, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &SeedRow> {
        self.rows.iter()
    }

    /// How many lives there were.
    pub const fn count(&self) -> u64 {
        self.left_out.saturating_add(self.rows.len() as u64)
    }

    /// Whether there were none.
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The newest life of each slot.
    pub fn newest(&self) -> Vec<&SeedRow> {
        let mut newest: Vec<&SeedRow> = Vec::new();
        for row in self.rows.iter().rev() {
            let same = |known: &&SeedRow| known.slot == row.slot && known.env == row.env;
            if !newest.iter().any(same) {
                newest.push(row);
            }
        }
        newest.reverse();
        newest
    }

    /// The parameters of all seeds that are in their slots: of each slot, those of its newest life.
    pub(super) fn params(&self) -> u64 {
        let rows = self.rows.iter().filter(|row| !row.is_replaced);
        let present = rows.filter(|row| !row.stage.is_gone());
        let params = present.filter_map(|row| row.params);
        params.fold(0, u64::saturating_add)
    }

    fn find(&mut self, slot: &str, env: Option<u32>) -> Option<&mut SeedRow> {
        // An environment that is not known matches any.
        let same = |row: &&mut SeedRow| {
            row.slot == slot && (row.env == env || row.env.is_none() || env.is_none())
        };
        self.rows.iter_mut().rev().find(same)
    }

    pub(super) fn take(&mut self, fact: &SeedFact, event: &Event) {
        let slot = fact.slot.as_deref().or(fact.seed.as_deref());
        let slot = slot.unwrap_or("seed").to_owned();
        let begins = match self.find(&slot, fact.env) {
            // One that is told of without a stage is there all the same.
            None => fact.change != SeedChange::Told || fact.stage.is_none_or(|at| !at.is_gone()),
            Some(row) => {
                let another = is_another(row, fact);
                row.is_replaced |= another;
                another
            }
        };
        if begins {
            self.begin(slot.clone(), fact, event);
        }
        let Some(row) = self.find(&slot, fact.env) else {
            return;
        };
        keep(&mut row.env, &fact.env);
        keep(&mut row.seed, &fact.seed);
        keep(&mut row.blueprint, &fact.blueprint);
        keep(&mut row.params, &fact.params);
        keep(&mut row.alpha, &fact.alpha);
        keep(&mut row.counterfactual, &fact.counterfactual);
        keep(&mut row.improvement, &fact.improvement);
        keep(&mut row.efficiency, &fact.efficiency);
        keep(&mut row.reason, &fact.reason);
        keep(&mut row.initiator, &fact.initiator);
        // What comes after its end is of the slot, not of the seed.
        let ended = row.stage == SeedStage::Pruned;
        if let Some(stage) = fact.stage.filter(|stage| !(ended && stage.is_gone())) {
            row.moves(stage, event.timestamp);
        }
    }

    fn begin(&mut self, slot: String, fact: &SeedFact, event: &Event) {
        if self.rows.len() >= MAX_SEEDS {
            let is_over = |row: &SeedRow| row.is_replaced || row.stage.is_gone();
            let gone = self.rows.iter().position(is_over);
            self.rows.remove(gone.unwrap_or(0));
            self.left_out = self.left_out.saturating_add(1);
        }
        let mut row = SeedRow {
            slot,
            env: fact.env,
            seed: fact.seed.clone(),
            blueprint: None,
            params: None,
            stage: SeedStage::Unknown,
            alpha: None,
            shapley: None,
            counterfactual: None,
            improvement: None,
            efficiency: None,
            reason: None,
            initiator: None,
            is_replaced: false,
            life: Vec::new(),
        };
        if let Some(from) = fact.from.filter(|from| !from.is_gone()) {
            row.moves(from, event.timestamp);
        }
        self.rows.push(row);
    }

    pub(super) fn contribute(&mut self, found: &ContributionsFact, event: &Event) {
        for (slot, points, _) in &found.seeds {
            if self.find(slot, found.env).is_none() {
                let fact = SeedFact {
                    env: found.env,
                    ..SeedFact::default()
                };
                self.begin(slot.clone(), &fact, event);
            }
            if found.env.is_some() {
                if let Some(row) = self.find(slot, found.env) {
                    row.contributes(found.source, *points);
                }
                continue;
            }
            // Without an environment it is said of the slot in all of them.
            let current = |row: &&mut SeedRow| row.slot == *slot && !row.is_replaced;
            for row in self.rows.iter_mut().filter(current) {
                row.contributes(found.source, *points);
            }
        }
    }
}

/// Whether a fact is of another life than the row's.
fn is_another(row: &SeedRow, fact: &SeedFact) -> bool {
    let lives = fact.stage.is_some_and(|stage| !stage.is_gone());
    let other_id = matches!((&row.seed, &fact.seed), (Some(own), Some(new)) if own != new);
    match fact.change {
        SeedChange::Germinated => {
            other_id
                || !matches!(
                    row.stage,
                    SeedStage::Unknown | SeedStage::Dormant | SeedStage::Germinated
                )
        }
        _ => lives && (other_id || row.stage == SeedStage::Pruned),
    }
}
