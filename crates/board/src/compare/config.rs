//! Configurations, key by key. In: what runs sent as their configuration. Out: a row a key, and whether they differ.

use std::collections::{BTreeMap, BTreeSet};

use loopscope_protocol::ConfigRow;
use serde_json::Value;

use crate::Board;

/// The most keys that are told.
const MOST_KEYS: usize = 500;
/// The most characters of a value.
const MOST_CHARS: usize = 200;

type Keys = BTreeMap<String, String>;

/// The rows, those that differ first, and how many keys were left out.
pub(super) fn rows(boards: &[&Board]) -> (Vec<ConfigRow>, u64) {
    let configs: Vec<Keys> = boards.iter().map(|board| keys(board)).collect();
    let names: BTreeSet<&String> = configs.iter().flat_map(BTreeMap::keys).collect();
    let mut rows: Vec<ConfigRow> = names
        .into_iter()
        .map(|key| {
            row(
                key,
                configs
                    .iter()
                    .map(|config| config.get(key).cloned())
                    .collect(),
            )
        })
        .collect();
    rows.sort_by_key(|row| !row.differs);
    let left_out = rows.len().saturating_sub(MOST_KEYS) as u64;
    rows.truncate(MOST_KEYS);
    (rows, left_out)
}

fn row(key: &str, values: Vec<Option<String>>) -> ConfigRow {
    let same = |value: &Option<String>| values.iter().filter(|other| *other == value).count();
    let counts: Vec<usize> = values.iter().map(same).collect();
    let most = counts.iter().copied().max().unwrap_or(0);
    // The first of those that most runs have; where all differ, none is odd.
    let usual = counts.iter().position(|count| *count == most);
    let usual = usual
        .filter(|_| most > 1)
        .and_then(|place| values.get(place));
    ConfigRow {
        key: key.to_owned(),
        differs: most < values.len(),
        odd: values
            .iter()
            .map(|value| usual.is_some_and(|usual| usual != value))
            .collect(),
        values,
    }
}

/// What one run was configured with. A training run's own fields count where they are not in it already.
fn keys(board: &Board) -> Keys {
    let mut keys = Keys::new();
    let config = board.header().config.as_ref();
    if let Some(Ok(config)) = config.map(|config| serde_json::from_str::<Value>(config.as_str())) {
        flatten(String::new(), &config, &mut keys);
    }
    if let Ok(Value::Object(told)) = serde_json::to_value(board.training().config()) {
        for (key, value) in told.into_iter().filter(|(_, value)| !value.is_null()) {
            keys.entry(key).or_insert_with(|| text(&value));
        }
    }
    keys
}

/// Objects within objects become keys with dots; anything else is a value.
fn flatten(path: String, value: &Value, keys: &mut Keys) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, value) in fields {
                let path = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                flatten(path, value, keys);
            }
        }
        _ if path.is_empty() => {}
        _ => {
            keys.insert(path, text(value));
        }
    }
}

fn text(value: &Value) -> String {
    let whole = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    if whole.chars().count() <= MOST_CHARS {
        return whole;
    }
    whole.chars().take(MOST_CHARS - 1).chain(['…']).collect()
}
