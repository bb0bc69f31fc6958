//! A field: a host network, its slots, and the data that both learn from. In: one epoch after another. Out: losses and
//! accuracies, all measured; with any choice of seeds left out.

use crate::data::{Data, Point, spirals};
use crate::net::{Bend, Mlp};
use crate::random::Random;
use crate::seed::{Seed, Stage};

/// Where seeds may stand.
pub const SLOTS: [&str; 3] = ["r0c0", "r0c1", "r0c2"];
/// Points to learn from, and to be judged by.
const POINTS: (usize, usize) = (400, 400);
/// Points in a step.
const STEP: usize = 40;
/// How fast the host learns.
const RATE: f64 = 0.02;

/// The figures of an epoch.
#[derive(Debug, Clone, Copy, Default)]
pub struct Epoch {
    /// Mean loss of what was learnt from.
    pub train_loss: f64,
    /// Accuracy on it, in percent.
    pub train_accuracy: f64,
    /// Mean loss of what it is judged by.
    pub loss: f64,
    /// Accuracy on that, in percent.
    pub accuracy: f64,
    /// The longest gradient of the host.
    pub host_gradient: f64,
}

/// A host with its slots.
#[derive(Debug, Clone)]
pub struct Field {
    /// The host.
    pub host: Mlp,
    /// What stands in the slots.
    pub slots: [Option<Seed>; SLOTS.len()],
    train: Data,
    judge: Data,
    random: Random,
}

impl Field {
    /// A field with a young host.
    pub fn new(mut random: Random) -> Self {
        Self {
            host: Mlp::new(&[2, 6, 1], Bend::Tanh, 2.0, &mut random),
            slots: [const { None }; SLOTS.len()],
            train: spirals(POINTS.0, &mut random),
            judge: spirals(POINTS.1, &mut random),
            random,
        }
    }

    /// Points that an epoch learns from.
    pub const fn points() -> usize {
        POINTS.0
    }

    /// Weights of the seeds that have a say.
    pub fn seed_parameters(&self) -> usize {
        let speaking = self
            .slots
            .iter()
            .flatten()
            .filter(|seed| seed.stage.speaks());
        speaking.map(|seed| seed.net.parameters()).sum()
    }

    /// Goes once over the data, and is judged.
    pub fn epoch(&mut self) -> Epoch {
        let mut order: Vec<usize> = (0..self.train.points.len()).collect();
        self.random.shuffle(&mut order);
        let (mut loss, mut right, mut gradient) = (0.0, 0_usize, 0.0_f64);
        for step in order.chunks(STEP) {
            self.host.clear();
            for seed in self.slots.iter_mut().flatten() {
                seed.net.clear();
            }
            for index in step {
                let (point, label) = (self.train.points[*index], self.train.labels[*index]);
                let logit = self.learn(&point, label, step.len());
                loss += cross_entropy(logit, label);
                right += usize::from(is_right(logit, label));
            }
            gradient = gradient.max(self.host.gradient_norm());
            self.host.step(RATE);
            for seed in self.slots.iter_mut().flatten() {
                seed.gradient = seed.net.gradient_norm();
                if seed.stage.is_growing() {
                    seed.net.step(seed.blueprint.rate);
                }
            }
        }
        let count = order.len() as f64;
        let all = [true; SLOTS.len()];
        let (judged, accuracy) = self.judge(all);
        Epoch {
            train_loss: loss / count,
            train_accuracy: 100.0 * right as f64 / count,
            loss: judged,
            accuracy,
            host_gradient: gradient,
        }
    }

    /// Adds a point's gradients everywhere; gives what the whole network says of it.
    fn learn(&mut self, point: &Point, label: usize, count: usize) -> f64 {
        let host = self.host.forward(point);
        let traces: Vec<_> = self
            .slots
            .iter()
            .map(|slot| slot.as_ref().map(|seed| seed.net.forward(point)))
            .collect();
        let mut logit = host.output()[0];
        for (seed, trace) in self.slots.iter().zip(&traces) {
            if let (Some(seed), Some(trace)) = (seed, trace) {
                logit += seed.alpha * trace.output()[0];
            }
        }
        let slope = |logit: f64| (chance(logit) - label as f64) / count as f64;
        self.host.backward(&host, &[slope(logit)]);
        for (seed, trace) in self.slots.iter_mut().zip(&traces) {
            if let (Some(seed), Some(trace)) = (seed, trace) {
                let say = if seed.stage == Stage::Training {
                    // As if it had its whole say, which it does not have yet.
                    slope(logit + trace.output()[0])
                } else {
                    slope(logit) * seed.alpha
                };
                seed.net.backward(trace, &[say]);
            }
        }
        logit
    }

    /// Loss, and accuracy in percent, on what it is judged by, with these slots alone.
    pub fn judge(&self, kept: [bool; SLOTS.len()]) -> (f64, f64) {
        let (mut loss, mut right) = (0.0, 0_usize);
        for (point, label) in self.judge.points.iter().zip(&self.judge.labels) {
            let logit = self.logit(point, kept);
            loss += cross_entropy(logit, *label);
            right += usize::from(is_right(logit, *label));
        }
        let count = self.judge.points.len() as f64;
        (loss / count, 100.0 * right as f64 / count)
    }

    fn logit(&self, point: &Point, kept: [bool; SLOTS.len()]) -> f64 {
        let seeds = self.slots.iter().zip(kept).filter(|(_, kept)| *kept);
        let said = seeds
            .filter_map(|(slot, _)| slot.as_ref())
            .filter(|seed| seed.alpha > 0.0);
        let said = said.map(|seed| seed.alpha * seed.net.forward(point).output()[0]);
        self.host.forward(point).output()[0] + said.sum::<f64>()
    }
}

fn chance(logit: f64) -> f64 {
    1.0 / (1.0 + (-logit).exp())
}

fn is_right(logit: f64, label: usize) -> bool {
    (logit > 0.0) == (label == 1)
}

/// The loss of a point, without overflow however sure the network is.
fn cross_entropy(logit: f64, label: usize) -> f64 {
    let sign = if label == 1 { -1.0 } else { 1.0 };
    let against = sign * logit;
    against.max(0.0) + (-against.abs()).exp().ln_1p()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::BLUEPRINTS;

    #[test]
    fn a_grafted_seed_lifts_the_host_above_what_it_reaches_alone() {
        let mut alone = Field::new(Random::new(3, 0));
        let mut grafted = alone.clone();
        let mut random = Random::new(3, 1);
        let mut seed = Seed::plant("s".to_owned(), BLUEPRINTS[2], 50.0, &mut random);
        (seed.stage, seed.alpha) = (Stage::Holding, 1.0);
        grafted.slots[0] = Some(seed);
        let (mut host, mut both) = (Epoch::default(), Epoch::default());
        for _ in 0..60 {
            (host, both) = (alone.epoch(), grafted.epoch());
        }
        assert!(both.accuracy > 90.0, "{both:?}");
        assert!(host.accuracy < both.accuracy - 10.0, "{host:?} {both:?}");
        // Without its seed the field is its host.
        let (_, without) = grafted.judge([false; SLOTS.len()]);
        assert!(both.accuracy - without > 10.0);
    }

    #[test]
    fn the_loss_is_finite_however_sure_the_network_is() {
        for (logit, label, wanted) in [(0.0, 1, 2.0_f64.ln()), (800.0, 1, 0.0), (800.0, 0, 800.0)] {
            assert!((cross_entropy(logit, label) - wanted).abs() < 1e-9);
        }
    }
}
