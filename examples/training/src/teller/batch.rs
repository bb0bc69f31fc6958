//! The end of a batch: what the policy learnt, and how the episodes went. In: figures. Out: their frames.

use serde_json::{Map, Value, json};

use super::Teller;
use crate::frame::{Beside, maybe, number};
use crate::options::Options;
use crate::policy::{HEADS, OPS};
use crate::ppo::{self, Spread, Update};

/// A batch that is over.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// Its number, from 1.
    pub number: u32,
    /// Episodes of this run so far.
    pub episodes: u32,
    /// The final accuracy of each environment, in percent.
    pub accuracies: Vec<f64>,
    /// The reward of each.
    pub rewards: Vec<f64>,
    /// How often each op was done.
    pub ops: [u32; OPS.len()],
    /// Seeds planted and kept.
    pub seeds: [u32; 2],
    /// Rollbacks.
    pub rollbacks: u32,
    /// The mean accuracy of the last batches, this one included.
    pub rolling: f64,
    /// The same a batch ago.
    pub rolling_before: Option<f64>,
    /// Points that were learnt from, a second, and milliseconds an epoch.
    pub speed: (f64, f64),
}

/// A change of the rolling accuracy that is worth a word, in points.
const WORD: f64 = 2.0;

impl Teller<'_> {
    /// What the policy learnt.
    pub fn update(&mut self, batch: &Batch, options: &Options, update: &Update, updates: u32) {
        let skipped = update.skipped.is_some();
        // What a skipped update did not measure is no number; values and returns were measured all the same.
        let learnt = |figure: f64| number(if skipped { f64::NAN } else { figure });
        let mut data = json!({"policy_loss": learnt(update.policy_loss), "value_loss": learnt(update.value_loss),
            "entropy": learnt(update.entropy), "kl_divergence": learnt(update.kl),
            "clip_fraction": learnt(update.clip_fraction), "pre_clip_grad_norm": learnt(update.gradient),
            "grad_norm": learnt(update.shortened),
            "nan_grad_count": update.bad_gradients, "explained_variance": maybe(update.explained),
            "lr": ppo::RATE, "entropy_coef": ppo::ENTROPY, "update_time_ms": update.took.as_secs_f64() * 1e3,
            "early_stop_epoch": update.stopped_at, "entropy_collapsed": !skipped && update.entropy < 0.1,
            "ppo_updates_count": updates, "inner_epoch": options.epochs, "batch": batch.number,
            "skipped": skipped, "update_skipped": skipped, "reason": update.skipped,
            "value_variance": number(update.values.std.powi(2)),
            "forced_step_ratio": number(1.0 - update.chosen as f64 / update.steps.max(1) as f64),
            "decision_density": number(update.chosen as f64 / update.steps.max(1) as f64),
            "usable_actor_timesteps": update.chosen, "rollback_count": batch.rollbacks});
        for (name, spread) in [
            ("value", &update.values),
            ("return", &update.returns),
            ("pre_norm_advantage", &update.advantages),
            ("ratio", &update.ratios),
        ] {
            let measured = name != "ratio" || !skipped;
            set_spread(&mut data, name, spread, measured);
        }
        for ((head, ..), entropy) in HEADS.iter().zip(update.head_entropy) {
            data[format!("head_{head}_entropy")] = maybe(entropy);
        }
        let message = update.skipped.unwrap_or_default().to_owned();
        let beside = Beside {
            epoch: Some(batch.episodes),
            message,
            ..Beside::default()
        };
        self.tell("PPO_UPDATE_COMPLETED", &beside, data);
    }

    /// How the batch went.
    pub fn batch(&mut self, batch: &Batch, options: &Options, update: &Update) {
        let beside = Beside {
            epoch: Some(batch.episodes),
            ..Beside::default()
        };
        let (accuracy, reward) = (
            Spread::of(&batch.accuracies).mean,
            Spread::of(&batch.rewards).mean,
        );
        let counts = OPS
            .iter()
            .zip(batch.ops)
            .map(|(op, count)| ((*op).to_owned(), json!(count)));
        let counts: Map<String, Value> = counts.collect();
        let data =
            json!({"kind": "action_distribution", "action_counts": counts, "batch": batch.number});
        self.tell("ANALYTICS_SNAPSHOT", &beside, data);
        let chances = OPS
            .iter()
            .zip(update.ops)
            .map(|(op, chance)| ((*op).to_owned(), number(chance)));
        let summary = json!({"accuracy": number(accuracy), "reward": number(reward), "rollbacks": batch.rollbacks,
            "op_chances": chances.collect::<Map<String, Value>>()});
        let data = json!({"kind": "reward_summary", "summary": summary, "batch": batch.number});
        self.tell("ANALYTICS_SNAPSHOT", &beside, data);
        let data = json!({"kind": "throughput", "env_id": null, "fps": number(batch.speed.0),
            "step_time_ms": number(batch.speed.1), "dataloader_wait_ms": 0.0});
        self.tell("ANALYTICS_SNAPSHOT", &beside, data);
        let data = json!({"kind": "batch_stats", "batch": batch.number, "inner_epoch": options.epochs,
            "accuracy": number(batch.rolling), "host_accuracy": number(accuracy), "entropy": number(update.entropy),
            "kl_divergence": number(update.kl), "explained_variance": maybe(update.explained),
            "seeds_created": batch.seeds[0], "seeds_fossilized": batch.seeds[1],
            "episodes_completed": batch.episodes, "skipped_update": update.skipped.is_some()});
        self.tell("ANALYTICS_SNAPSHOT", &beside, data);
        self.trend(batch, &beside);
        let accuracies: Vec<Value> = batch.accuracies.iter().map(|one| number(*one)).collect();
        let episodes = u32::from(options.envs) * options.batches;
        let data = json!({"episodes_completed": batch.episodes, "batch_idx": batch.number,
            "avg_accuracy": number(accuracy), "avg_reward": number(reward), "total_episodes": episodes,
            "n_envs": options.envs, "start_episode": 0, "requested_episodes": episodes,
            "rolling_accuracy": number(batch.rolling), "env_accuracies": accuracies});
        self.tell("BATCH_EPOCH_COMPLETED", &beside, data);
    }

    fn trend(&mut self, batch: &Batch, beside: &Beside) {
        let Some(before) = batch.rolling_before else {
            return;
        };
        let delta = batch.rolling - before;
        let kind = if delta >= WORD {
            "IMPROVEMENT_DETECTED"
        } else if delta <= -WORD {
            "DEGRADATION_DETECTED"
        } else if delta.abs() < 0.05 {
            "PLATEAU_DETECTED"
        } else {
            return;
        };
        let data = json!({"batch": batch.number, "episodes_completed": batch.episodes,
            "rolling_delta": number(delta), "rolling_avg_accuracy": number(batch.rolling),
            "prev_rolling_avg_accuracy": number(before)});
        let message = format!("rolling accuracy {:.1} % ({delta:+.1})", batch.rolling);
        self.tell(
            kind,
            &Beside {
                message,
                ..beside.clone()
            },
            data,
        );
    }
}

fn set_spread(data: &mut Value, name: &str, spread: &Spread, measured: bool) {
    for (part, figure) in [
        ("mean", spread.mean),
        ("std", spread.std),
        ("min", spread.min),
        ("max", spread.max),
    ] {
        data[format!("{name}_{part}")] = if measured {
            number(figure)
        } else {
            Value::Null
        };
    }
}
