//! The life of seeds: planted, learning beside, blended in by alpha, held, and then kept or taken out; all gates ask
//! for what was measured. In: a plot, an epoch later. Out: seeds in other stages, and what happened.

use super::{Happening, Plot, WORTH};
use crate::field::SLOTS;
use crate::random::Random;
use crate::seed::{Blueprint, Seed, Stage};

/// Epochs of learning beside the network.
const LEARNING: u32 = 4;
/// Epochs of blending.
pub(crate) const BLENDING: u32 = 5;
/// A seed that is held longer without being kept is taken out.
const HELD: u32 = 10;

impl Plot {
    /// An epoch is over: seeds go on by themselves.
    pub(super) fn go_on(&mut self) {
        for slot in 0..SLOTS.len() {
            let Some(seed) = &mut self.field.slots[slot] else {
                continue;
            };
            seed.epochs += 1;
            seed.epochs_in_stage += 1;
            let (in_stage, alpha) = (seed.epochs_in_stage, seed.alpha);
            let brings = seed.contribution.unwrap_or(0.0);
            match seed.stage {
                Stage::Germinated => self.enter(slot, Stage::Training),
                Stage::Training if in_stage >= LEARNING => {
                    let gradient = self.field.slots[slot]
                        .as_ref()
                        .map_or(0.0, |seed| seed.gradient);
                    let passed = gradient.is_finite();
                    let message = format!("gradients of length {gradient:.4}");
                    self.gate(
                        slot,
                        "G2",
                        Stage::Blending,
                        passed,
                        "gradients_finite",
                        message,
                    );
                    if passed {
                        self.enter(slot, Stage::Blending);
                    } else {
                        self.prune(slot, "its gradients are no numbers", "auto");
                    }
                }
                Stage::Blending if alpha < 1.0 => {
                    seed.alpha = (alpha + 1.0 / f64::from(BLENDING)).min(1.0);
                }
                Stage::Blending => {
                    let message = format!("contributes {brings:+.1} points");
                    let passed = brings > -WORTH;
                    self.gate(slot, "G3", Stage::Holding, passed, "does_no_harm", message);
                    if passed {
                        self.enter(slot, Stage::Holding);
                    } else {
                        self.prune(slot, "it does harm", "auto");
                    }
                }
                Stage::Holding if in_stage >= HELD => self.prune(slot, "nobody kept it", "auto"),
                Stage::Pruned => self.enter(slot, Stage::Embargoed),
                Stage::Embargoed if in_stage >= 2 => self.enter(slot, Stage::Resetting),
                Stage::Resetting => {
                    if let Some(seed) = self.field.slots[slot].take() {
                        let moved = Happening::Moved(Box::new(seed), "DORMANT", Stage::Resetting);
                        self.happenings.push((slot, moved));
                    }
                }
                _ => {}
            }
        }
    }

    pub(super) fn plant(&mut self, slot: usize, blueprint: Blueprint) {
        if self.field.slots[slot].is_some() {
            return;
        }
        self.counts[0] += 1;
        let id = format!("env{}-{}-{}", self.number, SLOTS[slot], self.counts[0]);
        let mut random = Random::new(self.random.number(), 2);
        let seed = Seed::plant(id, blueprint, self.epoch.accuracy, &mut random);
        self.happenings
            .push((slot, Happening::Germinated(Box::new(seed.clone()))));
        self.field.slots[slot] = Some(seed);
    }

    pub(super) fn prune(&mut self, slot: usize, reason: &'static str, by: &'static str) {
        let Some(seed) = &mut self.field.slots[slot] else {
            return;
        };
        if !seed.stage.is_growing() {
            return;
        }
        self.counts[2] += 1;
        let from = seed.enter(Stage::Pruned);
        let pruned = Box::new(seed.clone());
        seed.alpha = 0.0;
        self.happenings
            .push((slot, Happening::Moved(pruned.clone(), "PRUNED", from)));
        self.happenings
            .push((slot, Happening::Pruned(pruned, reason, by)));
    }

    /// Keeps a seed where it is worth it; gives what it brings, in points.
    pub(super) fn fossilize(&mut self, slot: usize) -> f64 {
        let Some(seed) = &self.field.slots[slot] else {
            return 0.0;
        };
        let brings = seed.contribution.unwrap_or(0.0);
        let passed = seed.stage == Stage::Holding && brings >= WORTH;
        let message = format!("contributes {brings:+.1} points of {WORTH:.1}");
        self.gate(
            slot,
            "G5",
            Stage::Fossilized,
            passed,
            "contributes",
            message,
        );
        if passed {
            self.counts[1] += 1;
            self.enter(slot, Stage::Fossilized);
            if let Some(seed) = &self.field.slots[slot] {
                let kept = Happening::Fossilized(Box::new(seed.clone()));
                self.happenings.push((slot, kept));
            }
        }
        brings
    }

    fn enter(&mut self, slot: usize, stage: Stage) {
        if let Some(seed) = &mut self.field.slots[slot] {
            let from = seed.enter(stage);
            if stage == Stage::Blending {
                seed.alpha = 1.0 / f64::from(BLENDING);
            }
            let moved = Happening::Moved(Box::new(seed.clone()), stage.name(), from);
            self.happenings.push((slot, moved));
        }
    }

    fn gate(
        &mut self,
        slot: usize,
        gate: &'static str,
        target: Stage,
        passed: bool,
        check: &'static str,
        message: String,
    ) {
        let asked = Happening::Gate {
            gate,
            target,
            passed,
            check,
            message,
        };
        self.happenings.push((slot, asked));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::BLUEPRINTS;

    /// A plot that plants at once, and keeps what is held.
    fn lived(blueprint: usize, epochs: u32) -> (Plot, Vec<&'static str>, u32) {
        let mut plot = Plot::new(0, epochs, Random::new(1, 0));
        let (mut stages, mut rollbacks) = (Vec::new(), 0);
        plot.plant(0, BLUEPRINTS[blueprint]);
        for _ in 0..epochs {
            rollbacks += u32::from(plot.grow().0.is_some());
            if plot.field.slots[0]
                .as_ref()
                .is_some_and(|seed| seed.stage == Stage::Holding)
            {
                plot.fossilize(0);
            }
        }
        for (_, happening) in &plot.happenings {
            if let Happening::Moved(_, to, _) = happening {
                stages.push(*to);
            }
        }
        (plot, stages, rollbacks)
    }

    #[test]
    fn a_good_seed_goes_all_the_way() {
        let (plot, stages, rollbacks) = lived(2, 30);
        assert_eq!(stages, ["TRAINING", "BLENDING", "HOLDING", "FOSSILIZED"]);
        assert_eq!((plot.counts, rollbacks), ([1, 1, 0], 0));
        let seed = plot.field.slots[0].as_ref().unwrap();
        assert!(seed.contribution.unwrap() >= WORTH);
        let kept = contributions_without(&plot);
        assert!(kept > 5.0, "{kept}");
    }

    fn contributions_without(plot: &Plot) -> f64 {
        crate::contribution::contribution(&plot.field, 0)
    }

    #[test]
    fn a_wild_seed_panics_the_loss_and_is_taken_out() {
        let (plot, stages, rollbacks) = lived(3, 30);
        assert!(rollbacks > 0, "{:?}", plot.epoch);
        assert!(
            stages.ends_with(&["PRUNED", "EMBARGOED", "RESETTING", "DORMANT"]),
            "{stages:?}"
        );
        assert!(plot.epoch.loss.is_finite() && plot.epoch.loss < super::super::PANIC);
    }
}
