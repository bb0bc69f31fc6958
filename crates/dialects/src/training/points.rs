//! Every number of an event as a metric: `ppo/entropy`, `epoch/val_accuracy/env3`, `seed/r0c0/alpha/env1`.
//!
//! In: a payload. Out: one fact with at most 256 points, grouped by prefix. Coordinates and ids are no metrics. What
//! the envelope's `epoch` means depends on the type: inner epochs restart with every episode, the others rise.

use loopscope_event::{Fact, MetricsFact};

use super::fields;
use crate::metrics::{MAX_NAME_CHARS, MAX_POINTS};
use crate::non_finite;
use crate::read::{self, Json, Object};

/// Numbers that say where the others lie, or name something.
const NO_METRICS: &[&str] = &[
    "env_id",
    "env_idx",
    "epoch",
    "inner_epoch",
    "batch",
    "batch_idx",
    "episode",
    "episode_idx",
    "step",
    "kind",
    "slot_id",
    "slot",
    "seed_id",
    "seed",
    "rng_seed",
    "group_id",
    "_envelope",
    non_finite::KEY,
];
/// How deep numbers are looked for.
const MAX_DEPTH: usize = 4;

/// How a type's metrics are named.
struct Naming {
    /// What stands before each.
    prefix: &'static str,
    /// Whether the slot follows it.
    of_slot: bool,
    /// Whether the environment ends it.
    of_env: bool,
}

const fn naming(prefix: &'static str, of_slot: bool, of_env: bool) -> Naming {
    Naming {
        prefix,
        of_slot,
        of_env,
    }
}

fn naming_of(name: &str, data: &Object<'_>) -> Option<Naming> {
    Some(match name {
        "TRAINING_STARTED" | "CHECKPOINT_SAVED" | "TOPOLOGY_MANIFEST_RECORDED" => return None,
        "EPOCH_COMPLETED" => naming("epoch", false, true),
        "BATCH_EPOCH_COMPLETED" | "BATCH_COMPLETED" => naming("batch", false, false),
        "PPO_UPDATE_COMPLETED" => naming("ppo", false, false),
        "COUNTERFACTUAL_MATRIX_COMPUTED" => naming("counterfactual", false, true),
        "COUNTERFACTUAL_COMPUTED" => naming("counterfactual", true, true),
        "EPISODE_OUTCOME" => naming("episode", false, true),
        "PHASE_PROFILE_COMPLETED" => naming("phase", false, false),
        "ALLOCATOR_STATS" => naming("allocator", false, false),
        "REWARD_COMPUTED" => naming("reward", false, true),
        "MEMORY_WARNING" => naming("memory", false, false),
        "ANALYTICS_SNAPSHOT" => match data.get("kind").string().as_deref() {
            None => naming("performance", false, false),
            Some("batch_stats") => naming("stats", false, false),
            Some("shapley_computed") => naming("shapley", false, true),
            Some("action_distribution") => naming("actions", false, false),
            Some("last_action") => naming("action", false, true),
            Some("throughput") => naming("throughput", false, true),
            Some("reward_summary" | "mask_hit_rates" | "summary_table") => {
                naming("summary", false, false)
            }
            Some(_) => naming("analytics", false, true),
        },
        _ if name.starts_with("SEED_") => naming("seed", true, true),
        _ if super::alerts::is_alert(name) => naming("anomaly", false, true),
        _ => naming("other", false, true),
    })
}

/// The numbers of an event; `None` where it has none.
pub(super) fn fact(name: &str, data: &Object<'_>) -> Option<Fact> {
    let naming = naming_of(name, data)?;
    let env = fields::env(data).filter(|_| naming.of_env);
    let mut path = naming.prefix.to_owned();
    if naming.of_slot
        && let Some(slot) = fields::slot(data)
    {
        path.push('/');
        path.push_str(&slot);
    }
    let mut points = Points {
        suffix: env.map(|env| format!("/env{env}")).unwrap_or_default(),
        known: non_finite::of(data),
        found: Vec::new(),
    };
    for (key, value) in data.iter() {
        if NO_METRICS.contains(&key) {
            continue;
        }
        let depth = path.len();
        // A seed's numbers are named alike, whichever event tells them.
        let (prefix, key) = match (name, key) {
            ("EPOCH_COMPLETED", "seeds") => ("seed", ""),
            (_, "shapley_values" | "action_counts" | "summary" | "phases") => ("", ""),
            _ => ("", key),
        };
        let outer = (!prefix.is_empty()).then(|| std::mem::replace(&mut path, prefix.to_owned()));
        let pointer = format_pointer(&points.known, "", data, value, key);
        points.add(&mut path, key, value, &pointer, 0);
        match outer {
            Some(outer) => path = outer,
            None => path.truncate(depth),
        }
    }
    let points = points.found;
    let step = match name {
        "EPOCH_COMPLETED" | "TAMIYO_INITIATED" => None,
        _ => fields::number(data, &["episodes_completed", "step", "batch", "batch_idx"]),
    };
    (!points.is_empty()).then(|| {
        Fact::Metrics(Box::new(MetricsFact {
            step,
            epoch: fields::epoch(data).or_else(|| fields::number(data, &["inner_epoch", "epoch"])),
            points,
        }))
    })
}

/// The pointer of a field of the payload, made only where non-finite numbers are remembered.
fn format_pointer(
    known: &[(String, f64)],
    under: &str,
    of: &Object<'_>,
    value: Json<'_>,
    key: &str,
) -> String {
    if known.is_empty() {
        return String::new();
    }
    // The key as it was sent, where it is named otherwise.
    let same = |(_, own): &(&str, Json<'_>)| std::ptr::eq(own.as_str(), value.as_str());
    let sent = of.iter().find(same).map_or(key, |(sent, _)| sent);
    format!("{under}/{}", sent.replace('~', "~0").replace('/', "~1"))
}

struct Points {
    suffix: String,
    known: Vec<(String, f64)>,
    found: Vec<(String, f64)>,
}

impl Points {
    /// A value under its key: a number, or what holds numbers.
    fn add(&mut self, path: &mut String, key: &str, value: Json<'_>, pointer: &str, depth: usize) {
        if self.found.len() >= MAX_POINTS {
            return;
        }
        let before = path.len();
        if !key.is_empty() {
            path.push('/');
            path.push_str(key);
        }
        match value.as_str().bytes().next() {
            Some(b'-' | b'0'..=b'9') => self.push(path, value.number()),
            Some(b'n') if !self.known.is_empty() => {
                let found = self.known.iter().find(|(own, _)| own == pointer);
                let number = found.map(|(_, number)| *number);
                self.push(path, number);
            }
            Some(b'{') if depth < MAX_DEPTH => {
                let inner = value.object();
                for (key, value) in inner.iter().filter(|(key, _)| !key.is_empty()) {
                    let pointer = format_pointer(&self.known, pointer, &inner, value, key);
                    self.add(path, key, value, &pointer, depth + 1);
                }
            }
            Some(b'[') if depth < MAX_DEPTH => {
                for (index, value) in value.items().into_iter().take(MAX_POINTS).enumerate() {
                    // Arrays of anything else hold no series.
                    if matches!(
                        value.as_str().bytes().next(),
                        Some(b'-' | b'0'..=b'9' | b'n')
                    ) {
                        let at = format!("{pointer}/{index}");
                        self.add(path, &index.to_string(), value, &at, depth + 1);
                    }
                }
            }
            _ => {}
        }
        path.truncate(before);
    }

    fn push(&mut self, path: &str, number: Option<f64>) {
        if let Some(number) = number {
            let name = format!("{path}{}", self.suffix);
            self.found.push((read::cut(&name, MAX_NAME_CHARS), number));
        }
    }
}
