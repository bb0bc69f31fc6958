//! Learning to act, by proximal policy optimisation. In: what was done and what came of it, a row of steps for each
//! field. Out: a better policy, and every figure of the update as it was measured.

use std::time::{Duration, Instant};

use crate::policy::{Action, HEADS, OPS, Policy, chances, counts, may};

/// How much the future counts, and how far a surprise is traced back.
const DISCOUNT: (f64, f64) = (0.97, 0.95);
/// How far a chance may move in one update.
pub const CLIP: f64 = 0.2;
/// What being undecided is worth.
pub const ENTROPY: f64 = 0.01;
/// How fast the policy learns.
pub const RATE: f64 = 0.01;
/// How often an update goes over the steps.
const PASSES: usize = 6;
/// Beyond this the update is broken off.
const MOST_KL: f64 = 0.05;
/// Longer gradients are shortened.
const MOST_GRADIENT: f64 = 1.0;

/// A step: what was done, and its reward.
#[derive(Debug, Clone)]
pub struct Step {
    /// What was done.
    pub action: Action,
    /// What came of it.
    pub reward: f64,
}

/// Mean, standard deviation, least and most.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Spread {
    /// The mean.
    pub mean: f64,
    /// The standard deviation.
    pub std: f64,
    /// The least.
    pub min: f64,
    /// The most.
    pub max: f64,
}

impl Spread {
    /// Of these numbers; all zero without any.
    pub fn of(numbers: &[f64]) -> Self {
        if numbers.is_empty() {
            return Self::default();
        }
        let count = numbers.len() as f64;
        let mean = numbers.iter().sum::<f64>() / count;
        let variance = numbers.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / count;
        Self {
            mean,
            std: variance.sqrt(),
            min: numbers.iter().copied().fold(f64::INFINITY, f64::min),
            max: numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        }
    }
}

/// The figures of an update. Losses, entropies and gradients are those of the last pass.
#[derive(Debug, Clone, Default)]
pub struct Update {
    /// The actor's loss.
    pub policy_loss: f64,
    /// The critic's loss.
    pub value_loss: f64,
    /// The mean entropy of the actions that were drawn, in nats.
    pub entropy: f64,
    /// The same for each head alone, over the steps in which it counted.
    pub head_entropy: [Option<f64>; HEADS.len()],
    /// How far the policy moved from the one that acted.
    pub kl: f64,
    /// The share of the steps whose chance moved beyond the bound.
    pub clip_fraction: f64,
    /// The length of the gradients before they are shortened, actor's and critic's together.
    pub gradient: f64,
    /// Their length once they are shortened.
    pub shortened: f64,
    /// Gradients that were no numbers.
    pub bad_gradients: usize,
    /// How much of the returns the values told beforehand; `None` where all returns were the same.
    pub explained: Option<f64>,
    /// The advantages, before they are made comparable.
    pub advantages: Spread,
    /// The returns.
    pub returns: Spread,
    /// The values.
    pub values: Spread,
    /// How much likelier each action is than it was.
    pub ratios: Spread,
    /// The mean chance of each op in the steps in which something could be chosen.
    pub ops: [f64; OPS.len()],
    /// The pass at which it was broken off.
    pub stopped_at: Option<usize>,
    /// Steps in which something could be chosen.
    pub chosen: usize,
    /// All steps.
    pub steps: usize,
    /// How long it took.
    pub took: Duration,
    /// Why nothing was learnt.
    pub skipped: Option<&'static str>,
}

/// What a step turned out to be worth.
struct Judged<'a> {
    action: &'a Action,
    advantage: f64,
    value: f64,
}

/// Learns from what was done.
pub fn update(policy: &mut Policy, fields: &[Vec<Step>]) -> Update {
    let started = Instant::now();
    let mut judged: Vec<Judged> = fields.iter().flat_map(|steps| judge(steps)).collect();
    let column = |of: fn(&Judged) -> f64| judged.iter().map(of).collect::<Vec<f64>>();
    let (returns, values) = (column(|one| one.value), column(|one| one.action.value));
    let mut update = Update {
        advantages: Spread::of(&column(|one| one.advantage)),
        returns: Spread::of(&returns),
        values: Spread::of(&values),
        explained: explained(&returns, &values),
        steps: judged.len(),
        chosen: judged.iter().filter(|one| !one.action.is_forced()).count(),
        ..Update::default()
    };
    if update.chosen == 0 {
        update.skipped = Some("nothing could be chosen");
    } else if !update.returns.mean.is_finite() {
        update.skipped = Some("the rewards are no numbers");
    }
    if update.skipped.is_none() {
        let spread = update.advantages;
        for one in &mut judged {
            one.advantage = (one.advantage - spread.mean) / (spread.std + 1e-8);
        }
        for number in 0..PASSES {
            pass(policy, &judged, &mut update);
            if update.bad_gradients > 0 {
                update.skipped = Some("the gradients are no numbers");
                break;
            }
            if update.kl > MOST_KL {
                update.stopped_at = Some(number);
                break;
            }
        }
    }
    update.took = started.elapsed();
    update
}

/// The advantages and returns of a field's steps, by generalised estimation.
fn judge(steps: &[Step]) -> Vec<Judged<'_>> {
    let (mut traced, mut next) = (0.0, 0.0);
    let back = steps.iter().rev().map(|step| {
        let surprise = step.reward + DISCOUNT.0 * next - step.action.value;
        traced = surprise + DISCOUNT.0 * DISCOUNT.1 * traced;
        next = step.action.value;
        Judged {
            action: &step.action,
            advantage: traced,
            value: traced + step.action.value,
        }
    });
    let mut judged: Vec<Judged> = back.collect();
    judged.reverse();
    judged
}

fn explained(returns: &[f64], values: &[f64]) -> Option<f64> {
    let missed: Vec<f64> = returns
        .iter()
        .zip(values)
        .map(|(one, other)| one - other)
        .collect();
    let variance = Spread::of(returns).std.powi(2);
    (variance > 1e-12).then(|| 1.0 - Spread::of(&missed).std.powi(2) / variance)
}

/// One pass over the steps, and one step down the gradients.
fn pass(policy: &mut Policy, judged: &[Judged], update: &mut Update) {
    policy.actor.clear();
    policy.critic.clear();
    let count = judged.len() as f64;
    let mut ratios = Vec::new();
    let mut entropies: [Vec<f64>; HEADS.len()] = std::array::from_fn(|_| Vec::new());
    let (mut policy_loss, mut value_loss, mut kl, mut clipped) = (0.0, 0.0, 0.0, 0.0);
    update.ops = [0.0; OPS.len()];
    for one in judged {
        let looks = policy.critic.forward(&one.action.features);
        let missed = looks.output()[0] - one.value;
        value_loss += 0.5 * missed * missed / count;
        policy.critic.backward(&looks, &[missed / count]);
        if one.action.is_forced() {
            continue;
        }
        let scores = policy.actor.forward(&one.action.features);
        let mut heads = Vec::new();
        let mut log_chance = 0.0;
        for (head, drawn) in one.action.drawn.iter().enumerate() {
            let Some(drawn) = drawn.filter(|_| counts(head, one.action.op())) else {
                continue;
            };
            let chances = chances(
                &scores,
                head,
                &may(&one.action.allowed, head, one.action.op()),
            );
            log_chance += chances[drawn].ln();
            heads.push((head, drawn, chances));
        }
        let ratio = (log_chance - one.action.log_chance).exp();
        let within = ratio.clamp(1.0 - CLIP, 1.0 + CLIP);
        let is_clipped = ratio * one.advantage > within * one.advantage;
        policy_loss -= (ratio * one.advantage).min(within * one.advantage) / count;
        kl += ratio - 1.0 - ratio.ln();
        clipped += f64::from(u8::from((ratio - 1.0).abs() > CLIP));
        ratios.push(ratio);
        let pull = if is_clipped {
            0.0
        } else {
            -ratio * one.advantage / count
        };
        let mut slope = vec![0.0; scores.output().len()];
        for (head, drawn, chances) in &heads {
            let entropy = entropy(chances);
            entropies[*head].push(entropy);
            let first = HEADS[*head].1;
            for (place, chance) in chances
                .iter()
                .enumerate()
                .filter(|(_, chance)| **chance > 0.0)
            {
                let hit = f64::from(u8::from(place == *drawn));
                slope[first + place] +=
                    pull * (hit - chance) + ENTROPY / count * chance * (chance.ln() + entropy);
                if *head == 0 {
                    update.ops[place] += chance;
                }
            }
        }
        policy.actor.backward(&scores, &slope);
    }
    let chosen = update.chosen as f64;
    update.ops = update.ops.map(|sum| sum / chosen);
    (update.policy_loss, update.value_loss) = (policy_loss, value_loss);
    (update.kl, update.clip_fraction) = (kl / chosen, clipped / chosen);
    update.entropy = entropies.iter().flatten().sum::<f64>() / chosen;
    update.head_entropy = entropies.map(|all| (!all.is_empty()).then(|| Spread::of(&all).mean));
    update.ratios = Spread::of(&ratios);
    update.bad_gradients = policy.actor.bad_gradients() + policy.critic.bad_gradients();
    update.gradient = policy
        .actor
        .gradient_norm()
        .hypot(policy.critic.gradient_norm());
    if update.bad_gradients == 0 {
        update.shortened = 0.0;
        for net in [&mut policy.actor, &mut policy.critic] {
            let length = net.gradient_norm();
            if length > MOST_GRADIENT {
                net.scale_gradients(MOST_GRADIENT / length);
            }
            update.shortened = update.shortened.hypot(net.gradient_norm());
            net.step(RATE);
        }
    }
}

fn entropy(chances: &[f64]) -> f64 {
    let likely = chances.iter().filter(|chance| **chance > 0.0);
    -likely.map(|chance| chance * chance.ln()).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Allowed, FEATURES, PRUNE, WAIT};
    use crate::random::Random;

    fn steps(policy: &Policy, random: &mut Random) -> Vec<Step> {
        let mut allowed: Allowed = [[false; 3]; 6];
        (allowed[WAIT], allowed[PRUNE]) = ([true; 3], [true, false, false]);
        let act = |_| {
            let action = policy.act(vec![1.0; FEATURES], allowed, random);
            // Pruning is good here, whatever for.
            let reward = f64::from(u8::from(action.op() == PRUNE));
            Step { action, reward }
        };
        (0..32).map(act).collect()
    }

    #[test]
    fn what_is_rewarded_becomes_likelier_and_its_entropy_falls() {
        let mut random = Random::new(2, 0);
        let mut policy = Policy::new(&mut random);
        let mut updates = Vec::new();
        for _ in 0..60 {
            let fields = [steps(&policy, &mut random), steps(&policy, &mut random)];
            updates.push(update(&mut policy, &fields));
        }
        let (first, last) = (&updates[0], &updates[59]);
        assert!(last.ops[PRUNE] > 0.9, "{:?}", last.ops);
        assert!(
            first.entropy > 0.6 && last.entropy < 0.4,
            "{} {}",
            first.entropy,
            last.entropy
        );
        let explained = |one: &Update| one.explained.unwrap_or(0.0);
        assert!(explained(last) <= 1.0 && explained(first) <= 1.0);
        assert!(
            updates
                .iter()
                .all(|one| one.skipped.is_none() && one.kl >= 0.0)
        );
    }

    #[test]
    fn without_a_choice_the_update_is_skipped() {
        let mut random = Random::new(2, 0);
        let mut policy = Policy::new(&mut random);
        let mut allowed: Allowed = [[false; 3]; 6];
        allowed[WAIT] = [true; 3];
        let action = policy.act(vec![0.0; FEATURES], allowed, &mut random);
        let update = update(
            &mut policy,
            &[vec![Step {
                action,
                reward: 1.0,
            }]],
        );
        assert!(update.skipped.is_some() && update.chosen == 0 && update.steps == 1);
    }

    #[test]
    fn advantages_are_traced_back_by_hand() {
        let mut random = Random::new(2, 0);
        let policy = Policy::new(&mut random);
        let mut allowed: Allowed = [[false; 3]; 6];
        allowed[WAIT] = [true; 3];
        let mut step = |value: f64, reward: f64| {
            let mut action = policy.act(vec![0.0; FEATURES], allowed, &mut random);
            action.value = value;
            Step { action, reward }
        };
        let steps = [step(1.0, 2.0), step(3.0, 4.0)];
        let judged = judge(&steps);
        let last = 4.0 - 3.0;
        let first = 2.0 + 0.97 * 3.0 - 1.0 + 0.97 * 0.95 * last;
        assert!((judged[1].advantage - last).abs() < 1e-12);
        assert!((judged[0].advantage - first).abs() < 1e-12);
        assert!((judged[0].value - (first + 1.0)).abs() < 1e-12);
    }
}
