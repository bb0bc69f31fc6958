// Events of a training run, as its trainer's stream has them: every type of the contract.
let second = 0;

/** One event of a run. */
export function event(session, type, data, more = {}) {
  second += 1;
  return {
    event_type: type,
    dialect: "training",
    session_id: session,
    timestamp: new Date(Date.UTC(2026, 0, 5, 10, 0, second)).toISOString().replace("Z", "+00:00"),
    epoch: null,
    seed_id: null,
    slot_id: null,
    severity: "info",
    message: "",
    data,
    ...more,
  };
}

/** An epoch of an environment. */
export const epoch = (session, n, accuracy, env = 0, more = {}) =>
  event(session, "EPOCH_COMPLETED", { env_id: env, inner_epoch: n, val_accuracy: accuracy, val_loss: 0.4, ...more }, { epoch: n });

/** A run with seeds that live and die, a policy, batches, and what goes wrong. */
export function training(session) {
  const own = (type, data, more) => event(session, type, data, more);
  const seed = { slot_id: "r0c0", env_id: 0, blueprint_id: "conv", params: 1500 };
  return [
    own("TRAINING_STARTED", { n_envs: 2, max_epochs: 150, n_episodes: 8, task: "spirals", host_params: 10_000, reward_mode: "sparse" }),
    epoch(session, 1, 40, 0, { host_accuracy: 50 }),
    epoch(session, 1, 60, 1),
    own("TAMIYO_INITIATED", { env_id: 0, epoch: 1, stable_count: 3 }),
    own("SEED_GERMINATED", seed),
    own("SEED_STAGE_CHANGED", { ...seed, from_stage: "GERMINATED", to_stage: "TRAINING" }),
    own("SEED_STAGE_CHANGED", { ...seed, from_stage: "TRAINING", to_stage: "BLENDING" }),
    own("SEED_GATE_EVALUATED", { slot_id: "r0c0", env_id: 0, gate: "G3", passed: true, target_stage: "HOLDING" }),
    own("SEED_FOSSILIZED", { ...seed, improvement: 3.2, params_added: 1500, epochs_total: 9 }),
    own("SEED_GERMINATED", { slot_id: "r0c1", env_id: 1, blueprint_id: "norm", params: 200 }),
    own("SEED_CULLED", { slot_id: "r0c1", env_id: 1, reason: "no gain", improvement: -0.4 }),
    own("PPO_UPDATE_COMPLETED", { policy_loss: 0.1, value_loss: 0.2, entropy: 0.61, value_std: 0.5, kl_divergence: 0.012, clip_fraction: 0.1 }, { epoch: 4 }),
    own("ANALYTICS_SNAPSHOT", { kind: "shapley_computed", env_id: 0, num_slots: 1, shapley_values: { r0c0: { mean: 2.5, std: 0.1, n_samples: 8 } } }),
    own("ANALYTICS_SNAPSHOT", { kind: "throughput", env_id: 0, fps: 120.5, step_time_ms: 8 }),
    own("COUNTERFACTUAL_MATRIX_COMPUTED", { env_id: 0, slot_ids: ["r0c0"], configs: [{ seed_mask: [false], accuracy: 50 }, { seed_mask: [true], accuracy: 53 }] }),
    own("BATCH_EPOCH_COMPLETED", { episodes_completed: 4, batch_idx: 1, avg_accuracy: 50, avg_reward: 1.5, total_episodes: 8, n_envs: 2 }, { epoch: 4 }),
    own("EPISODE_OUTCOME", { env_id: 0, episode_idx: 1, final_accuracy: 53, outcome_type: "success" }),
    own("PLATEAU_DETECTED", { batch: 1, rolling_delta: 0.01 }),
    own("CHECKPOINT_LOADED", { path: "best.pt", start_episode: 0, source: "resume", avg_accuracy: 50 }),
    own("MORPHOLOGY_CAUSAL_LOG", { anything: 1 }),
    own("REWARD_COMPUTED", { env_id: 0, action_name: "WAIT" }),
    own("NEVER_HEARD_OF", { depth: 3 }),
  ];
}

/** What a contract's page calls an alert. */
export const ALERTS = [
  ["GOVERNOR_ROLLBACK", { env_id: 0, reason: "loss ran away" }, "critical", "loss ran away"],
  ["RATIO_EXPLOSION_DETECTED", { detail: "ratio 9.1" }, "warning", "ratio 9.1"],
  ["GRADIENT_ANOMALY", { detail: "gradients exploded" }, "warning", "gradients exploded"],
  ["MEMORY_WARNING", { gpu_utilization: 0.97 }, "warning", "MEMORY_WARNING"],
  ["PERFORMANCE_DEGRADATION", { env_id: 1, drop_percent: 12 }, "warning", "PERFORMANCE_DEGRADATION"],
  ["REWARD_HACKING_SUSPECTED", { pattern: "attribution_ratio" }, "warning", "REWARD_HACKING_SUSPECTED"],
];
