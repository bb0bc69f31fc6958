//! What an event of an orchestrator says, in the normal form. One file a panel; fields in every spelling that is known.

mod agent;
mod decision;
mod execution;
mod file;
mod skill;
mod validation;

use loopscope_event::{Duration, Event, Fact};

use super::names;
use crate::read::{Json, Object};

/// What an event says; nothing for names that the table does not have.
pub(crate) fn facts(event: &Event, data: &Object<'_>) -> Vec<Fact> {
    let Some((name, _)) = names::lookup(&event.name) else {
        return Vec::new();
    };
    let (area, what) = name.split_once(':').unwrap_or((name, ""));
    match area {
        "skill" => skill::skill(what, data),
        "wave" => skill::wave(what, data),
        "file" => file::facts(what, data),
        "decision" => decision::facts(what, event, data),
        "validation" => validation::facts(what, data),
        "agent" => agent::agent(what, data),
        "checkpoint" => agent::checkpoint(what, event, data),
        "execution" => execution::facts(what, data),
        "session" => vec![execution::created(data)],
        "producer" => vec![execution::left(data)],
        "error" if what == "occurred" => vec![Fact::Error(error(data))],
        _ => Vec::new(),
    }
}

/// A progress of 0 to 100, or of 0 to 1: what is written with a point and is not above 1 is a fraction of the whole.
fn percent(value: Json<'_>) -> Option<f64> {
    let number = value.number().filter(|number| number.is_finite())?;
    let is_fraction = number <= 1.0 && value.as_str().contains(['.', 'e', 'E']);
    let percent = if is_fraction { number * 100.0 } else { number };
    Some(percent.clamp(0.0, 100.0))
}

/// Seconds as `duration` or `duration_seconds`, milliseconds as `duration_ms`.
fn duration(data: &Object<'_>) -> Option<Duration> {
    let seconds = data
        .first(&["duration", "duration_seconds"], Json::number)
        .or_else(|| data.get("duration_ms").number().map(|millis| millis / 1e3))?;
    (0.0..1e10)
        .contains(&seconds)
        .then(|| Duration::from_secs_f64(seconds))
}

/// Why something went wrong, as a text or as an object with one.
fn why(data: &Object<'_>) -> Option<String> {
    let read = |value: Json<'_>| {
        let inner = || {
            let fields = ["message", "error", "type"];
            value.object().first(&fields, Json::text)
        };
        value.text().or_else(inner)
    };
    data.first(&["error", "message", "reason", "detail"], read)
}

fn error(data: &Object<'_>) -> String {
    why(data).unwrap_or_else(|| "no message".to_owned())
}
