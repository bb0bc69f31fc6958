//! How much an orchestrator's event matters: where it says so, else by its name and how it ended.

use loopscope_event::Severity;

use super::names;
use crate::read::{Json, Object};

pub(super) fn severity(name: &str, data: &Object<'_>) -> Option<Severity> {
    let said = || data.first(&["severity", "level"], Json::severity);
    let failed =
        || data.first(&["success", "passed", "status", "result"], Json::truth) == Some(false);
    let Some((name, _)) = names::lookup(name) else {
        return said();
    };
    Some(match name {
        "skill:failed" | "wave:failed" | "execution:failed" | "execution:rollback_failed" => {
            Severity::High
        }
        "error:occurred" => said().unwrap_or(Severity::High),
        "validation:failed" | "agent:failed" | "execution:halted" | "execution:paused" => {
            Severity::Medium
        }
        "execution:completed" | "skill:completed" if failed() => Severity::High,
        "validation:result" | "validation:completed" | "agent:completed" | "command:result"
            if failed() =>
        {
            Severity::Medium
        }
        "decision:point" | "decision:required" => match data.get("priority").severity() {
            Some(Severity::Critical) => Severity::Critical,
            Some(Severity::High) => Severity::High,
            _ => Severity::Medium,
        },
        _ => Severity::Info,
    })
}
