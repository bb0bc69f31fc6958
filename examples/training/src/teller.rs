//! What happens, in the contract's words. In: plots, updates, contributions. Out: frames, given to the hub.

use serde_json::{Map, Value, json};

use crate::contribution::{Row, shapley};
use crate::field::{Field, SLOTS};
use crate::frame::{Beside, Frames, maybe, number};
use crate::hub::Hub;
use crate::options::Options;
use crate::plot::{Plot, Rollback};
use crate::policy::{Action, OPS, WAIT};
use crate::ppo;
use crate::seed::Seed;

mod batch;
mod seeds;

pub use batch::Batch;

/// Tells what happens in a run.
#[derive(Debug)]
pub struct Teller<'a> {
    hub: &'a Hub,
    frames: Frames,
}

impl<'a> Teller<'a> {
    /// Tells it to this hub.
    pub const fn new(hub: &'a Hub, frames: Frames) -> Self {
        Self { hub, frames }
    }

    /// The run begins.
    pub fn started(&mut self, options: &Options, seed: u64, run: &str, host: usize) {
        let episodes = u32::from(options.envs) * options.batches;
        let data = json!({"episode_id": run, "n_envs": options.envs, "max_epochs": options.epochs,
            "max_batches": options.batches, "task": "two-spirals", "host_params": host, "slot_ids": SLOTS,
            "seed": seed, "n_episodes": episodes, "lr": ppo::RATE, "clip_ratio": ppo::CLIP,
            "entropy_coef": ppo::ENTROPY, "param_budget": null, "policy_device": "cpu",
            "env_devices": vec!["cpu"; usize::from(options.envs)], "reward_mode": "shaped",
            "resume_path": null, "start_episode": 0, "entropy_anneal": null, "world_size": 1, "rank": 0,
            "local_rank": 0, "amp_enabled": false, "compile_enabled": false});
        let message = format!("{episodes} episodes on two spirals, seed {seed}");
        self.tell(
            "TRAINING_STARTED",
            &Beside {
                message,
                ..Beside::default()
            },
            data,
        );
    }

    /// A plot's epoch is over. `host` is the accuracy of the host alone.
    pub fn epoch(&mut self, env: usize, episode: u32, plot: &Plot, host: f64) {
        let epoch = &plot.epoch;
        let slots = SLOTS.iter().zip(&plot.field.slots);
        let seeds = slots.filter_map(|(slot, seed)| {
            let seed = seed_state(seed.as_ref()?, epoch.host_gradient);
            Some(((*slot).to_owned(), seed))
        });
        let seeds: Map<String, Value> = seeds.collect();
        let data = json!({"env_id": env, "inner_epoch": plot.epochs, "episode_idx": episode,
            "val_accuracy": number(epoch.accuracy), "val_loss": number(epoch.loss),
            "train_loss": number(epoch.train_loss), "train_accuracy": number(epoch.train_accuracy),
            "host_accuracy": number(host), "host_grad_norm": number(epoch.host_gradient),
            "param_ratio": ratio(&plot.field), "seeds": seeds, "observation_stats": null});
        let beside = Beside {
            epoch: Some(plot.epochs),
            ..Beside::default()
        };
        self.tell("EPOCH_COMPLETED", &beside, data);
    }

    /// A host stands still: seeds may be planted.
    pub fn stable(&mut self, env: usize, plot: &Plot) {
        let data = json!({"env_id": env, "epoch": plot.epochs, "stable_count": plot.epochs,
            "stabilization_epochs": plot.epochs, "val_loss": number(plot.epoch.loss)});
        let message = format!("environment {env} may germinate");
        let beside = Beside {
            epoch: Some(plot.epochs),
            message,
            ..Beside::default()
        };
        self.tell("TAMIYO_INITIATED", &beside, data);
    }

    /// The governor put a field back.
    pub fn rollback(&mut self, env: usize, plot: &Plot, rollback: &Rollback) {
        let reason = if rollback.loss.is_finite() {
            "divergence"
        } else {
            "governor_nan"
        };
        let data = json!({"env_id": env, "device": "cpu", "reason": "the loss panicked", "panic_reason": reason,
            "loss_at_panic": number(rollback.loss), "loss_threshold": crate::plot::PANIC,
            "consecutive_panics": rollback.panics, "missing_keys": [], "unexpected_keys": []});
        let message = format!(
            "environment {env}: loss {:.3}, put back to the last safe epoch",
            rollback.loss
        );
        let beside = Beside {
            epoch: Some(plot.epochs),
            severity: "critical",
            message,
            ..Beside::default()
        };
        self.tell("GOVERNOR_ROLLBACK", &beside, data);
    }

    /// What the policy did; waiting is told once a batch only, by its count.
    pub fn action(&mut self, env: usize, plot: &Plot, action: &Action, is_done: bool) {
        if action.op() == WAIT {
            return;
        }
        let chance = |op: usize| action.ops.get(op).copied().unwrap_or(0.0);
        let slot = action.drawn[1].and_then(|slot| SLOTS.get(slot).copied());
        let others = (0..OPS.len()).filter(|op| *op != action.op() && chance(*op) > 0.0);
        let others: Vec<Value> = others.map(|op| json!([OPS[op], chance(op)])).collect();
        let states = SLOTS.iter().zip(&plot.field.slots).map(|(slot, seed)| {
            let stage = seed.as_ref().map_or("DORMANT", |seed| seed.stage.name());
            ((*slot).to_owned(), json!(stage))
        });
        let states: Map<String, Value> = states.collect();
        let blueprint = action.drawn[2].and_then(|place| crate::seed::BLUEPRINTS.get(place));
        let data = json!({"kind": "last_action", "env_id": env, "action_name": OPS[action.op()],
            "action_success": is_done, "slot_id": slot, "blueprint_id": blueprint.map(|one| one.name),
            "total_reward": number(plot.reward), "value_estimate": number(action.value),
            "action_confidence": number(chance(action.op())), "alternatives": others, "slot_states": states});
        let beside = Beside {
            epoch: Some(plot.epochs),
            severity: "debug",
            ..Beside::default()
        };
        self.tell("ANALYTICS_SNAPSHOT", &beside, data);
    }

    /// What each seed contributes.
    pub fn contributions(&mut self, env: usize, batch: u32, rows: &[Row], took_ms: f64) {
        let players: Vec<usize> = (0..SLOTS.len())
            .filter(|slot| rows.iter().any(|(kept, _)| kept[*slot]))
            .collect();
        let ids: Vec<&str> = players.iter().map(|slot| SLOTS[*slot]).collect();
        let configs: Vec<Value> = rows
            .iter()
            .map(|(kept, accuracy)| {
                let mask: Vec<bool> = players.iter().map(|slot| kept[*slot]).collect();
                json!({"seed_mask": mask, "accuracy": number(*accuracy)})
            })
            .collect();
        let data = json!({"env_id": env, "slot_ids": ids, "configs": configs, "strategy": "full_factorial",
            "compute_time_ms": took_ms});
        self.tell("COUNTERFACTUAL_MATRIX_COMPUTED", &Beside::default(), data);
        if players.is_empty() {
            return;
        }
        let values = players.iter().filter_map(|slot| {
            let value = shapley(rows, *slot)?;
            let value = json!({"mean": number(value.mean), "std": number(value.std), "n_samples": value.orders});
            Some((SLOTS[*slot].to_owned(), value))
        });
        let values: Map<String, Value> = values.collect();
        let data = json!({"kind": "shapley_computed", "shapley_values": values, "num_slots": players.len(),
            "env_id": env, "batch": batch});
        self.tell("ANALYTICS_SNAPSHOT", &Beside::default(), data);
    }

    /// An episode is over.
    pub fn outcome(&mut self, env: usize, episode: u32, plot: &Plot) {
        let kept = |seed: &&Seed| seed.stage == crate::seed::Stage::Fossilized;
        let fossils = plot.field.slots.iter().flatten().filter(kept);
        let contributing = fossils
            .clone()
            .filter(|seed| seed.contribution.unwrap_or(0.0) >= crate::plot::WORTH);
        let outcome = if plot.epoch.accuracy >= 90.0 {
            "success"
        } else {
            "timeout"
        };
        let data = json!({"env_id": env, "episode_idx": episode, "final_accuracy": number(plot.epoch.accuracy),
            "param_ratio": ratio(&plot.field), "num_fossilized": fossils.clone().count(),
            "num_contributing_fossilized": contributing.count(), "episode_reward": number(plot.reward),
            "stability_score": number(plot.steadiness()), "reward_mode": "shaped",
            "episode_length": plot.epochs, "outcome_type": outcome, "germinate_count": plot.counts[0],
            "prune_count": plot.counts[2], "fossilize_count": plot.counts[1]});
        self.tell("EPISODE_OUTCOME", &Beside::default(), data);
    }

    fn tell(&mut self, kind: &str, beside: &Beside, data: Value) {
        let frame = self.frames.frame(kind, beside, data);
        self.hub.emit(&frame);
    }
}

/// Weights of host and seeds over those of the host.
fn ratio(field: &Field) -> f64 {
    let host = field.host.parameters() as f64;
    (host + field.seed_parameters() as f64) / host
}

fn seed_state(seed: &Seed, host_gradient: f64) -> Value {
    let ratio = (host_gradient > 0.0).then(|| seed.gradient / host_gradient);
    json!({"stage": seed.stage.name(), "blueprint_id": seed.blueprint.name,
        "accuracy_delta": maybe(seed.contribution), "epochs_in_stage": seed.epochs_in_stage,
        "alpha": seed.alpha, "grad_ratio": maybe(ratio), "has_vanishing": seed.gradient < 1e-6,
        "has_exploding": seed.gradient.is_nan() || seed.gradient > 1e3,
        "contribution_velocity": number(seed.velocity)})
}
