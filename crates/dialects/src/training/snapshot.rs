//! `ANALYTICS_SNAPSHOT`: told apart by `kind`; one without a kind is the page's own.

use loopscope_event::{ActionFact, ContributionSource, SeedFact, ThroughputFact, TrainingFact};

use super::fields::{self, number};
use super::{facts as typed, seeds};
use crate::read::{self, Json, Object};

/// What a snapshot says; nothing typed for kinds that are not known.
pub(super) fn facts(data: &Object<'_>) -> Vec<TrainingFact> {
    let Some(kind) = data.get("kind").word() else {
        return kindless(data);
    };
    match kind.to_ascii_lowercase().as_str() {
        // Its `host_accuracy` is the batch's mean, not the host's own: left to the metrics.
        "batch_stats" => {
            let mut batch = typed::batch(data);
            batch.rolling_accuracy = batch.rolling_accuracy.or(number(data, &["accuracy"]));
            vec![
                TrainingFact::Batch(batch),
                TrainingFact::Policy(typed::policy(data)),
            ]
        }
        "shapley_computed" => shapley(data).into_iter().collect(),
        "action_distribution" => {
            let counts = data.get("action_counts").object();
            let counts = counts
                .iter()
                .take(32)
                .filter_map(|(action, count)| Some((read::cut(action, 64), count.count()?)));
            vec![TrainingFact::Action(ActionFact {
                counts: counts.collect(),
                ..ActionFact::default()
            })]
        }
        "last_action" => {
            let name = data.first(&["action_name", "action"], Json::word);
            vec![TrainingFact::Action(typed::action(name, data))]
        }
        "throughput" => vec![TrainingFact::Throughput(ThroughputFact {
            env: fields::env(data),
            fps: number(data, &["fps"]),
            step_ms: number(data, &["step_time_ms"]),
            wait_ms: number(data, &["dataloader_wait_ms"]),
        })],
        _ => Vec::new(),
    }
}

/// The snapshot that a page expects: performance, policy and seeds at once.
fn kindless(data: &Object<'_>) -> Vec<TrainingFact> {
    let mut facts = vec![
        TrainingFact::Performance(typed::performance(data)),
        TrainingFact::Policy(typed::policy(data)),
    ];
    let mut values = Vec::new();
    for told in data.get("seeds").items().into_iter().take(seeds::MAX_SEEDS) {
        let told = told.object();
        let Some(slot) = fields::slot(&told) else {
            continue;
        };
        if let Some(value) = number(&told, &["contribution"]) {
            values.push((slot.clone(), value, None));
        }
        facts.push(TrainingFact::Seed(Box::new(SeedFact {
            slot: Some(slot),
            ..seeds::seed(&told)
        })));
    }
    facts.extend(seeds::contributions(
        ContributionSource::Shapley,
        None,
        values,
    ));
    facts
}

fn shapley(data: &Object<'_>) -> Option<TrainingFact> {
    let values = data.get("shapley_values").object();
    let seeds = values
        .iter()
        .take(seeds::MAX_SEEDS)
        .filter_map(|(slot, value)| {
            let fields = value.object();
            let mean = number(&fields, &["mean"]).or_else(|| value.number());
            let mean = mean.filter(|mean| mean.is_finite())?;
            Some((read::cut(slot, 64), mean, number(&fields, &["std"])))
        });
    seeds::contributions(
        ContributionSource::Shapley,
        fields::env(data),
        seeds.collect(),
    )
}
