//! Commands to a program: what one says, checked in one place for REST, WebSocket and Socket.IO.
//!
//! In: a command as sent, flat (`{"type":"ROLLBACK","steps":2}`) or with its fields under `params`, or a type with its
//! parameters. Out: a [`ParsedCommand`] with defaults filled in, or a [`CommandRefusal`] in the contract's words.
//! Types match in any letter case and keep their spelling. `null` is as good as missing; 0, `false` and `""` are choices.

use loopscope_event::RawJson;

use super::refusal::CommandRefusal;
use super::verb::{self, Verb};
use crate::json::{self, NonFinite};
use crate::read::{self, Json, Object};

/// The largest set of parameters, in bytes as written.
pub const MAX_PARAMETER_BYTES: usize = 64 * 1024;
/// The longest reason, in bytes.
pub const MAX_REASON_BYTES: usize = 4 * 1024;
/// The longest type, in bytes.
pub const MAX_TYPE_BYTES: usize = 64;
/// The deepest nesting.
const MAX_DEPTH: usize = 64;

/// Fields of a command as sent that are about the command and no parameters of it.
const ABOUT: &[&str] = &[
    "type",
    "params",
    "session_id",
    "project",
    "reason",
    "idempotency_key",
    "command_id",
    "expires_in_seconds",
];

/// What a check needs to know beside the command.
#[derive(Debug, Clone, Copy, Default)]
pub struct CommandContext<'a> {
    /// The session of a command that names none: the sender's.
    pub session_id: Option<&'a str>,
    /// Types that the session's program declares beside the known ones.
    pub declared: &'a [String],
}

/// A command that can be queued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedCommand {
    /// Its type, as sent.
    pub kind: String,
    /// What it asks for.
    pub verb: Verb,
    /// The session it names, else the sender's; `None`: all.
    pub session_id: Option<String>,
    /// Its parameters, defaults filled in; those that are not known are kept.
    pub parameters: RawJson,
    /// Why, in the sender's words.
    pub reason: Option<String>,
    /// The sender's own key.
    pub idempotency_key: Option<String>,
}

/// Checks a command as sent on Socket.IO: an object with its `type`, and fields flat, under `params`, or both.
pub fn parse_command(
    text: &str,
    ctx: &CommandContext<'_>,
) -> Result<ParsedCommand, CommandRefusal> {
    let clean = json::clean(text.as_bytes(), NonFinite::Null).map_err(|_| no_object())?;
    let text = clean.text.trim();
    if !text.starts_with('{') {
        return Err(no_object());
    }
    if clean.measure.depth > MAX_DEPTH {
        return Err(CommandRefusal::limit(
            None,
            "nesting",
            clean.measure.depth,
            MAX_DEPTH,
        ));
    }
    let command: Object<'_> = serde_json::from_str(text).map_err(|_| no_object())?;
    let kind = command
        .get("type")
        .string()
        .filter(|kind| !kind.trim().is_empty());
    let kind = kind.ok_or_else(CommandRefusal::no_type)?.into_owned();
    let nested = nested(&kind, &command);
    let mut fields = without(&command, ABOUT);
    for (key, value) in nested.iter() {
        let flat = fields
            .iter()
            .any(|(own, value)| *own == key && value.as_str() != "null");
        let is_own = key == "parameters" && is_nest(&kind, &command);
        if !(flat || is_own || ABOUT.contains(&key)) {
            fields.retain(|(own, _)| *own != key);
            fields.push((key, value));
        }
    }
    if is_nest(&kind, &command) {
        fields.retain(|(key, value)| {
            *key != "parameters" || !std::ptr::eq(value.as_str(), command.get(key).as_str())
        });
        let inner = nested.get("parameters");
        if inner.as_str() != "null" {
            fields.push(("parameters", inner));
        }
    }
    if !kind.eq_ignore_ascii_case("INJECT") {
        // Nothing was put under it.
        fields.retain(|(key, value)| {
            *key != "parameters" || !value.object().is_empty() || !value.as_str().starts_with('{')
        });
    }
    let text_of = |field: &str| {
        let value = command.get(field);
        if value.as_str() == "null" {
            nested.get(field)
        } else {
            value
        }
    };
    let session = text_of("session_id").id();
    check(
        &kind,
        &fields,
        Rest {
            session_id: session.or_else(|| ctx.session_id.map(str::to_owned)),
            reason: text_of("reason"),
            idempotency_key: text_of("idempotency_key").id(),
        },
        ctx,
    )
}

/// Checks a command whose parameters stand in an object of their own: REST and our own WebSocket.
pub fn check_command(
    kind: &str,
    parameters: Option<&RawJson>,
    reason: Option<&str>,
    ctx: &CommandContext<'_>,
) -> Result<ParsedCommand, CommandRefusal> {
    if kind.trim().is_empty() {
        return Err(CommandRefusal::no_type());
    }
    let text = parameters.map_or("{}", RawJson::as_str).trim();
    let text = if text == "null" { "{}" } else { text };
    if !text.starts_with('{') {
        return Err(
            CommandRefusal::field("parameters", "parameters must be an object").of_type(kind),
        );
    }
    let depth = json::measure(text).depth;
    if depth > MAX_DEPTH {
        return Err(
            CommandRefusal::limit(Some("parameters"), "nesting", depth, MAX_DEPTH).of_type(kind),
        );
    }
    let object = Object::read(text);
    let reason = reason.map(|reason| serde_json::Value::from(reason).to_string());
    let own = object.get("reason");
    check(
        kind,
        &without(&object, &["type", "reason"]),
        Rest {
            session_id: ctx.session_id.map(str::to_owned),
            reason: reason.as_deref().map_or(own, Json::of_text),
            idempotency_key: None,
        },
        ctx,
    )
}

/// What is said of a command beside its parameters.
struct Rest<'a> {
    session_id: Option<String>,
    reason: Json<'a>,
    idempotency_key: Option<String>,
}

fn check(
    kind: &str,
    fields: &[(&str, Json<'_>)],
    rest: Rest<'_>,
    ctx: &CommandContext<'_>,
) -> Result<ParsedCommand, CommandRefusal> {
    let of_type = |refusal: CommandRefusal| refusal.of_type(kind);
    let reason = reason(rest.reason).map_err(of_type)?;
    let bytes: usize = fields
        .iter()
        .map(|(key, value)| key.len() + value.as_str().len() + 4)
        .sum();
    if bytes > MAX_PARAMETER_BYTES {
        let field = Some("parameters");
        return Err(of_type(CommandRefusal::limit(
            field,
            "parameters",
            bytes,
            MAX_PARAMETER_BYTES,
        )));
    }
    let fits = kind.len() <= MAX_TYPE_BYTES && !kind.chars().any(char::is_control);
    let word = verb::known(kind).or_else(|| {
        let is_kind = |declared: &String| declared.to_lowercase() == kind.to_lowercase();
        ctx.declared.iter().any(is_kind).then_some("CUSTOM")
    });
    let word = word
        .filter(|_| fits)
        .ok_or_else(|| CommandRefusal::unknown_type(&read::cut(kind, MAX_TYPE_BYTES)))?;
    if word == "ROLLBACK" && rest.session_id.is_none() {
        return Err(of_type(CommandRefusal::field(
            "session_id",
            "session_id is required for rollback",
        )));
    }
    let (verb, canonical) = verb::read(word, fields, reason.as_deref()).map_err(of_type)?;
    let others = fields.iter().filter(|(key, value)| {
        let read = canonical.iter().any(|(own, _)| own == key) || verb::SYNONYMS.contains(key);
        word == "CUSTOM" || (!read && value.as_str() != "null")
    });
    let own = canonical.iter().map(|(key, text)| (*key, text.as_str()));
    let parameters = read::object_of(own.chain(others.map(|(key, value)| (*key, value.as_str()))));
    let reason = match &verb {
        Verb::Halt { reason } => Some(reason.clone()),
        _ => reason,
    };
    Ok(ParsedCommand {
        kind: kind.to_owned(),
        verb,
        session_id: rest.session_id,
        parameters,
        reason,
        idempotency_key: rest.idempotency_key,
    })
}

fn reason(value: Json<'_>) -> Result<Option<String>, CommandRefusal> {
    if value.as_str() == "null" {
        return Ok(None);
    }
    let text = value
        .string()
        .ok_or_else(|| CommandRefusal::field("reason", "reason must be a text"))?;
    if text.len() > MAX_REASON_BYTES {
        let field = Some("reason");
        return Err(CommandRefusal::limit(
            field,
            "reason",
            text.len(),
            MAX_REASON_BYTES,
        ));
    }
    Ok((!text.trim().is_empty()).then(|| text.into_owned()))
}

/// Whether `parameters` holds the fields themselves: for INJECT it is a field of its own, unless the skill's name is in
/// it and nowhere else.
fn is_nest(kind: &str, command: &Object<'_>) -> bool {
    let inner = command.get("parameters").object();
    if inner.is_empty() || command.get("params").as_str() != "null" {
        return false;
    }
    !kind.eq_ignore_ascii_case("INJECT")
        || (command.get("skill_name").id().is_none() && inner.get("skill_name").id().is_some())
}

fn nested<'a>(kind: &str, command: &Object<'a>) -> Object<'a> {
    if is_nest(kind, command) {
        command.get("parameters").object()
    } else {
        command.get("params").object()
    }
}

/// The fields but those; of one that comes twice, the last.
fn without<'a, 'b>(object: &'b Object<'a>, but: &[&str]) -> Vec<(&'b str, Json<'a>)> {
    let mut fields: Vec<(&str, Json<'_>)> = Vec::new();
    for (key, value) in object.iter().filter(|(key, _)| !but.contains(key)) {
        match fields.iter_mut().find(|(own, _)| *own == key) {
            Some((_, own)) => *own = value,
            None => fields.push((key, value)),
        }
    }
    fields
}

fn no_object() -> CommandRefusal {
    CommandRefusal::shape("Command must be an object")
}
