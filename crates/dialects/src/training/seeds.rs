//! Seeds: what happened to one, how all of an environment are, and what each contributes.

use loopscope_event::{
    ContributionSource, ContributionsFact, PerformanceFact, SeedChange, SeedFact, SeedStage,
    TrainingFact,
};

use super::fields::{self, count, number};
use crate::read::{Json, Object};

/// The most seeds of one event.
pub(super) const MAX_SEEDS: usize = 64;
/// The most configurations of a matrix that are looked at.
const MAX_CONFIGS: usize = 4_096;

/// A stage by its name or number; the first generation's names are mapped.
pub(super) fn stage(value: Json<'_>) -> Option<SeedStage> {
    use SeedStage as S;
    let word = value.word()?.to_ascii_uppercase();
    Some(match word.rsplit('.').next().unwrap_or(&word) {
        "UNKNOWN" | "0" => S::Unknown,
        "DORMANT" | "1" => S::Dormant,
        "GERMINATED" | "2" => S::Germinated,
        "TRAINING" | "3" => S::Training,
        "BLENDING" | "4" => S::Blending,
        "HOLDING" | "PROBATIONARY" | "6" => S::Holding,
        "FOSSILIZED" | "7" => S::Fossilized,
        "PRUNED" | "CULLED" | "8" => S::Pruned,
        "EMBARGOED" | "9" => S::Embargoed,
        "RESETTING" | "10" => S::Resetting,
        _ => return None,
    })
}

/// What happened to a seed, by the event's name.
pub(super) fn change(name: &str, data: &Object<'_>) -> TrainingFact {
    let (change, implied) = match name {
        "SEED_GERMINATED" => (SeedChange::Germinated, Some(SeedStage::Germinated)),
        "SEED_FOSSILIZED" => (SeedChange::Fossilized, Some(SeedStage::Fossilized)),
        "SEED_STAGE_CHANGED" => (SeedChange::Stage, None),
        _ => (SeedChange::Pruned, Some(SeedStage::Pruned)),
    };
    let to = data.first(&["to_stage", "to"], stage);
    TrainingFact::Seed(Box::new(SeedFact {
        change,
        slot: fields::slot(data),
        stage: implied.or(to),
        from: data.first(&["from_stage", "from"], stage),
        ..seed(data)
    }))
}

/// What any event says of a seed.
pub(super) fn seed(data: &Object<'_>) -> SeedFact {
    SeedFact {
        change: SeedChange::Told,
        slot: None,
        env: fields::env(data),
        seed: fields::either(data, &["seed_id"], Json::word),
        blueprint: data.first(&["blueprint_id", "blueprint"], Json::word),
        stage: stage(data.get("stage")),
        from: None,
        params: count(data, &["params", "params_added"]),
        alpha: number(data, &["alpha"]),
        improvement: number(data, &["improvement"]),
        counterfactual: number(data, &["counterfactual"]),
        accuracy_delta: number(data, &["accuracy_delta"]),
        efficiency: number(data, &["efficiency"]),
        epochs_in_stage: count(data, &["epochs_in_stage"]),
        epochs_total: count(data, &["epochs_total"]),
        reason: data.get("reason").text(),
        initiator: data.get("initiator").word(),
        vanishing: data.get("has_vanishing").truth(),
        exploding: data.get("has_exploding").truth(),
    }
}

/// The seeds of an environment at the end of its epoch.
pub(super) fn of_epoch(data: &Object<'_>) -> Vec<TrainingFact> {
    let env = fields::env(data);
    let seeds = data.get("seeds").object();
    seeds
        .iter()
        .take(MAX_SEEDS)
        .map(|(slot, told)| {
            TrainingFact::Seed(Box::new(SeedFact {
                slot: Some(crate::read::cut(slot, 64)),
                env,
                ..seed(&told.object())
            }))
        })
        .collect()
}

/// A matrix of accuracies with and without each seed: the host's own where all are off, and for each seed what the
/// network with all would lose without it.
pub(super) fn matrix(data: &Object<'_>) -> Vec<TrainingFact> {
    let env = fields::env(data);
    let slots = data.get("slot_ids").items();
    let slots: Vec<_> = slots.into_iter().filter_map(Json::word).collect();
    let configs = data.get("configs").items();
    let configs: Vec<(Vec<bool>, f64)> = configs
        .into_iter()
        .take(MAX_CONFIGS)
        .filter_map(|config| {
            let config = config.object();
            let mask = config.get("seed_mask").items();
            let mask = mask.iter().map(|on| on.truth() == Some(true)).collect();
            Some((mask, number(&config, &["accuracy"])?))
        })
        .collect();
    let accuracy = |wanted: &dyn Fn(&[bool]) -> bool| {
        let found = configs.iter().find(|(mask, _)| wanted(mask));
        found.map(|(_, accuracy)| *accuracy)
    };
    let mut facts = Vec::new();
    if let Some(host) = accuracy(&|mask| !mask.is_empty() && mask.iter().all(|on| !on)) {
        facts.push(TrainingFact::Performance(PerformanceFact {
            env,
            all_off_accuracy: Some(host),
            ..PerformanceFact::default()
        }));
    }
    if let Some(full) = accuracy(&|mask| !mask.is_empty() && mask.iter().all(|on| *on)) {
        let without = |place: usize| {
            accuracy(&|mask| {
                mask.len() == slots.len()
                    && mask.iter().enumerate().all(|(at, on)| *on == (at != place))
            })
        };
        let seeds = slots.iter().enumerate().take(MAX_SEEDS);
        let seeds: Vec<_> = seeds
            .filter_map(|(place, slot)| Some((slot.clone(), full - without(place)?, None)))
            .filter(|(_, points, _)| points.is_finite())
            .collect();
        facts.extend(contributions(
            ContributionSource::Counterfactual,
            env,
            seeds,
        ));
    }
    facts
}

/// What the network would lose without one seed, and the host's accuracy.
pub(super) fn counterfactual(data: &Object<'_>) -> Vec<TrainingFact> {
    let real = number(data, &["real_accuracy"]);
    let baseline = number(data, &["baseline_accuracy"]);
    let difference = || Some(real? - baseline?).filter(|points| points.is_finite());
    let value = number(data, &["contribution"]).or_else(difference);
    let seeds = fields::slot(data).zip(value);
    let seeds = seeds.map(|(slot, value)| (slot, value, None));
    let env = fields::env(data);
    let of_seeds = contributions(
        ContributionSource::Counterfactual,
        env,
        seeds.into_iter().collect(),
    );
    let host = baseline.map(|accuracy| {
        TrainingFact::Performance(PerformanceFact {
            env,
            baseline_accuracy: Some(accuracy),
            ..PerformanceFact::default()
        })
    });
    host.into_iter().chain(of_seeds).collect()
}

/// Contributions, where there are any.
pub(super) fn contributions(
    source: ContributionSource,
    env: Option<u32>,
    seeds: Vec<(String, f64, Option<f64>)>,
) -> Option<TrainingFact> {
    (!seeds.is_empty()).then_some(TrainingFact::Contributions(ContributionsFact {
        source,
        env,
        seeds,
    }))
}
