//! The immediate answer to a command that was taken, as the contract words it.
//!
//! In: a command that passed the check. Out: the fields of `command:result` beside `success`, `timestamp` and
//! `command_type`. It says that the command was taken, in the words that dashboards know; what the program made of it
//! is another event.

use loopscope_event::RawJson;

use super::command::ParsedCommand;
use super::verb::Verb;
use crate::read;

/// `message`, and what the contract lists for the type: `steps`, `target`, `decision_id` and `choice`, `skill_name`
/// and `position`.
pub fn success(command: &ParsedCommand) -> RawJson {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let mut fields: Vec<(&str, String)> = Vec::with_capacity(3);
    let message = match &command.verb {
        Verb::Halt { .. } => "Execution halted successfully".to_owned(),
        Verb::Resume => "Execution resumed successfully".to_owned(),
        Verb::Rollback { steps } => {
            fields.push(("steps", steps.to_string()));
            format!("Rollback of {steps} steps requested")
        }
        Verb::Redirect {
            target_skill,
            target_path,
        } => {
            let target = target_skill.as_ref().or(target_path.as_ref());
            let target = target.map(String::as_str).unwrap_or_default();
            fields.push(("target", quoted(target)));
            format!("Redirect to {} requested", read::cut(target, 200))
        }
        Verb::Decision {
            decision_id,
            choice,
        } => {
            fields.push(("decision_id", quoted(decision_id)));
            fields.push(("choice", choice.as_str().to_owned()));
            "Decision recorded".to_owned()
        }
        Verb::Inject {
            skill_name,
            position,
            ..
        } => {
            fields.push(("skill_name", quoted(skill_name)));
            fields.push(("position", position.to_json()));
            format!("Skill {} injected", read::cut(skill_name, 200))
        }
        _ => format!("{} taken", command.kind),
    };
    fields.insert(0, ("message", quoted(&message)));
    read::object_of(fields.iter().map(|(key, text)| (*key, text.as_str())))
}
