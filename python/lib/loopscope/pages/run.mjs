// What the events of a training run amount to. In: events in the order of the wire. Out: what the page shows.
//
// Zero is a value; null was not measured, and overwrites nothing. What follows from other values is derived; what cannot
// be known is null.

import { first, number, object, text } from "./values.mjs";

const KEPT_ALERTS = 20;
const ALERT_FOR_MS = 5 * 60_000;
const CHIPS = 5;
const MOST_SEEDS = 256;

const NOTES = new Set(["PLATEAU_DETECTED", "DEGRADATION_DETECTED", "IMPROVEMENT_DETECTED"]);
const ALERTS = new Set([
  "GOVERNOR_ROLLBACK",
  "GOVERNOR_PANIC",
  "GRADIENT_ANOMALY",
  "MEMORY_WARNING",
  "PERFORMANCE_DEGRADATION",
  "REWARD_HACKING_SUSPECTED",
  "ISOLATION_VIOLATION",
]);
const CRITICAL = new Set(["GOVERNOR_ROLLBACK", "GOVERNOR_PANIC"]);
const MATTERS = new Set(["warning", "error", "critical"]);
const OF_SEEDS = { SEED_GERMINATED: "GERMINATE", SEED_FOSSILIZED: "FOSSILIZE", SEED_PRUNED: "PRUNE", SEED_CULLED: "CULL" };

const STAGES = ["UNKNOWN", "DORMANT", "GERMINATED", "TRAINING", "BLENDING", "UNKNOWN", "HOLDING", "FOSSILIZED", "PRUNED", "EMBARGOED", "RESETTING"];
const RENAMED = { PROBATIONARY: "HOLDING", CULLED: "PRUNED" };
const SHOWN_STAGES = new Set(["UNKNOWN", "TRAINING", "BLENDING", "HOLDING", "FOSSILIZED"]);
const GONE = new Set(["PRUNED", "EMBARGOED", "RESETTING", "DORMANT"]);

const NEW_SEED = {
  stage: "UNKNOWN",
  params: null,
  blueprint: null,
  efficiency: null,
  shapley: null,
  counterfactual: null,
  improvement: null,
};

const mean = (values) => (values.length ? values.reduce((sum, one) => sum + one, 0) / values.length : null);
const isTrue = (value) => value === true || value === "true" || value === 1;

/** A stage by its name or number; null where it is none. */
function stage(value) {
  const place = number(value);
  if (place !== null) return STAGES[place] ?? null;
  const word = String(value ?? "").toUpperCase().split(".").pop();
  const known = RENAMED[word] ?? word;
  return STAGES.includes(known) ? known : null;
}

/** The environment; null where it is not known, which -1 says too. */
function environment(data) {
  const found = first(data, "env_id", "env_idx");
  return found !== null && found >= 0 ? found : null;
}

export class Run {
  constructor() {
    this.mode = "SHAPED";
    this.most = 100;
    this.epoch = this.hostParams = this.host = this.batch = this.sentRatio = this.sentEfficiency = null;
    this.whole = {};
    this.envs = new Map();
    this.declaredEnvs = 0;
    this.policy = { variance: null, entropy: null, kl: null };
    this.seeds = [];
    this.actions = [];
    this.alerts = [];
  }

  /** Takes an event that came at a time. */
  take(event, at = Date.now()) {
    const name = String(event.event_type).trim().toUpperCase();
    const data = { slot_id: event.slot_id, seed_id: event.seed_id, ...notNull(object(event.data)) };
    const handler = HANDLERS[name];
    if (handler) handler(this, data, event);
    const action = OF_SEEDS[name];
    if (action) {
      this.seedChanged(name, data);
      this.act(action);
    }
    this.alert(name, data, event, at);
  }

  /** The mean of the environments' newest accuracy, else what was said of the whole, else the batch's. */
  get accuracy() {
    const known = [...this.envs.values()].map((env) => env.accuracy ?? null).filter((one) => one !== null);
    return mean(known) ?? this.whole.accuracy ?? this.batch;
  }

  get delta() {
    return this.accuracy === null || this.host === null ? null : this.accuracy - this.host;
  }

  get ratio() {
    const sent = [...this.envs.values(), this.whole].map((env) => env.ratio ?? null).filter((one) => one !== null);
    if (this.sentRatio !== null) return this.sentRatio;
    if (sent.length) return mean(sent);
    if (!this.hostParams) return 1;
    const params = this.seeds.filter((seed) => !GONE.has(seed.stage)).reduce((sum, seed) => sum + (seed.params ?? 0), 0);
    return 1 + params / Math.max(1, this.declaredEnvs, this.envs.size) / this.hostParams;
  }

  get efficiency() {
    if (this.sentEfficiency !== null) return this.sentEfficiency;
    return this.accuracy !== null && this.host > 0 && this.ratio > 0 ? this.accuracy / this.host / this.ratio : 1;
  }

  /** The seeds that are active, the largest contribution first. */
  get rows() {
    const of = (seed) => seed.shapley ?? seed.counterfactual ?? seed.improvement ?? null;
    const shown = this.seeds.filter((seed) => SHOWN_STAGES.has(seed.stage) || (!GONE.has(seed.stage) && of(seed) !== null));
    const rows = shown.map((seed) => ({ ...seed, contribution: of(seed) }));
    return rows.sort((a, b) => (b.contribution ?? -Infinity) - (a.contribution ?? -Infinity));
  }

  /** The newest actions, oldest first; the policy waits where there are none. */
  get chips() {
    return this.actions.length ? this.actions.slice(-CHIPS) : ["WAIT"];
  }

  alertsAt(now) {
    return this.alerts.filter((alert) => now - alert.at < ALERT_FOR_MS);
  }

  env(data) {
    const number_ = environment(data);
    if (number_ === null) return this.whole;
    if (!this.envs.has(number_)) this.envs.set(number_, {});
    return this.envs.get(number_);
  }

  act(word) {
    this.actions.push(word);
    this.actions.splice(0, this.actions.length - CHIPS);
  }

  health(data) {
    if (isTrue(data.skipped) || isTrue(data.update_skipped) || isTrue(data.skipped_update)) return;
    const deviation = first(data, "value_std");
    const variance = first(data, "value_variance") ?? (deviation === null ? null : deviation ** 2);
    this.policy.variance = variance ?? this.policy.variance;
    this.policy.entropy = first(data, "entropy") ?? this.policy.entropy;
    this.policy.kl = first(data, "kl_divergence", "approx_kl") ?? this.policy.kl;
  }

  /** The newest life in a slot; an environment that is not known matches any. */
  seed(data, makes) {
    const slot = text(String(data.slot_id ?? "")) ?? text(data.name) ?? text(data.seed_id) ?? "seed";
    const env = environment(data);
    let found = this.seeds.findLast((seed) => seed.slot === slot && (seed.env === env || seed.env === null || env === null));
    if (!found && makes) {
      found = { ...NEW_SEED, slot, env };
      this.seeds.push(found);
      if (this.seeds.length > MOST_SEEDS) {
        const gone = this.seeds.findIndex((seed) => GONE.has(seed.stage));
        this.seeds.splice(Math.max(0, gone), 1);
      }
    }
    return found;
  }

  /** What an event says of a seed. */
  seedTold(seed, data, moved) {
    seed.env = environment(data) ?? seed.env;
    seed.blueprint = text(data.blueprint_id) ?? text(data.blueprint) ?? seed.blueprint;
    seed.params = first(data, "params", "params_added") ?? seed.params;
    seed.counterfactual = first(data, "counterfactual") ?? seed.counterfactual;
    seed.improvement = first(data, "improvement") ?? seed.improvement;
    seed.efficiency = first(data, "efficiency") ?? seed.efficiency;
    // What comes after its end is of the slot, not of the seed.
    if (moved && !(seed.stage === "PRUNED" && GONE.has(moved))) seed.stage = moved;
  }

  /** The seed that an event speaks of: another one than before where a new life began in its slot. */
  life(data, moved, germinates) {
    const known = this.seed(data, true);
    const isOver = known.stage === "PRUNED" && moved && !GONE.has(moved);
    // Events of one change come in pairs: the second is not another life.
    const isAnother = germinates && !["UNKNOWN", "DORMANT", "GERMINATED"].includes(known.stage);
    if (isOver || isAnother) Object.assign(known, NEW_SEED);
    return known;
  }

  seedChanged(name, data) {
    const moved = { SEED_GERMINATED: "GERMINATED", SEED_FOSSILIZED: "FOSSILIZED" }[name] ?? "PRUNED";
    this.seedTold(this.life(data, moved, name === "SEED_GERMINATED"), data, moved);
  }

  contribute(field, data, slot, points) {
    if (points !== null) this.seed({ ...data, slot_id: slot }, true)[field] = points;
  }

  alert(name, data, event, at) {
    const severity = String(event.severity ?? "info").toLowerCase();
    const isAlert = ALERTS.has(name) || name.endsWith("_DETECTED") || MATTERS.has(severity);
    if (NOTES.has(name) || !isAlert) return;
    const words = text(event.message) ?? text(data.message) ?? text(data.detail) ?? text(data.reason) ?? name;
    this.alerts.push({ words, isCritical: CRITICAL.has(name) || severity === "critical", at });
    this.alerts.splice(0, this.alerts.length - KEPT_ALERTS);
  }
}

const notNull = (data) => Object.fromEntries(Object.entries(data).filter(([, value]) => value !== null));

const HANDLERS = {
  TRAINING_STARTED(run, data) {
    Object.assign(run, new Run());
    run.mode = String(text(data.reward_mode) ?? run.mode).toUpperCase();
    run.most = first(data, "max_epochs") ?? run.most;
    run.hostParams = first(data, "host_params");
    run.declaredEnvs = first(data, "n_envs") ?? 0;
  },
  EPOCH_COMPLETED(run, data, event) {
    run.epoch = number(event.epoch) ?? first(data, "inner_epoch", "epoch") ?? run.epoch;
    run.most = first(data, "max_epochs") ?? run.most;
    run.host = first(data, "host_accuracy") ?? run.host;
    const env = run.env(data);
    env.accuracy = first(data, "val_accuracy") ?? env.accuracy;
    for (const [slot, told] of Object.entries(object(data.seeds))) {
      const of = { env_id: data.env_id, ...notNull(object(told)), slot_id: slot };
      const moved = stage(of.stage);
      const seed = run.seed(of, moved !== null && !GONE.has(moved));
      if (seed) run.seedTold(seed, of, moved);
    }
  },
  BATCH_EPOCH_COMPLETED(run, data) {
    run.batch = first(data, "avg_accuracy") ?? run.batch;
    run.declaredEnvs = first(data, "n_envs") ?? run.declaredEnvs;
  },
  PPO_UPDATE_COMPLETED: (run, data) => run.health(data),
  SEED_STAGE_CHANGED(run, data) {
    const moved = stage(data.to_stage ?? data.to);
    run.seedTold(run.life(data, moved, false), data, moved);
  },
  POLICY_ACTION: (run, data) => run.act(String(text(data.action) ?? text(data.action_name) ?? "WAIT").toUpperCase()),
  EPISODE_OUTCOME(run, data) {
    const env = run.env(data);
    env.ratio = first(data, "param_ratio") ?? env.ratio;
    run.mode = String(text(data.reward_mode) ?? run.mode).toUpperCase();
  },
  COUNTERFACTUAL_COMPUTED(run, data) {
    run.host = first(data, "baseline_accuracy") ?? run.host;
    run.contribute("counterfactual", data, data.slot_id, first(data, "contribution"));
  },
  COUNTERFACTUAL_MATRIX_COMPUTED(run, data) {
    const configs = Array.isArray(data.configs) ? data.configs.map(object) : [];
    const masked = (wanted) => {
      const found = configs.find(({ seed_mask: mask }) => Array.isArray(mask) && mask.length && wanted(mask));
      return found ? first(found, "accuracy") : null;
    };
    run.host = masked((mask) => mask.every((on) => !on)) ?? run.host;
    const full = masked((mask) => mask.every(Boolean));
    (Array.isArray(data.slot_ids) ? data.slot_ids : []).forEach((slot, place) => {
      const without = masked((mask) => mask.every((on, at) => Boolean(on) === (at !== place)));
      if (full !== null && without !== null) run.contribute("counterfactual", data, slot, full - without);
    });
  },
  ANALYTICS_SNAPSHOT(run, data) {
    const kind = String(data.kind ?? "").toLowerCase();
    // Its `host_accuracy` is the batch's mean, not the host's own.
    if (kind === "batch_stats") run.health(data);
    if (kind === "last_action" && String(data.action_name ?? "").toUpperCase() === "WAIT") run.act("WAIT");
    if (kind === "shapley_computed") {
      for (const [slot, told] of Object.entries(object(data.shapley_values))) {
        run.contribute("shapley", data, slot, first(object(told), "mean") ?? number(told));
      }
    }
    if (kind !== "") return;
    run.health(data);
    run.whole.accuracy = first(data, "accuracy") ?? run.whole.accuracy;
    run.host = first(data, "host_accuracy") ?? run.host;
    run.sentRatio = first(data, "param_ratio") ?? run.sentRatio;
    run.sentEfficiency = first(data, "efficiency") ?? run.sentEfficiency;
    for (const told of Array.isArray(data.seeds) ? data.seeds.map((one) => notNull(object(one))) : []) {
      run.seedTold(run.seed(told, true), told, stage(told.stage));
      run.contribute("shapley", told, told.slot_id ?? told.name, first(told, "contribution"));
    }
  },
};
HANDLERS.BATCH_COMPLETED = HANDLERS.BATCH_EPOCH_COMPLETED;

// How numbers read.

export const signed = (value, decimals = 1) => `${value >= 0 ? "+" : "-"}${Math.abs(value).toFixed(decimals)}%`;

export const tone = (value, middle = 0) => (value > middle ? "good" : value < middle ? "bad" : "");

export function params(count) {
  if (count >= 1e6) return `${(count / 1e6).toFixed(1)}M`;
  return count >= 1e3 ? `${(count / 1e3).toFixed(1)}K` : String(count);
}

/** A word for a number of the policy's health, and how good that is. */
export const READINGS = {
  variance: (value) => (value > 0.1 ? ["healthy", "good"] : value > 0.01 ? ["ok", ""] : ["low", "bad"]),
  entropy: (value) => (value > 0.5 ? ["exploring", "good"] : value > 0.1 ? ["moderate", ""] : ["exploiting", "warn"]),
  kl: (value) => (value < 0.02 ? ["stable", "good"] : value < 0.1 ? ["ok", ""] : ["high", "bad"]),
};

export function accuracyWords(run) {
  if (run.accuracy === null) return ["--", "", ""];
  const against = run.delta === null ? "(-- vs host-only)" : `(${signed(run.delta)} vs host-only)`;
  return [`${run.accuracy.toFixed(1)}%`, against, run.delta === null ? "" : tone(run.delta)];
}
