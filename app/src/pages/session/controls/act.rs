//! What can be asked of a program, and with which parameters. In: a board. Out: acts; a filled form's command.

use loopscope_board::Board;
use loopscope_event::{DeclaredCommand, Dialect, RawJson};
use loopscope_protocol::{NewCommand, SessionStatus};
use serde_json::{Map, Value};

use crate::ui::title_word;

/// What its form asks for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Form {
    /// Nothing but a reason.
    Plain,
    /// How many steps back.
    Rollback,
    /// A skill or a path.
    Redirect,
    /// A skill, its parameters, its place.
    Inject,
    /// The program's own parameters, as it declared them.
    Free(Option<String>),
}

/// Something that can be asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Act {
    /// The command's type, as it is sent.
    pub kind: String,
    /// The verb for people.
    pub label: String,
    /// What its form asks for.
    pub form: Form,
}

/// An act with what is already known of it: the dialog's subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    pub act: Act,
    /// Parameters that stand already, and the words for them.
    pub preset: Option<(Value, String)>,
    /// How many steps back, to begin with.
    pub steps: u64,
}

/// Types that have a place of their own on the page, or that nobody presses a button for.
const ELSEWHERE: [&str; 9] = [
    "DECISION",
    "APPROVE_FILE_CHANGE",
    "REVERT_FILE_CHANGE",
    "GET_EXECUTION_STATE",
    "GET_SKILL_STATUS",
    "SET_BREAKPOINT",
    "REMOVE_BREAKPOINT",
    "PRIORITY",
    "CANCEL",
];

/// What the session's program takes: what it declared, else what its dialect knows. Nothing once the run is over; of
/// halting and going on, the one that changes something.
pub(super) fn acts(board: &Board) -> Vec<Act> {
    if board.status().is_ended() {
        return Vec::new();
    }
    let declared = board.commands().attached();
    let declared = declared.map_or(&[][..], |runner| &runner.commands);
    let mut acts: Vec<Act> = if declared.is_empty() {
        let known: &[&str] = match board.header().dialect {
            Dialect::Orchestrator => &["HALT", "RESUME", "ROLLBACK", "REDIRECT", "INJECT"],
            Dialect::Convergence => &["HALT", "RESUME"],
            _ if board.commands().attached().is_some() => &["HALT", "RESUME"],
            _ => &[],
        };
        known.iter().map(|kind| Act::of(kind, None)).collect()
    } else {
        declared.iter().filter_map(Act::declared).collect()
    };
    let halted = board.status() == SessionStatus::Halted;
    let idle = if halted { "HALT" } else { "RESUME" };
    acts.retain(|act| act.kind.to_uppercase() != idle);
    acts
}

impl Act {
    /// A known type, or one that needs nothing but its name.
    pub(crate) fn of(kind: &str, label: Option<&str>) -> Self {
        let (known, form) = match kind.to_uppercase().as_str() {
            "HALT" => ("Halt", Form::Plain),
            "RESUME" => ("Resume", Form::Plain),
            "ROLLBACK" => ("Roll back", Form::Rollback),
            "REDIRECT" => ("Redirect", Form::Redirect),
            "INJECT" => ("Inject", Form::Inject),
            "APPROVE_FILE_CHANGE" => ("Approve", Form::Plain),
            "REVERT_FILE_CHANGE" => ("Revert", Form::Plain),
            _ => ("", Form::Free(None)),
        };
        let word = || match known {
            "" => title_word(kind),
            known => known.to_owned(),
        };
        Self {
            kind: kind.to_owned(),
            label: label.map_or_else(word, str::to_owned),
            form,
        }
    }

    /// Whether it halts the run: the one act that is also offered while an earlier moment is shown.
    pub(super) fn halts(&self) -> bool {
        self.kind.eq_ignore_ascii_case("HALT")
    }

    fn declared(command: &DeclaredCommand) -> Option<Self> {
        let kind = command.kind.to_uppercase();
        if ELSEWHERE.contains(&kind.as_str()) {
            return None;
        }
        let mut act = Self::of(&command.kind, command.label.as_deref());
        if let Form::Free(sample) = &mut act.form {
            *sample = command
                .parameters
                .as_ref()
                .map(|json| json.as_str().to_owned());
        }
        Some(act)
    }

    /// On the button: dots where more is asked for first.
    pub(super) fn button(&self) -> String {
        format!("{}{}", self.label, self.dots())
    }

    /// Dots where more is asked for first.
    pub(super) fn dots(&self) -> &'static str {
        match self.form {
            Form::Plain | Form::Free(None) => "",
            _ => "…",
        }
    }

    pub(super) fn icon(&self) -> &'static str {
        match self.kind.to_uppercase().as_str() {
            "HALT" => "stop",
            "RESUME" => "running",
            "ROLLBACK" | "REVERT_FILE_CHANGE" => "rollback",
            "REDIRECT" => "redirect",
            "INJECT" => "inject",
            "APPROVE_FILE_CHANGE" => "success",
            _ => "send",
        }
    }

    pub(super) fn is_red(&self) -> bool {
        self.halts()
    }

    /// Whether something would be lost.
    pub(super) fn is_risky(&self) -> bool {
        matches!(self.form, Form::Rollback) || self.kind.eq_ignore_ascii_case("REVERT_FILE_CHANGE")
    }

    /// What it does, and what stays safe.
    pub(super) fn explains(&self) -> &'static str {
        match self.kind.to_uppercase().as_str() {
            "HALT" => "Asks the program to pause. It keeps its state and continues when resumed.",
            "RESUME" => "Asks the program to continue from where it paused.",
            "ROLLBACK" => {
                "The program goes back to an earlier checkpoint. What happened since then stays in the history here."
            }
            "REDIRECT" => "The program continues with another skill or at another path.",
            "INJECT" => "The program runs an additional skill.",
            "APPROVE_FILE_CHANGE" => "Tells the program that the change is approved.",
            "REVERT_FILE_CHANGE" => {
                "The program reverts the change. The diff stays in the history here."
            }
            _ => "A custom command that the program declared.",
        }
    }
}

impl Asked {
    pub(crate) const fn new(act: Act) -> Self {
        Self {
            act,
            preset: None,
            steps: 1,
        }
    }

    /// An act whose parameters are known.
    pub(crate) fn preset(kind: &str, parameters: Value, words: String) -> Self {
        Self {
            preset: Some((parameters, words)),
            ..Self::new(Act::of(kind, None))
        }
    }

    /// The command that a filled form means, or what is wrong with it. `field` gives what a field holds.
    pub(super) fn command(&self, field: impl Fn(&str) -> String) -> Result<NewCommand, String> {
        let text = |name: &str| {
            let text = field(name).trim().to_owned();
            (!text.is_empty()).then_some(text)
        };
        let mut parameters = match &self.preset {
            Some((Value::Object(preset), _)) => preset.clone(),
            _ => Map::new(),
        };
        let mut put = |name: &str, value: Value| {
            parameters.insert(name.to_owned(), value);
        };
        match &self.act.form {
            _ if self.preset.is_some() => {}
            Form::Plain => {}
            Form::Rollback => {
                let steps = text("steps").unwrap_or_else(|| "1".to_owned());
                let steps: u32 = steps
                    .parse()
                    .map_err(|_| "Steps must be a whole number.".to_owned())?;
                put("steps", steps.into());
            }
            Form::Redirect => {
                let (skill, path) = (text("target_skill"), text("target_path"));
                if skill.is_none() && path.is_none() {
                    return Err("Name a skill or a path.".to_owned());
                }
                if let Some(skill) = skill {
                    put("target_skill", skill.into());
                }
                if let Some(path) = path {
                    put("target_path", path.into());
                }
            }
            Form::Inject => {
                let name = text("skill_name").ok_or_else(|| "Name the skill.".to_owned())?;
                put("skill_name", name.into());
                put(
                    "position",
                    text("position").unwrap_or_else(|| "next".to_owned()).into(),
                );
                put("parameters", object(text("parameters"))?.into());
            }
            Form::Free(_) => parameters = object(text("parameters"))?,
        }
        Ok(NewCommand {
            kind: self.act.kind.clone(),
            parameters: Some(RawJson::from_trusted(Value::Object(parameters).to_string())),
            reason: text("reason"),
            idempotency_key: None,
            expires_in_seconds: None,
        })
    }
}

fn object(text: Option<String>) -> Result<Map<String, Value>, String> {
    let Some(text) = text else {
        return Ok(Map::new());
    };
    match serde_json::from_str(&text) {
        Ok(Value::Object(object)) => Ok(object),
        _ => Err("The parameters must be a JSON object.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(kind: &str, fields: &[(&str, &str)]) -> Result<String, String> {
        let asked = Asked::new(Act::of(kind, None));
        let field = |name: &str| {
            let found = fields.iter().find(|(own, _)| *own == name);
            found
                .map(|(_, value)| (*value).to_owned())
                .unwrap_or_default()
        };
        let command = asked.command(field)?;
        Ok(command.parameters.unwrap().as_str().to_owned())
    }

    #[test]
    fn forms_become_parameters_or_say_what_is_missing() {
        for (kind, fields, expected) in [
            ("HALT", &[][..], Ok("{}")),
            ("ROLLBACK", &[("steps", " 2 ")], Ok(r#"{"steps":2}"#)),
            (
                "rollback",
                &[("steps", "two")],
                Err("Steps must be a whole number."),
            ),
            (
                "REDIRECT",
                &[("target_path", "src/a")],
                Ok(r#"{"target_path":"src/a"}"#),
            ),
            (
                "REDIRECT",
                &[("target_skill", "  ")],
                Err("Name a skill or a path."),
            ),
            ("INJECT", &[], Err("Name the skill.")),
            (
                "INJECT",
                &[("skill_name", "lint"), ("parameters", "[1]")],
                Err("The parameters must be a JSON object."),
            ),
            (
                "snapshot",
                &[("parameters", r#"{"a":1}"#)],
                Ok(r#"{"a":1}"#),
            ),
        ] {
            let expected = expected.map(str::to_owned).map_err(str::to_owned);
            assert_eq!(filled(kind, fields), expected, "{kind} {fields:?}");
        }
        let inject = filled("INJECT", &[("skill_name", "lint"), ("position", "end")]).unwrap();
        let inject: Value = serde_json::from_str(&inject).unwrap();
        assert_eq!(inject["position"], "end");
        assert_eq!(inject["parameters"], Value::Object(Map::new()));
    }

    #[test]
    fn a_program_names_its_own_commands() {
        let declared = |json: &str| Act::declared(&serde_json::from_str(json).unwrap());
        let act = declared(r#"{"type":"take_snapshot"}"#).unwrap();
        assert_eq!(
            (act.button().as_str(), act.icon()),
            ("Take snapshot", "send")
        );
        let act = declared(r#"{"type":"tune","label":"Tune","parameters":{"rate":0.1}}"#).unwrap();
        assert_eq!(act.button(), "Tune…");
        assert_eq!(declared(r#"{"type":"decision"}"#), None);
    }
}
