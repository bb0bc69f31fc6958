//! What an event of a training run says, in the normal form.
//!
//! In: an event. Out: what the contract types, the alert that the event is, and every number of it.

use loopscope_event::{
    ActionFact, BatchFact, EpisodeFact, EpochFact, Event, Fact, GateFact, PerformanceFact,
    PolicyFact, TrainingFact,
};

use super::fields::{self, count, number};
use super::{alerts, names, points, run, seeds, snapshot};
use crate::read::{Json, Object};

/// What an event says.
pub(crate) fn facts(event: &Event, data: &Object<'_>) -> Vec<Fact> {
    let upper;
    let name = if let Some((known, _)) = names::lookup(&event.name) {
        known
    } else {
        upper = event.name.trim().to_ascii_uppercase();
        &upper
    };
    let mut facts = Vec::with_capacity(3);
    let mut say = |fact: TrainingFact| facts.push(Fact::Training(Box::new(fact)));
    match name {
        "EPOCH_COMPLETED" => {
            say(epoch(data));
            seeds::of_epoch(data).into_iter().for_each(say);
        }
        "BATCH_EPOCH_COMPLETED" | "BATCH_COMPLETED" => say(TrainingFact::Batch(BatchFact {
            episodes_completed: fields::episodes_completed(name, data),
            ..batch(data)
        })),
        "PPO_UPDATE_COMPLETED" => say(TrainingFact::Policy(PolicyFact {
            episodes_completed: fields::episodes_completed(name, data),
            ..policy(data)
        })),
        "SEED_GERMINATED" | "SEED_STAGE_CHANGED" | "SEED_FOSSILIZED" | "SEED_PRUNED"
        | "SEED_CULLED" => say(seeds::change(name, data)),
        "SEED_GATE_EVALUATED" => say(gate(data)),
        "COUNTERFACTUAL_MATRIX_COMPUTED" => seeds::matrix(data).into_iter().for_each(say),
        "COUNTERFACTUAL_COMPUTED" => seeds::counterfactual(data).into_iter().for_each(say),
        "ANALYTICS_SNAPSHOT" => snapshot::facts(data).into_iter().for_each(say),
        "EPISODE_OUTCOME" => say(episode(data)),
        "POLICY_ACTION" => {
            let said = data.first(&["action", "action_name"], Json::word);
            // One that names none is the action of doing nothing.
            let said = said.unwrap_or_else(|| "WAIT".to_owned());
            say(TrainingFact::Action(action(Some(said), data)));
        }
        "TRAINING_STARTED" => say(TrainingFact::Run(Box::new(run::run(data)))),
        "PLATEAU_DETECTED"
        | "DEGRADATION_DETECTED"
        | "IMPROVEMENT_DETECTED"
        | "TAMIYO_INITIATED"
        | "CHECKPOINT_LOADED" => say(alerts::note(name, data)),
        _ => {}
    }
    if name == "TRAINING_STARTED" {
        facts.insert(0, Fact::SessionStarted(run::info(event, data)));
    }
    if let Some(alert) = alerts::alert(name, event, data) {
        facts.push(Fact::Training(Box::new(alert)));
    }
    facts.extend(points::fact(name, data));
    facts
}

fn epoch(data: &Object<'_>) -> TrainingFact {
    TrainingFact::Epoch(EpochFact {
        env: fields::env(data),
        epoch: fields::epoch(data)
            .and_then(fields::whole)
            .or_else(|| count(data, &["inner_epoch", "epoch"])),
        max_epochs: count(data, &["max_epochs"]),
        episode: count(data, &["episode_idx", "episode"]),
        accuracy: number(data, &["val_accuracy"]),
        loss: number(data, &["val_loss"]),
        host_accuracy: number(data, &["host_accuracy"]),
    })
}

/// A batch, also as its statistics tell it.
pub(super) fn batch(data: &Object<'_>) -> BatchFact {
    BatchFact {
        batch: count(data, &["batch_idx", "batch"]),
        episodes_completed: count(data, &["episodes_completed"]),
        episodes_total: count(data, &["total_episodes", "n_episodes"]),
        envs: count(data, &["n_envs"]),
        accuracy: number(data, &["avg_accuracy"]),
        rolling_accuracy: number(data, &["rolling_accuracy", "rolling_avg_accuracy"]),
        reward: number(data, &["avg_reward"]),
        seeds_created: count(data, &["seeds_created"]),
        seeds_fossilized: count(data, &["seeds_fossilized"]),
    }
}

/// The policy's health, also as a snapshot tells it.
pub(super) fn policy(data: &Object<'_>) -> PolicyFact {
    let told = |field: &str| data.get(field).truth() == Some(true);
    let deviation = || {
        let std = number(data, &["value_std"])?;
        Some(std * std).filter(|variance| variance.is_finite())
    };
    PolicyFact {
        skipped: told("skipped") || told("update_skipped") || told("skipped_update"),
        reason: data.get("reason").text(),
        value_variance: number(data, &["value_variance"]).or_else(deviation),
        entropy: number(data, &["entropy"]),
        kl: number(data, &["kl_divergence", "approx_kl"]),
        clip_fraction: number(data, &["clip_fraction"]),
        explained_variance: number(data, &["explained_variance"]),
        policy_loss: number(data, &["policy_loss"]),
        value_loss: number(data, &["value_loss"]),
        episodes_completed: count(data, &["episodes_completed"]),
    }
}

fn gate(data: &Object<'_>) -> TrainingFact {
    let failed = data.get("checks_failed").items();
    TrainingFact::Gate(GateFact {
        gate: data.get("gate").word(),
        passed: data.get("passed").truth(),
        slot: fields::slot(data),
        env: fields::env(data),
        target: seeds::stage(data.get("target_stage")),
        failed: failed.into_iter().filter_map(Json::word).take(16).collect(),
    })
}

/// An action with what is said of it.
pub(super) fn action(name: Option<String>, data: &Object<'_>) -> ActionFact {
    ActionFact {
        action: name.unwrap_or_default().to_uppercase(),
        slot: fields::slot(data),
        env: fields::env(data),
        success: data.first(&["action_success", "success"], Json::truth),
        reward: number(data, &["total_reward", "reward"]),
        value: number(data, &["value_estimate"]),
        confidence: number(data, &["action_confidence"]),
        counts: Vec::new(),
    }
}

fn episode(data: &Object<'_>) -> TrainingFact {
    TrainingFact::Episode(EpisodeFact {
        env: fields::env(data),
        episode: count(data, &["episode_idx", "episode"]),
        accuracy: number(data, &["final_accuracy"]),
        param_ratio: number(data, &["param_ratio"]),
        reward: number(data, &["episode_reward"]),
        outcome: data.get("outcome_type").word(),
        fossilized: count(data, &["num_fossilized", "fossilize_count"]),
        reward_mode: data.get("reward_mode").word(),
    })
}

/// How the run performs, as a snapshot without a kind tells it.
pub(super) fn performance(data: &Object<'_>) -> PerformanceFact {
    PerformanceFact {
        accuracy: number(data, &["accuracy"]),
        host_accuracy: number(data, &["host_accuracy"]),
        param_ratio: number(data, &["param_ratio"]),
        efficiency: number(data, &["efficiency"]),
        ..PerformanceFact::default()
    }
}
