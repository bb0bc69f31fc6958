//! A plot: a field, what the policy may do with it, and the governor that watches it. In: actions and epochs. Out: what
//! happened, as [`Happening`]s with their figures, and the reward.

use crate::contribution::{contribution, speaks};
use crate::field::{Epoch, Field, SLOTS};
use crate::policy::{Action, Allowed, FEATURES, FOSSILIZE, GERMINATE, OPS, PRUNE, WAIT};
use crate::random::Random;
use crate::seed::{BLUEPRINTS, Seed, Stage};

mod stages;

/// Epochs until the host is asked whether it stands still.
const YOUNG: u32 = 4;
/// A loss above this is a panic, as is one that is no number.
pub const PANIC: f64 = 4.0;
/// Points of contribution that a seed must bring to stay.
pub const WORTH: f64 = 1.0;

/// Something that happened to a seed.
#[derive(Debug, Clone)]
pub enum Happening {
    /// It was planted.
    Germinated(Box<Seed>),
    /// It went on, from one stage to another.
    Moved(Box<Seed>, &'static str, Stage),
    /// A gate was asked.
    Gate {
        /// Which.
        gate: &'static str,
        /// For which stage.
        target: Stage,
        /// Whether it opened.
        passed: bool,
        /// What was asked.
        check: &'static str,
        /// The figures, for people.
        message: String,
    },
    /// It stays.
    Fossilized(Box<Seed>),
    /// It was taken out; why, and by whom.
    Pruned(Box<Seed>, &'static str, &'static str),
}

/// The governor put the field back.
#[derive(Debug, Clone, Copy)]
pub struct Rollback {
    /// The loss, which may be no number.
    pub loss: f64,
    /// How many panics came one after another.
    pub panics: u32,
}

/// A field under a policy.
#[derive(Debug, Clone)]
pub struct Plot {
    /// The field.
    pub field: Field,
    /// The epoch's figures.
    pub epoch: Epoch,
    /// Epochs of this episode.
    pub epochs: u32,
    /// The most of them.
    pub most: u32,
    /// Whether seeds may be planted.
    pub is_open: bool,
    /// Seeds that were planted, fossilized and pruned.
    pub counts: [u32; 3],
    /// The rewards so far.
    pub reward: f64,
    /// What happened since it was asked last: the slot, and what.
    pub happenings: Vec<(usize, Happening)>,
    accuracies: Vec<f64>,
    number: usize,
    panics: u32,
    safe: Option<Box<Field>>,
    random: Random,
}

impl Plot {
    /// A plot with a young host.
    pub fn new(number: usize, most: u32, random: Random) -> Self {
        let mut random = random;
        let field = Field::new(Random::new(random.number(), 1));
        Self {
            field,
            epoch: Epoch::default(),
            epochs: 0,
            most,
            is_open: false,
            counts: [0; 3],
            reward: 0.0,
            happenings: Vec::new(),
            accuracies: Vec::new(),
            number,
            panics: 0,
            safe: None,
            random,
        }
    }

    /// One epoch: the field learns, the governor looks, seeds go on. A rollback where the loss panicked; whether the
    /// host came to stand still just now.
    pub fn grow(&mut self) -> (Option<Rollback>, bool) {
        self.epochs += 1;
        self.epoch = self.field.epoch();
        let rollback = self.govern();
        let opened = !self.is_open && self.epochs >= YOUNG;
        self.is_open |= opened;
        self.accuracies.push(self.epoch.accuracy);
        self.measure();
        self.go_on();
        (rollback, opened)
    }

    fn govern(&mut self) -> Option<Rollback> {
        let loss = self.epoch.loss;
        if loss.is_finite() && loss < PANIC {
            self.panics = 0;
            self.safe = Some(Box::new(self.field.clone()));
            return None;
        }
        self.panics += 1;
        if let Some(safe) = &self.safe {
            // The slots of now, so that what was pruned since does not come back; the weights of then.
            let mut back = (**safe).clone();
            for (slot, now) in self.field.slots.iter().enumerate() {
                if now.is_none() {
                    back.slots[slot] = None;
                }
            }
            self.field = back;
        }
        for slot in 0..SLOTS.len() {
            let seed = self.field.slots[slot].as_ref();
            if seed.is_some_and(|seed| seed.stage.is_growing() && seed.alpha > 0.0) {
                self.prune(slot, "the loss panicked", "governor");
            }
        }
        (self.epoch.loss, self.epoch.accuracy) = self.field.judge([true; SLOTS.len()]);
        Some(Rollback {
            loss,
            panics: self.panics,
        })
    }

    fn measure(&mut self) {
        for slot in 0..SLOTS.len() {
            if speaks(&self.field, slot) {
                let contribution = contribution(&self.field, slot);
                if let Some(seed) = &mut self.field.slots[slot] {
                    seed.measured(contribution);
                }
            }
        }
    }

    /// What may be done.
    pub fn allowed(&self) -> Allowed {
        let mut allowed: Allowed = [[false; SLOTS.len()]; OPS.len()];
        for (slot, seed) in self.field.slots.iter().enumerate() {
            allowed[WAIT][slot] = true;
            allowed[GERMINATE][slot] = self.is_open && seed.is_none();
            let stage = seed.as_ref().map(|seed| seed.stage);
            allowed[PRUNE][slot] = matches!(
                stage,
                Some(Stage::Training | Stage::Blending | Stage::Holding)
            );
            allowed[FOSSILIZE][slot] = stage == Some(Stage::Holding);
        }
        allowed
    }

    /// What it looks like.
    pub fn features(&self) -> Vec<f64> {
        let mut features = Vec::with_capacity(FEATURES);
        features.push(f64::from(self.epochs) / f64::from(self.most));
        features.push(self.epoch.accuracy / 100.0);
        features.push(self.delta() / 10.0);
        for seed in &self.field.slots {
            let stage = seed.as_ref().map(|seed| seed.stage);
            let is = |yes: bool| f64::from(u8::from(yes));
            features.push(is(stage.is_none()));
            features.push(is(stage == Some(Stage::Holding)));
            features.push(is(stage == Some(Stage::Fossilized)));
            features.push(seed.as_ref().map_or(0.0, |seed| seed.alpha));
            let brings = seed.as_ref().and_then(|seed| seed.contribution);
            features.push((brings.unwrap_or(0.0) / 20.0).clamp(-1.0, 1.0));
        }
        features
    }

    /// What the epoch brought: points of accuracy in tenths, less what the seeds cost. It belongs to the action before.
    pub fn earned(&mut self) -> f64 {
        let reward = self.delta() / 10.0 - self.rent();
        self.reward += reward;
        reward
    }

    /// Does it; whether that could be done, and what it brings at once.
    pub fn act(&mut self, action: &Action) -> (bool, f64) {
        let (slot, before) = (action.drawn[1].unwrap_or(0), self.counts);
        let mut reward = 0.0;
        match action.op() {
            GERMINATE => {
                let blueprint = BLUEPRINTS[action.drawn[2].unwrap_or(0)];
                self.plant(slot, blueprint);
            }
            PRUNE => self.prune(slot, "the policy chose so", "policy"),
            FOSSILIZE => {
                let brings = self.fossilize(slot);
                reward += if brings >= WORTH {
                    brings.min(30.0) / 10.0
                } else {
                    -0.5
                };
            }
            _ => {}
        }
        self.reward += reward;
        (action.op() == WAIT || before != self.counts, reward)
    }

    /// What its seeds cost an epoch.
    fn rent(&self) -> f64 {
        0.005 * self.field.seed_parameters() as f64 / self.field.host.parameters() as f64
    }

    /// How much better it became in the last epoch, in points.
    fn delta(&self) -> f64 {
        match self.accuracies.as_slice() {
            [.., before, now] => now - before,
            _ => 0.0,
        }
    }

    /// How steady it was lately: 1 less the deviation of its accuracies, in tenths.
    pub fn steadiness(&self) -> f64 {
        let last = &self.accuracies[self.accuracies.len().saturating_sub(8)..];
        (1.0 - crate::ppo::Spread::of(last).std / 10.0).max(0.0)
    }
}

/// Epochs in which a seed's say grows.
pub const fn blending() -> u32 {
    stages::BLENDING
}
