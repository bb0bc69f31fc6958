//! An event's sentence for people: its producer's own, else the one that the contract has for its type.

use loopscope_event::Event;

use super::{fields, names, severity};
use crate::read::{Json, Object};

/// The sentence; `None` for an event that has none, or is of another dialect.
pub fn sentence(event: &Event) -> Option<String> {
    if !fields::is_ours(event) {
        return None;
    }
    let data = Object::read(event.data.as_str());
    let own = data.get("description").text();
    own.or_else(|| pattern(event, &data))
}

/// The contract's sentence for a type.
pub(super) fn pattern(event: &Event, data: &Object<'_>) -> Option<String> {
    let (name, _) = names::lookup(&event.name)?;
    let who = || fields::agent_name(data).unwrap_or_else(|| fields::agent_id(data));
    let verb = || match fields::success(event, data) {
        Some(false) => "failed",
        _ => "completed",
    };
    Some(match name {
        "agent_execution_started" | "agent_started" => match fields::task(data) {
            Some(task) => format!("Agent {} started: {task}", who()),
            None => format!("Agent {} started", who()),
        },
        "agent_execution_completed" | "agent_completed" => match fields::duration(data) {
            Some(spent) => {
                let millis = spent.as_micros() as f64 / 1e3;
                format!("Agent {} {} in {millis:.0}ms", who(), verb())
            }
            None => format!("Agent {} {}", who(), verb()),
        },
        "synthesis_completed" => match data.get("patterns_found").count() {
            Some(count) => format!("Synthesis completed: {count} patterns found"),
            None => "Synthesis completed".to_owned(),
        },
        "quality_score_updated" => {
            format!("Quality score: {:.1}%", data.get("overall_score").finite()?)
        }
        "error_occurred" => {
            let message = fields::error_message(data);
            let message = message.unwrap_or_else(|| "no message".to_owned());
            match fields::source(data) {
                source if source.is_empty() => format!("Error: {message}"),
                source => format!("Error in {source}: {message}"),
            }
        }
        "system_health_updated" => {
            let agents = data.get("active_agents").count().unwrap_or(0);
            let uptime = data.get("uptime_seconds").finite();
            let uptime = uptime.map(|seconds| format!(", {seconds:.0}s uptime"));
            format!(
                "System health: {agents} active agents{}",
                uptime.unwrap_or_default()
            )
        }
        "reputation_updated" | "reputation_update" => reputation(&who(), data)?,
        "task_outcome_recorded" => match data.first(&["task_id", "task"], Json::text) {
            Some(task) => format!("{} {} task {task}", who(), verb()),
            None => format!("{} {} a task", who(), verb()),
        },
        _ => return None,
    })
}

fn reputation(who: &str, data: &Object<'_>) -> Option<String> {
    let score = data.first(&["new_score", "score", "reputation"], Json::finite)? * 100.0;
    let mut about = Vec::new();
    if let Some(change) = severity::change(data) {
        about.push(format!("{:+.1}% change", change * 100.0));
    }
    about.extend(data.get("trend").word());
    let about = if about.is_empty() {
        String::new()
    } else {
        format!(" ({})", about.join(", "))
    };
    Some(format!("{who} reputation: {score:.1}%{about}"))
}
