//! A command as this program understands it. In: its type and parameters. Out: an [`Order`], or why it is none.

use serde_json::{Map, Value, json};

/// What the program obeys, as it declares it when it attaches.
pub fn declared() -> Value {
    json!([
        {"type": "HALT", "label": "Halt"},
        {"type": "RESUME", "label": "Resume"},
        {"type": "ROLLBACK", "label": "Roll back", "parameters": {"steps": 1}},
        {"type": "REDIRECT", "label": "Go on with another skill", "parameters": {"target_skill": ""}},
        {"type": "DECISION", "label": "Answer a question"},
        {"type": "INJECT", "label": "Add a skill",
         "parameters": {"skill_name": "", "parameters": {}, "position": "next"}},
        {"type": "CHECKPOINT", "label": "Take a checkpoint", "parameters": {"label": ""}},
        {"type": "APPROVE_FILE_CHANGE", "label": "Approve a file", "parameters": {"file_path": ""}},
        {"type": "REVERT_FILE_CHANGE", "label": "Revert a file", "parameters": {"file_path": ""}},
        {"type": "CANCEL", "label": "Give up the run"},
        {"type": "SET_PACE", "label": "Set the pace", "parameters": {"milliseconds": 1000}},
    ])
}

/// A command on its way to the engine: the program said that it has it.
#[derive(Debug, Clone)]
pub struct Ordered {
    /// The server's id, which the ledger knows it by.
    pub command_id: String,
    /// The session that it is for.
    pub session_id: String,
    /// Its type as sent.
    pub kind: String,
    /// Its parameters.
    pub parameters: Value,
    /// Who asked.
    pub by: String,
    /// Why.
    pub reason: Option<String>,
}

/// When an injected skill runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// After the one in hand.
    Next,
    /// After all.
    End,
    /// At this place of the plan, from 0.
    At(usize),
}

/// Where a rollback leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Back {
    /// So many checkpoints back.
    By(usize),
    /// To the checkpoint of this id, wherever it stands; it counts where both are given.
    To(String),
}

/// What a command asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Order {
    /// Stand still.
    Halt,
    /// Go on.
    Resume,
    /// Go back to a checkpoint.
    Rollback(Back),
    /// Go on with this skill.
    RedirectSkill(String),
    /// Begin the skill in hand again, on this file alone.
    RedirectPath(String),
    /// The answer to a question.
    Decision(String, Value),
    /// One more skill.
    Inject(String, Map<String, Value>, Place),
    /// Take a checkpoint, named so.
    Checkpoint(String),
    /// Take a file's change.
    Approve(String),
    /// Take a file's change back.
    Revert(String),
    /// Give up the run.
    Cancel,
    /// Rest so many milliseconds before each piece of work.
    SetPace(u64),
}

impl Order {
    /// Reads a command.
    pub fn read(ordered: &Ordered) -> Result<Self, String> {
        let parameters = &ordered.parameters;
        let text = |field: &str| {
            let text = parameters[field].as_str().map(str::trim);
            text.filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let needed = |field: &str| text(field).ok_or_else(|| format!("{field} is required"));
        Ok(match ordered.kind.to_ascii_uppercase().as_str() {
            "HALT" => Self::Halt,
            "RESUME" => Self::Resume,
            "ROLLBACK" => Self::Rollback(match (text("checkpoint_id"), &parameters["steps"]) {
                (Some(id), _) => Back::To(id),
                (None, Value::Null) => Back::By(1),
                (None, steps) => Back::By(
                    whole(steps)
                        .filter(|steps| *steps > 0)
                        .ok_or("steps must be a whole number of 1 or more")?,
                ),
            }),
            "REDIRECT" => match (text("target_skill"), text("target_path")) {
                (Some(skill), _) => Self::RedirectSkill(skill),
                (None, Some(path)) => Self::RedirectPath(path),
                (None, None) => return Err("target_skill or target_path is required".to_owned()),
            },
            "DECISION" => match (text("decision_id"), &parameters["choice"]) {
                (None, _) | (_, Value::Null) => {
                    return Err("decision_id and choice are required".to_owned());
                }
                (Some(id), choice) => Self::Decision(id, choice.clone()),
            },
            "INJECT" => {
                let own = parameters["parameters"].as_object();
                let place = match &parameters["position"] {
                    Value::Null => Place::Next,
                    Value::String(word) if word == "next" => Place::Next,
                    Value::String(word) if word == "end" => Place::End,
                    place => Place::At(whole(place).ok_or("position is next, end or a number")?),
                };
                Self::Inject(
                    needed("skill_name")?,
                    own.cloned().unwrap_or_default(),
                    place,
                )
            }
            "CHECKPOINT" => {
                let label = text("label").or_else(|| ordered.reason.clone());
                Self::Checkpoint(label.unwrap_or_else(|| "by command".to_owned()))
            }
            "APPROVE_FILE_CHANGE" => Self::Approve(needed("file_path")?),
            "REVERT_FILE_CHANGE" => Self::Revert(needed("file_path")?),
            "CANCEL" => Self::Cancel,
            "SET_PACE" => {
                let millis = parameters["milliseconds"].as_u64();
                let millis = millis.filter(|millis| *millis <= 60_000);
                Self::SetPace(millis.ok_or("milliseconds must be 0 to 60000")?)
            }
            other => return Err(format!("this program does not know {other}")),
        })
    }
}

fn whole(value: &Value) -> Option<usize> {
    usize::try_from(value.as_u64()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: &str, parameters: Value) -> Result<Order, String> {
        Order::read(&Ordered {
            command_id: "c".to_owned(),
            session_id: "s".to_owned(),
            kind: kind.to_owned(),
            parameters,
            by: "somebody".to_owned(),
            reason: Some("because".to_owned()),
        })
    }

    #[test]
    fn commands_are_read_with_their_defaults() {
        let text = |text: &str| text.to_owned();
        for (kind, parameters, order) in [
            ("halt", json!({}), Order::Halt),
            ("RESUME", Value::Null, Order::Resume),
            ("ROLLBACK", json!({}), Order::Rollback(Back::By(1))),
            (
                "ROLLBACK",
                json!({"steps": 3}),
                Order::Rollback(Back::By(3)),
            ),
            (
                "ROLLBACK",
                json!({"steps": 3, "checkpoint_id": "c1"}),
                Order::Rollback(Back::To("c1".to_owned())),
            ),
            (
                "REDIRECT",
                json!({"target_skill": "test", "target_path": "x"}),
                Order::RedirectSkill(text("test")),
            ),
            (
                "REDIRECT",
                json!({"target_path": "x"}),
                Order::RedirectPath(text("x")),
            ),
            (
                "DECISION",
                json!({"decision_id": "d", "choice": 0}),
                Order::Decision(text("d"), json!(0)),
            ),
            (
                "DECISION",
                json!({"decision_id": "d", "choice": false}),
                Order::Decision(text("d"), json!(false)),
            ),
            (
                "INJECT",
                json!({"skill_name": "audit"}),
                Order::Inject(text("audit"), Map::new(), Place::Next),
            ),
            (
                "INJECT",
                json!({"skill_name": "audit", "position": 4}),
                Order::Inject(text("audit"), Map::new(), Place::At(4)),
            ),
            ("CHECKPOINT", json!({}), Order::Checkpoint(text("because"))),
            ("Set_Pace", json!({"milliseconds": 0}), Order::SetPace(0)),
        ] {
            assert_eq!(
                read(kind, parameters.clone()),
                Ok(order),
                "{kind} {parameters}"
            );
        }
    }

    #[test]
    fn what_is_missing_or_no_command_is_told() {
        for (kind, parameters) in [
            ("ROLLBACK", json!({"steps": 0})),
            ("ROLLBACK", json!({"steps": "two"})),
            ("ROLLBACK", json!({"steps": -1})),
            ("REDIRECT", json!({"target_skill": "  "})),
            ("DECISION", json!({"decision_id": "d", "choice": null})),
            ("INJECT", json!({})),
            ("INJECT", json!({"skill_name": "audit", "position": "soon"})),
            ("SET_PACE", json!({"milliseconds": 1e9})),
            ("JUMP", json!({})),
        ] {
            assert!(
                read(kind, parameters.clone()).is_err(),
                "{kind} {parameters}"
            );
        }
    }

    #[test]
    fn everything_declared_is_understood_or_misses_a_parameter() {
        for kind in declared().as_array().unwrap() {
            let kind = kind["type"].as_str().unwrap();
            let known = !matches!(read(kind, json!({})), Err(why) if why.contains("does not know"));
            assert!(known, "{kind}");
        }
    }
}
