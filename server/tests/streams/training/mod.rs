//! The training contract.

mod burst;
mod dialled;
mod rest;
mod runs;
mod stream;
mod tail;
mod trainer;

use serde_json::{Value, json};

/// An event as a trainer's stream has it: without ids.
pub(crate) fn event(second: u32, name: &str, epoch: Option<u32>, data: &Value) -> Value {
    json!({
        "event_type": name,
        "timestamp": format!("2026-01-05T10:{:02}:{:02}.123456+00:00", second / 60, second % 60),
        "epoch": epoch,
        "seed_id": null,
        "slot_id": null,
        "severity": "info",
        "message": "",
        "data": data,
    })
}

/// The start of a run.
pub(crate) fn started(second: u32, episode: &str) -> Value {
    let data = json!({"n_envs": 1, "max_epochs": 150, "n_episodes": 10, "task": "cifar10",
        "episode_id": episode, "reward_mode": "shaped"});
    event(second, "TRAINING_STARTED", None, &data)
}

/// An epoch of environment 0.
pub(crate) fn epoch(second: u32, epoch: u32, accuracy: f64) -> Value {
    let data =
        json!({"val_accuracy": accuracy, "val_loss": 0.5, "env_id": 0, "inner_epoch": epoch});
    event(second, "EPOCH_COMPLETED", Some(epoch), &data)
}

/// What of an event must arrive as it was sent.
pub(crate) fn said(frame: &Value) -> Value {
    json!({
        "event_type": frame["event_type"],
        "epoch": frame["epoch"],
        "data": frame["data"],
    })
}
