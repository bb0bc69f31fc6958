//! Events as Socket.IO clients of this contract get them. In: an event of the journal. Out: names and payloads.
//!
//! An orchestrator's event goes on under its own name as `{timestamp, data, session_id}`, both as they were sent. That a command was asked
//! for, by whomever and over whatever, becomes the contract's flat broadcasts (`execution:halted`, …): they say what
//! dashboards of this contract expect to hear at once, and are stored nowhere.

use loopscope_dialects::facts;
use loopscope_dialects::orchestrator::as_sent;
use loopscope_event::{
    CommandFact, CommandStep, Dialect, Event, Fact, RawJson, SessionId, Timestamp,
};
use serde_json::{Map, Value, json};

use super::SID_KEY;
use super::outlet::Emit;

/// Names that exist flat and wrapped: their fields stand in `data` and beside it.
const BOTH_SHAPES: [&str; 3] = ["execution:halted", "execution:resumed", "decision:made"];

/// The event by which a session is made before its program says anything.
pub(super) const CREATED: &str = "session:created";

/// What an event is to clients that may see it.
pub(super) fn of_event(event: &Event) -> Vec<Emit> {
    match event.dialect {
        Dialect::Orchestrator => of_program(event),
        Dialect::Loopscope if event.name == "command:queued" => {
            let command = facts(event).into_iter().find_map(|fact| match fact {
                Fact::Command(command) if command.step == CommandStep::Queued => Some(command),
                _ => None,
            });
            command.map_or_else(Vec::new, |command| of_command(event, &command))
        }
        _ => Vec::new(),
    }
}

fn of_program(event: &Event) -> Vec<Emit> {
    let mut frames = Vec::with_capacity(1);
    if event.seq.0 == 1 {
        let payload = json!({"session_id": event.session_id, "timestamp": event.timestamp});
        frames.push(Emit::new(CREATED, &payload));
        if event.name == CREATED {
            return frames;
        }
    }
    frames.push(Emit {
        name: event.name.as_str().into(),
        payload: RawJson::from_trusted(wrapped(event)),
    });
    frames
}

/// `{timestamp, data, session_id}`, time and payload as they were sent.
fn wrapped(event: &Event) -> String {
    let sent = as_sent(event);
    let session = Value::from(event.session_id.as_str());
    let mut text = format!(
        r#"{{"timestamp":{},"data":{},"session_id":{session}"#,
        sent.timestamp, sent.data
    );
    let flat = sent.flat.as_deref().unwrap_or(&sent.data);
    if BOTH_SHAPES.contains(&event.name.as_str())
        && let Ok(Value::Object(fields)) = serde_json::from_str(flat)
    {
        for (key, value) in fields {
            if !matches!(key.as_str(), "timestamp" | "data" | "session_id") {
                text.push(',');
                text.push_str(&Value::from(key).to_string());
                text.push(':');
                text.push_str(&value.to_string());
            }
        }
    }
    text.push('}');
    text
}

/// A command as dashboards are told of it.
pub(super) struct Order<'a> {
    pub kind: &'a str,
    pub parameters: Value,
    pub reason: Option<String>,
    pub by: Option<String>,
    /// The session that was meant; none where nobody was named.
    pub session: Option<&'a SessionId>,
    pub at: Timestamp,
    pub command_id: Option<&'a str>,
}

/// The broadcasts of a command that was asked for. One that was asked of all at once is told by whoever took it.
fn of_command(event: &Event, command: &CommandFact) -> Vec<Emit> {
    let stored = event.data.value();
    if stored.get("to_all").and_then(Value::as_bool) == Some(true) {
        return Vec::new();
    }
    let parameters = command.parameters.as_ref().map(RawJson::value);
    of_order(&Order {
        kind: &command.kind,
        parameters: parameters.unwrap_or_default(),
        reason: command.reason.clone(),
        by: asked_by(&stored).or_else(|| command.by.clone()),
        session: Some(&event.session_id),
        at: event.timestamp,
        command_id: Some(&command.command_id),
    })
}

/// The same of one that is not in a session's record.
pub(super) fn of_order(order: &Order<'_>) -> Vec<Emit> {
    let parameter = |name: &str| order.parameters.get(name).cloned().unwrap_or_default();
    let by = &order.by;
    let flat = |fields: Value| {
        let mut all = Map::new();
        if let Value::Object(fields) = fields {
            all.extend(fields);
        }
        all.insert("session_id".to_owned(), json!(order.session));
        all.insert("timestamp".to_owned(), json!(order.at));
        if let Some(id) = order.command_id {
            all.insert("command_id".to_owned(), json!(id));
        }
        Value::Object(all)
    };
    let with_data = |fields: &Value| {
        let mut all = flat(fields.clone());
        all["data"] = fields.clone();
        all
    };
    let emits: Vec<(&str, Value)> = match order.kind.trim().to_ascii_uppercase().as_str() {
        "HALT" => {
            let reason = order.reason.clone();
            let reason = reason.map_or_else(|| parameter("reason"), Value::from);
            let fields = json!({"reason": reason, "initiated_by": by});
            vec![
                ("execution:halted", with_data(&fields)),
                ("execution_paused", flat(fields)),
            ]
        }
        "RESUME" => {
            let fields = json!({"initiated_by": by});
            vec![
                ("execution:resumed", with_data(&fields)),
                ("execution_resumed", flat(fields)),
            ]
        }
        "ROLLBACK" => vec![(
            "execution:rollback",
            flat(json!({"steps": parameter("steps"), "initiated_by": by})),
        )],
        "REDIRECT" => vec![(
            "execution:redirect",
            flat(json!({
                "target_skill": parameter("target_skill"),
                "target_path": parameter("target_path"),
                "initiated_by": by,
            })),
        )],
        "DECISION" => {
            let fields = json!({
                "decision_id": parameter("decision_id"),
                "choice": parameter("choice"),
                "made_by": by,
            });
            vec![("decision:made", with_data(&fields))]
        }
        "INJECT" => vec![(
            "skill:injected",
            flat(json!({
                "skill_name": parameter("skill_name"),
                "parameters": parameter("parameters"),
                "position": parameter("position"),
                "injected_by": by,
            })),
        )],
        "APPROVE_FILE_CHANGE" => vec![(
            "file_approved",
            flat(json!({"file_path": parameter("file_path")})),
        )],
        "REVERT_FILE_CHANGE" => vec![(
            "file_reverted",
            flat(json!({"file_path": parameter("file_path")})),
        )],
        _ => Vec::new(),
    };
    let emits = emits.into_iter();
    emits
        .map(|(name, payload)| Emit::new(name, &payload))
        .collect()
}

/// The Socket.IO id behind a command that came over this facade.
fn asked_by(stored: &Value) -> Option<String> {
    let key = stored.get("idempotency_key")?.as_str()?;
    let (sid, _) = key.strip_prefix(SID_KEY)?.rsplit_once(':')?;
    Some(sid.to_owned())
}

#[cfg(test)]
mod tests;
