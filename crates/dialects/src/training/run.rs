//! A run's configuration.

use loopscope_event::{Event, RawJson, RunFact, SessionInfo};

use super::fields::{self, count};
use crate::kept;
use crate::read::{Json, Object};

/// The most slots of a network that are named.
const MAX_SLOTS: usize = 256;

/// The configuration as the panels need it.
pub(super) fn run(data: &Object<'_>) -> RunFact {
    let slots = data.get("slot_ids").items();
    RunFact {
        task: data.get("task").word(),
        group: fields::either(data, &["group_id"], Json::word),
        envs: count(data, &["n_envs"]),
        max_epochs: count(data, &["max_epochs"]),
        episodes: count(data, &["n_episodes", "total_episodes"]),
        host_params: count(data, &["host_params"]),
        param_budget: count(data, &["param_budget"]),
        slots: slots
            .into_iter()
            .filter_map(Json::word)
            .take(MAX_SLOTS)
            .collect(),
        seed: data.first(&["seed", "rng_seed"], Json::id),
        reward_mode: data.get("reward_mode").word(),
        device: data.get("policy_device").word(),
    }
}

/// What any session's page needs: its name (`cifar10 · seed 42`), its target and its configuration as sent.
pub(super) fn info(event: &Event, data: &Object<'_>) -> SessionInfo {
    let run = run(data);
    let seed = run.seed.map(|seed| format!("seed {seed}"));
    let parts: Vec<String> = [run.task.clone(), seed].into_iter().flatten().collect();
    SessionInfo {
        name: (!parts.is_empty()).then(|| parts.join(" · ")),
        target: run.task,
        config: Some(RawJson::from_trusted(kept::sent(event.data.as_str(), data))),
        max_iterations: None,
        timeout_seconds: None,
        links: Vec::new(),
    }
}
