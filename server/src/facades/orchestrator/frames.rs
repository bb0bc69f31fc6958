//! Events as Socket.IO clients of this contract get them. In: an event of the journal. Out: names and payloads.
//!
//! An orchestrator's event goes on under its own name as `{timestamp, data, session_id}`. That a command was asked
//! for, by whomever and over whatever, becomes the contract's flat broadcasts (`execution:halted`, …): they say what
//! dashboards of this contract expect to hear at once, and are stored nowhere.

use loopscope_dialects::facts;
use loopscope_event::{CommandFact, CommandStep, Dialect, Event, Fact, RawJson};
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

/// `{timestamp, data, session_id}`, the payload byte for byte.
fn wrapped(event: &Event) -> String {
    let data = loopscope_dialects::sent(&event.data);
    let data = data.as_str();
    let session = Value::from(event.session_id.as_str());
    let mut text = format!(
        r#"{{"timestamp":"{}","data":{data},"session_id":{session}"#,
        event.timestamp
    );
    if BOTH_SHAPES.contains(&event.name.as_str())
        && let Ok(Value::Object(fields)) = serde_json::from_str(data)
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

/// The broadcasts of a command that was asked for.
fn of_command(event: &Event, command: &CommandFact) -> Vec<Emit> {
    let parameters = command.parameters.as_ref().map(RawJson::value);
    let parameter = |name: &str| {
        let found = parameters.as_ref().and_then(|value| value.get(name));
        found.cloned().unwrap_or(Value::Null)
    };
    let by = asked_by(event).or_else(|| command.by.clone());
    let flat = |fields: Value| {
        let mut all = Map::new();
        if let Value::Object(fields) = fields {
            all.extend(fields);
        }
        all.insert("session_id".to_owned(), json!(event.session_id));
        all.insert("timestamp".to_owned(), json!(event.timestamp));
        all.insert("command_id".to_owned(), json!(command.command_id));
        Value::Object(all)
    };
    let with_data = |fields: &Value| {
        let mut all = flat(fields.clone());
        all["data"] = fields.clone();
        all
    };
    let emits: Vec<(&str, Value)> = match command.kind.to_ascii_uppercase().as_str() {
        "HALT" => {
            let reason = command
                .reason
                .clone()
                .map_or_else(|| parameter("reason"), Value::from);
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
fn asked_by(event: &Event) -> Option<String> {
    let data: Value = event.data.value();
    let key = data.get("idempotency_key")?.as_str()?;
    let (sid, _) = key.strip_prefix(SID_KEY)?.rsplit_once(':')?;
    Some(sid.to_owned())
}

#[cfg(test)]
mod tests;
