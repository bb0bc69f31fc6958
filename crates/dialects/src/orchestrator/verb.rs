//! What a command asks for: the known types, their parameters, defaults, and the contract's words for what is missing.

use loopscope_event::RawJson;

use super::refusal::CommandRefusal;
use crate::read::Json;

/// The reason of a HALT that gives none.
pub const HALT_REASON: &str = "Dashboard halt request";

/// Other spellings of parameters, which are not kept beside the right ones.
pub(super) const SYNONYMS: &[&str] = &["skill", "target", "id", "path", "file"];

/// What a command asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verb {
    /// Stand still.
    Halt {
        /// Why.
        reason: String,
    },
    /// Go on.
    Resume,
    /// Go back.
    Rollback {
        /// By how many steps, 1 or more.
        steps: u32,
    },
    /// Go on elsewhere.
    Redirect {
        /// With this skill.
        target_skill: Option<String>,
        /// Or at this path.
        target_path: Option<String>,
    },
    /// Answer a question.
    Decision {
        /// Which.
        decision_id: String,
        /// Any JSON but null.
        choice: RawJson,
    },
    /// Run one more skill.
    Inject {
        /// Which.
        skill_name: String,
        /// An object.
        parameters: RawJson,
        /// When.
        position: Position,
    },
    /// Tell the sender where the run stands.
    GetExecutionState,
    /// Tell the sender of the skills.
    GetSkillStatus {
        /// Of this one only.
        skill_id: Option<String>,
    },
    /// Take a file's change.
    ApproveFileChange {
        /// Which file.
        file_path: String,
    },
    /// Take a file's change back.
    RevertFileChange {
        /// Which file.
        file_path: String,
    },
    /// Stop there.
    SetBreakpoint {
        /// Where.
        location: String,
    },
    /// No longer stop there.
    RemoveBreakpoint {
        /// Where.
        location: String,
    },
    /// Do one step.
    StepOver,
    /// Take a checkpoint.
    Checkpoint,
    /// Give up what is being done.
    Cancel,
    /// Be more or less urgent.
    Priority {
        /// 1 (first) to 10.
        priority: u8,
    },
    /// A type that the program declared.
    Custom,
}

/// When an injected skill runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Position {
    /// After the one that runs.
    #[default]
    Next,
    /// After all.
    End,
    /// At this place, from 0.
    At(u64),
}

impl Position {
    /// As JSON: `"next"`, `"end"`, or the index.
    pub fn to_json(self) -> String {
        match self {
            Self::Next => "\"next\"".to_owned(),
            Self::End => "\"end\"".to_owned(),
            Self::At(index) => index.to_string(),
        }
    }
}

/// The known types.
pub const TYPES: &[&str] = &[
    "HALT",
    "RESUME",
    "ROLLBACK",
    "REDIRECT",
    "DECISION",
    "INJECT",
    "GET_EXECUTION_STATE",
    "GET_SKILL_STATUS",
    "APPROVE_FILE_CHANGE",
    "REVERT_FILE_CHANGE",
    "SET_BREAKPOINT",
    "REMOVE_BREAKPOINT",
    "STEP_OVER",
    "CHECKPOINT",
    "CANCEL",
    "PRIORITY",
];

/// The known type that this is, in whatever case.
pub(super) fn known(kind: &str) -> Option<&'static str> {
    TYPES
        .iter()
        .copied()
        .find(|known| known.eq_ignore_ascii_case(kind.trim()))
}

/// Names and JSON texts of the parameters that a type has.
type Canonical = Vec<(&'static str, String)>;

/// Reads the parameters of a known type.
pub(super) fn read(
    word: &str,
    fields: &[(&str, Json<'_>)],
    reason: Option<&str>,
) -> Result<(Verb, Canonical), CommandRefusal> {
    let fields = Fields(fields);
    Ok(match word {
        "HALT" => {
            let reason = reason.unwrap_or(HALT_REASON).to_owned();
            let text = quoted(&reason);
            (Verb::Halt { reason }, vec![("reason", text)])
        }
        "RESUME" => (Verb::Resume, vec![]),
        "ROLLBACK" => {
            let steps = fields.whole("steps", 1..=100_000, 1, "a whole number of 1 or more")?;
            let steps = u32::try_from(steps).unwrap_or(u32::MAX);
            (Verb::Rollback { steps }, vec![("steps", steps.to_string())])
        }
        "REDIRECT" => redirect(&fields)?,
        "DECISION" => decision(&fields)?,
        "INJECT" => inject(&fields)?,
        "GET_EXECUTION_STATE" => (Verb::GetExecutionState, vec![]),
        "GET_SKILL_STATUS" => {
            let skill_id = fields.get("skill_id").id();
            let canonical = skill_id.iter().map(|id| ("skill_id", quoted(id))).collect();
            (Verb::GetSkillStatus { skill_id }, canonical)
        }
        "APPROVE_FILE_CHANGE" | "REVERT_FILE_CHANGE" => {
            let file_path = fields.required("file_path", &["file_path", "path", "file"])?;
            let canonical = vec![("file_path", quoted(&file_path))];
            let verb = if word == "APPROVE_FILE_CHANGE" {
                Verb::ApproveFileChange { file_path }
            } else {
                Verb::RevertFileChange { file_path }
            };
            (verb, canonical)
        }
        "SET_BREAKPOINT" | "REMOVE_BREAKPOINT" => {
            let location = fields.required("location", &["location"])?;
            let canonical = vec![("location", quoted(&location))];
            let verb = if word == "SET_BREAKPOINT" {
                Verb::SetBreakpoint { location }
            } else {
                Verb::RemoveBreakpoint { location }
            };
            (verb, canonical)
        }
        "STEP_OVER" => (Verb::StepOver, vec![]),
        "CHECKPOINT" => (Verb::Checkpoint, vec![]),
        "CANCEL" => (Verb::Cancel, vec![]),
        "PRIORITY" => {
            let priority = fields.whole("priority", 1..=10, 5, "a whole number from 1 to 10")?;
            let priority = u8::try_from(priority).unwrap_or(5);
            let canonical = vec![("priority", priority.to_string())];
            (Verb::Priority { priority }, canonical)
        }
        _ => (Verb::Custom, vec![]),
    })
}

fn redirect(fields: &Fields<'_>) -> Result<(Verb, Canonical), CommandRefusal> {
    let target_skill = fields.first(&["target_skill", "target"]);
    let target_path = fields.first(&["target_path"]);
    if target_skill.is_none() && target_path.is_none() {
        let error = "target_skill or target_path is required";
        return Err(CommandRefusal::field("target_skill", error));
    }
    let mut canonical = Vec::new();
    canonical.extend(
        target_skill
            .iter()
            .map(|target| ("target_skill", quoted(target))),
    );
    canonical.extend(
        target_path
            .iter()
            .map(|target| ("target_path", quoted(target))),
    );
    let verb = Verb::Redirect {
        target_skill,
        target_path,
    };
    Ok((verb, canonical))
}

fn decision(fields: &Fields<'_>) -> Result<(Verb, Canonical), CommandRefusal> {
    let id = fields.first(&["decision_id", "id"]);
    let choice = fields.get("choice");
    let missing = || {
        let field = if id.is_none() {
            "decision_id"
        } else {
            "choice"
        };
        CommandRefusal::field(field, "decision_id and choice are required")
    };
    let decision_id = id.clone().ok_or_else(missing)?;
    if choice.as_str() == "null" {
        return Err(missing());
    }
    let canonical = vec![
        ("decision_id", quoted(&decision_id)),
        ("choice", choice.as_str().to_owned()),
    ];
    let choice = RawJson::from_trusted(choice.as_str());
    Ok((
        Verb::Decision {
            decision_id,
            choice,
        },
        canonical,
    ))
}

fn inject(fields: &Fields<'_>) -> Result<(Verb, Canonical), CommandRefusal> {
    let skill_name = fields.required("skill_name", &["skill_name", "skill"])?;
    let parameters = match fields.get("parameters").as_str() {
        "null" => "{}",
        text if text.starts_with('{') => text,
        _ => {
            let error = "parameters must be an object";
            return Err(CommandRefusal::field("parameters", error));
        }
    };
    let position = position(fields.get("position"))?;
    let canonical = vec![
        ("skill_name", quoted(&skill_name)),
        ("parameters", parameters.to_owned()),
        ("position", position.to_json()),
    ];
    let parameters = RawJson::from_trusted(parameters);
    Ok((
        Verb::Inject {
            skill_name,
            parameters,
            position,
        },
        canonical,
    ))
}

fn position(value: Json<'_>) -> Result<Position, CommandRefusal> {
    let word = value.string().map(|word| word.to_lowercase());
    match word.as_deref() {
        None if value.as_str() == "null" => Ok(Position::Next),
        Some("next") => Ok(Position::Next),
        Some("end") => Ok(Position::End),
        _ => value.count().map(Position::At).ok_or_else(|| {
            let error = "position must be \"next\", \"end\" or an index of 0 or more";
            CommandRefusal::field("position", error)
        }),
    }
}

struct Fields<'a>(&'a [(&'a str, Json<'a>)]);

impl<'a> Fields<'a> {
    fn get(&self, field: &str) -> Json<'a> {
        let found = self.0.iter().find(|(key, _)| *key == field);
        found.map_or(Json::of_text("null"), |(_, value)| *value)
    }

    /// The first that is a text of something or a number.
    fn first(&self, fields: &[&str]) -> Option<String> {
        fields.iter().find_map(|field| {
            let text = self.get(field).id()?;
            (!text.trim().is_empty()).then_some(text)
        })
    }

    fn required(&self, field: &'static str, fields: &[&str]) -> Result<String, CommandRefusal> {
        self.first(fields)
            .ok_or_else(|| CommandRefusal::field(field, &format!("{field} is required")))
    }

    fn whole(
        &self,
        field: &'static str,
        range: std::ops::RangeInclusive<u64>,
        default: u64,
        expected: &str,
    ) -> Result<u64, CommandRefusal> {
        let value = self.get(field);
        if value.as_str() == "null" {
            return Ok(default);
        }
        let whole = value.number().is_none_or(|number| number.fract() == 0.0);
        value
            .count()
            .filter(|count| whole && range.contains(count))
            .ok_or_else(|| CommandRefusal::field(field, &format!("{field} must be {expected}")))
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
