//! The policy: what to do with a field, by the look of it. In: the features of a field, and what is allowed. Out: an
//! action with its chances, and how good the field looks.
//!
//! One network gives the scores of three heads (what, where, which blueprint), another the value. A head that an action
//! does not need is not drawn and does not count.

use crate::field::SLOTS;
use crate::net::{Bend, Mlp, Trace};
use crate::random::Random;
use crate::seed::BLUEPRINTS;

/// What can be done, in the contract's order. `SET_ALPHA_TARGET` and `ADVANCE` are never allowed here: both go by
/// themselves.
pub const OPS: [&str; 6] = [
    "WAIT",
    "GERMINATE",
    "SET_ALPHA_TARGET",
    "PRUNE",
    "FOSSILIZE",
    "ADVANCE",
];
/// Places in [`OPS`].
pub const WAIT: usize = 0;
/// Plant a seed.
pub const GERMINATE: usize = 1;
/// Take one out.
pub const PRUNE: usize = 3;
/// Keep one for good.
pub const FOSSILIZE: usize = 4;

/// The heads: the first score of each, and how many it has.
pub const HEADS: [(&str, usize, usize); 3] = [
    ("op", 0, OPS.len()),
    ("slot", OPS.len(), SLOTS.len()),
    ("blueprint", OPS.len() + SLOTS.len(), BLUEPRINTS.len()),
];
/// Scores of all heads.
const SCORES: usize = OPS.len() + SLOTS.len() + BLUEPRINTS.len();
/// Features of a field: three of the whole, five of each slot.
pub const FEATURES: usize = 3 + 5 * SLOTS.len();

/// For each op the slots on which it is allowed.
pub type Allowed = [[bool; SLOTS.len()]; OPS.len()];

/// An action, and what it was drawn from.
#[derive(Debug, Clone)]
pub struct Action {
    /// What the field looked like.
    pub features: Vec<f64>,
    /// What was allowed.
    pub allowed: Allowed,
    /// What, where, which: the place drawn from each head, where that counted.
    pub drawn: [Option<usize>; HEADS.len()],
    /// The logarithm of its chance.
    pub log_chance: f64,
    /// How good the field looked.
    pub value: f64,
    /// The chances of the ops.
    pub ops: Vec<f64>,
}

impl Action {
    /// What to do.
    pub fn op(&self) -> usize {
        self.drawn[0].unwrap_or(WAIT)
    }

    /// Whether nothing else could have been done.
    pub fn is_forced(&self) -> bool {
        may(&self.allowed, 0, WAIT)
            .iter()
            .filter(|may| **may)
            .count()
            == 1
    }
}

/// The policy's two networks.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Gives the scores of the heads.
    pub actor: Mlp,
    /// Gives the value.
    pub critic: Mlp,
}

impl Policy {
    /// A policy that knows nothing: every action is about as likely.
    pub fn new(random: &mut Random) -> Self {
        Self {
            actor: Mlp::new(&[FEATURES, 24, SCORES], Bend::Tanh, 1.0, random).quiet(0.1),
            critic: Mlp::new(&[FEATURES, 24, 1], Bend::Tanh, 1.0, random).quiet(0.1),
        }
    }

    /// Draws an action.
    pub fn act(&self, features: Vec<f64>, allowed: Allowed, random: &mut Random) -> Action {
        let scores = self.actor.forward(&features);
        let mut drawn = [None; HEADS.len()];
        let mut log_chance = 0.0;
        let mut ops = Vec::new();
        for head in 0..HEADS.len() {
            let op = drawn[0].unwrap_or(WAIT);
            if !counts(head, op) {
                continue;
            }
            let chances = chances(&scores, head, &may(&allowed, head, op));
            let place = random.pick(&chances);
            log_chance += chances[place].ln();
            drawn[head] = Some(place);
            if head == 0 {
                ops = chances;
            }
        }
        Action {
            value: self.critic.forward(&features).output()[0],
            features,
            allowed,
            drawn,
            log_chance,
            ops,
        }
    }
}

/// Whether a head counts for an op.
pub const fn counts(head: usize, op: usize) -> bool {
    match head {
        0 => true,
        1 => op != WAIT,
        _ => op == GERMINATE,
    }
}

/// What of a head is allowed.
pub fn may(allowed: &Allowed, head: usize, op: usize) -> Vec<bool> {
    match head {
        0 => allowed.iter().map(|slots| slots.contains(&true)).collect(),
        1 => allowed[op].to_vec(),
        _ => vec![true; BLUEPRINTS.len()],
    }
}

/// The chances of a head, 0 where something is not allowed.
pub fn chances(scores: &Trace, head: usize, may: &[bool]) -> Vec<f64> {
    let (_, first, count) = HEADS[head];
    let scores = &scores.output()[first..first + count];
    let allowed = || scores.iter().zip(may).filter(|(_, may)| **may);
    let most = allowed().fold(f64::NEG_INFINITY, |most, (score, _)| most.max(*score));
    let sum: f64 = allowed().map(|(score, _)| (score - most).exp()).sum();
    let chance = |(score, may): (&f64, &bool)| {
        if *may {
            (score - most).exp() / sum
        } else {
            0.0
        }
    };
    scores.iter().zip(may).map(chance).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_allowed_is_drawn() {
        let mut random = Random::new(5, 0);
        let policy = Policy::new(&mut random);
        let mut allowed: Allowed = [[false; 3]; 6];
        allowed[WAIT] = [true; 3];
        let forced = policy.act(vec![0.0; FEATURES], allowed, &mut random);
        assert!(forced.is_forced() && forced.op() == WAIT && forced.log_chance.abs() < 1e-12);
        allowed[PRUNE] = [false, true, false];
        let mut ops = [0; 6];
        for _ in 0..500 {
            let action = policy.act(vec![0.3; FEATURES], allowed, &mut random);
            ops[action.op()] += 1;
            let slot = (action.op() == PRUNE).then_some(1);
            assert_eq!(action.drawn[1..], [slot, None]);
        }
        assert!(
            ops[WAIT] > 100 && ops[PRUNE] > 100 && ops[WAIT] + ops[PRUNE] == 500,
            "{ops:?}"
        );
    }
}
