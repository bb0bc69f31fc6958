//! Agents, and checkpoints.

use loopscope_event::{AgentFact, AgentState, CheckpointChange, CheckpointFact, Event, Fact};

use super::{duration, percent, why};
use crate::read::{Json, Object};

/// `agent:*`.
pub(super) fn agent(what: &str, data: &Object<'_>) -> Vec<Fact> {
    let Some(id) = data.first(&["agent_id", "id", "agent"], Json::id) else {
        return Vec::new();
    };
    let success = data.first(&["success", "status", "result"], Json::truth);
    let state = match what {
        "spawned" => AgentState::Active,
        "started" | "progress" => AgentState::Busy,
        "failed" => AgentState::Failed,
        "completed" if success == Some(false) => AgentState::Failed,
        "completed" => AgentState::Completed,
        _ => AgentState::Idle,
    };
    let tasks = ["skill_name", "skill", "task", "purpose", "message"];
    vec![Fact::Agent(Box::new(AgentFact {
        id,
        name: None,
        state,
        begins: false,
        role: data.first(&["role", "agent_type", "type"], Json::word),
        task: data.first(&tasks, Json::text),
        percent: data
            .get("progress")
            .number()
            .and_then(|_| percent(data.get("progress"))),
        duration: duration(data),
        quality: None,
        data_source: None,
        error: why(data).filter(|_| state == AgentState::Failed),
    }))]
}

/// `checkpoint:*`.
pub(super) fn checkpoint(what: &str, event: &Event, data: &Object<'_>) -> Vec<Fact> {
    let change = if what == "restored" {
        CheckpointChange::Restored
    } else {
        CheckpointChange::Created
    };
    vec![of(change, data, || event.event_id.as_str().to_owned())]
}

/// What a checkpoint's event says; `id` where it names none.
pub(super) fn of(change: CheckpointChange, data: &Object<'_>, id: impl FnOnce() -> String) -> Fact {
    let said = data.first(&["checkpoint_id", "id", "checkpoint"], Json::id);
    Fact::Checkpoint(Box::new(CheckpointFact {
        id: said.unwrap_or_else(id),
        change,
        label: data.first(&["label", "name"], Json::text),
        description: data.get("description").text(),
        skill: data.first(&["skill_name", "current_skill", "skill"], Json::word),
        files: data.first(&["files", "file_hashes"], |value| {
            value.size().or_else(|| {
                let count = value.object().iter().count() as u64;
                value.as_str().starts_with('{').then_some(count)
            })
        }),
        can_rollback: data.get("can_rollback").truth(),
        error: why(data).filter(|_| change == CheckpointChange::RestoreFailed),
    }))
}
