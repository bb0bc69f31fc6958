//! Metrics that runs share. In: boards. Out: names, with what is to be known of each before its series is asked for.

use std::collections::BTreeMap;

use loopscope_protocol::{Better, SharedMetric};

use crate::{Board, Curve};

/// What tells from a metric's name which of two values is the better one, and what readers look for first.
const HIGHER: [&str; 12] = [
    "accuracy",
    "acc",
    "reward",
    "return",
    "returns",
    "f1",
    "auc",
    "precision",
    "recall",
    "score",
    "efficiency",
    "success",
];
const LOWER: [&str; 12] = [
    "loss",
    "error",
    "errors",
    "perplexity",
    "regret",
    "mse",
    "mae",
    "rmse",
    "latency",
    "failures",
    "failed",
    "drift",
];

/// Metrics that at least two runs have (one, where there is only one): those with a known better side first.
pub(super) fn shared(boards: &[&Board]) -> Vec<SharedMetric> {
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, _) in boards.iter().flat_map(|board| board.metrics().iter()) {
        *names.entry(name).or_default() += 1;
    }
    let least = boards.len().min(2);
    let shared = names.into_iter().filter(|(_, runs)| *runs >= least);
    let mut shared: Vec<_> = shared.map(|(name, _)| metric(name, boards)).collect();
    shared.sort_by_key(rank);
    shared
}

fn metric(name: &str, boards: &[&Board]) -> SharedMetric {
    let curves: Vec<Option<&Curve>> = boards
        .iter()
        .map(|board| board.metrics().get(name))
        .collect();
    let known = |curve: &&Curve| curve.count > 0;
    SharedMetric {
        name: name.to_owned(),
        better: better(name),
        last: curves
            .iter()
            .map(|curve| curve.filter(known).map(|curve| curve.last))
            .collect(),
        range: curves
            .iter()
            .map(|curve| curve.and_then(|curve| curve.range))
            .collect(),
        points: curves
            .iter()
            .map(|curve| curve.map_or(0, |curve| curve.count))
            .collect(),
    }
}

/// Accuracy, then loss, then what else has a better side, then the rest; by name in each.
fn rank(metric: &SharedMetric) -> u8 {
    let has = |word| words(&metric.name).any(|known| known == word);
    match metric.better {
        _ if has("accuracy") || has("acc") => 0,
        _ if has("loss") => 1,
        Better::Higher | Better::Lower => 2,
        Better::Neither => 3,
    }
}

fn words(name: &str) -> impl Iterator<Item = String> {
    let parts = name.split(|c: char| !c.is_ascii_alphanumeric());
    parts.map(str::to_ascii_lowercase)
}

/// The last word of a name that tells counts: `loss_reward` would be a reward.
pub(super) fn better(name: &str) -> Better {
    let tells = words(name).filter_map(|word| {
        if HIGHER.contains(&word.as_str()) {
            Some(Better::Higher)
        } else if LOWER.contains(&word.as_str()) {
            Some(Better::Lower)
        } else {
            None
        }
    });
    tells.last().unwrap_or(Better::Neither)
}
