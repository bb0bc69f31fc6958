//! The run itself: begun, how far, halted, resumed, rolled back, over.

use loopscope_event::{CheckpointChange, Fact, Outcome, ProgressFact, RawJson, SessionInfo};

use super::{agent, error, percent, why};
use crate::read::{Json, Object};

pub(super) fn facts(what: &str, data: &Object<'_>) -> Vec<Fact> {
    match what {
        "started" => vec![
            Fact::SessionStarted(info(data)),
            Fact::State("RUNNING".to_owned()),
            progress(data),
        ],
        "progress" => vec![progress(data)],
        "halted" | "paused" => vec![Fact::Halted(data.first(&["reason", "message"], Json::text))],
        "resumed" => vec![Fact::Resumed],
        "completed" if data.get("success").truth() != Some(false) => {
            vec![Fact::SessionEnded(Some(Outcome::Completed)), progress(data)]
        }
        "completed" => {
            let mut facts = vec![Fact::SessionEnded(Some(Outcome::Failed)), progress(data)];
            facts.extend(why(data).map(Fact::Error));
            facts
        }
        "failed" => vec![
            Fact::SessionEnded(Some(Outcome::Failed)),
            Fact::Error(error(data)),
            progress(data),
        ],
        "rollback_started" => vec![agent::of(CheckpointChange::Restoring, data, String::new)],
        "rollback_completed" => vec![agent::of(CheckpointChange::Restored, data, String::new)],
        "rollback_failed" => vec![
            agent::of(CheckpointChange::RestoreFailed, data, String::new),
            Fact::Error(error(data)),
        ],
        _ => Vec::new(),
    }
}

/// `session:created`: what the run will be of; it has not begun.
pub(super) fn created(data: &Object<'_>) -> Fact {
    let metadata = data.get("metadata").object();
    Fact::SessionStarted(if metadata.is_empty() {
        info(data)
    } else {
        info(&metadata)
    })
}

/// `producer:disconnected`: the program goes, and says no more of how the run ended than it has.
pub(super) fn left(data: &Object<'_>) -> Fact {
    let reason = data.first(&["reason", "message"], Json::text);
    Fact::SourceLost(Some(reason.unwrap_or_else(|| "disconnected".to_owned())))
}

fn info(data: &Object<'_>) -> SessionInfo {
    let target = ["target", "project_path", "project", "working_directory"];
    let config = data.get("config");
    SessionInfo {
        name: data.first(&["task", "task_name", "name"], Json::text),
        target: data.first(&target, Json::text),
        config: (!config.object().is_empty()).then(|| RawJson::from_trusted(config.as_str())),
        ..SessionInfo::default()
    }
}

fn progress(data: &Object<'_>) -> Fact {
    Fact::Progress(Box::new(ProgressFact {
        percent: data.first(&["progress", "percent"], percent),
        message: data.get("message").text(),
        steps_total: data.get("steps_total").count(),
        steps_completed: data.get("steps_completed").count(),
    }))
}
