//! `command`: what people ask of programs over Socket.IO. In: an object with a `type`. Out: `command:result`, and the
//! same as the acknowledgement where one is wanted.
//!
//! The result says that the command is on record, in the contract's words. It is sent behind the broadcasts that the
//! command causes; what the program makes of it are other events.

use std::sync::Arc;

use loopscope_dialects::orchestrator::{
    CommandContext, ParsedCommand, RefusalKind, Verb, parse_command, success,
};
use loopscope_event::{CommandId, SessionId};
use loopscope_journal::NewAudit;
use loopscope_protocol::{ApiError, ErrorCode, NewCommand};
use serde_json::{Map, Value, json};

use super::create;
use super::frames::{self, Order};
use super::outlet::{AckTo, Emit, Say};
use super::produce::raw;
use super::seat::Seat;
use super::targets::{self, Meant};
use super::views;
use crate::access::Right;
use crate::life::now;
use crate::state::AppState;
use crate::steer::{AsTold, Asked, Key};

/// Why a command was not taken.
pub(super) struct Refused {
    error: String,
    command_type: Option<String>,
    retry_after: Option<u64>,
}

/// `command`.
pub(super) async fn command(
    state: &AppState,
    seat: &Arc<Seat>,
    argument: Option<&str>,
    ack: Option<AckTo>,
) {
    let mut result = match taken(state, seat, argument).await {
        Ok(fields) => fields,
        Err(refused) => refused.fields(),
    };
    result.insert("timestamp".to_owned(), json!(now()));
    let result = Value::Object(result);
    // Broadcasts first.
    let after = if seat.may_view() {
        state.journal.head()
    } else {
        loopscope_event::Offset(0)
    };
    let payload = raw(&result);
    seat.say_after(
        after,
        Say::Event(Emit {
            name: "command:result".into(),
            payload: payload.clone(),
        }),
    );
    if let Some(ack) = ack {
        seat.say_after(after, Say::Ack(ack, Some(payload)));
    }
}

impl Refused {
    pub(super) fn of(error: ApiError, command: &ParsedCommand) -> Self {
        Self {
            command_type: Some(command.kind.clone()),
            ..Self::from(error)
        }
    }

    fn fields(self) -> Map<String, Value> {
        let mut fields = Map::new();
        fields.insert("success".to_owned(), json!(false));
        fields.insert("error".to_owned(), json!(self.error));
        if let Some(kind) = self.command_type {
            fields.insert("command_type".to_owned(), json!(kind));
        }
        if let Some(seconds) = self.retry_after {
            fields.insert("retry_after".to_owned(), json!(seconds));
        }
        fields
    }
}

impl From<ApiError> for Refused {
    fn from(error: ApiError) -> Self {
        Self {
            error: error.message,
            command_type: None,
            retry_after: error.retry_after_ms.map(|millis| millis.div_ceil(1_000)),
        }
    }
}

/// Checks a command and puts it on record for every session that it means.
async fn taken(
    state: &AppState,
    seat: &Arc<Seat>,
    argument: Option<&str>,
) -> Result<Map<String, Value>, Refused> {
    seat.allow(Right::Steer)?;
    state.access.count_command(&seat.grant, &seat.peer)?;
    let command = parsed(state, seat, argument.unwrap_or("null")).await?;
    let mut fields = Map::new();
    fields.insert("success".to_owned(), json!(true));
    fields.insert("command_type".to_owned(), json!(command.kind));
    if let Value::Object(said) = success(&command).value() {
        fields.extend(said);
    }
    let answered = views::answer(state, seat, &command).await;
    if answered.map_err(|error| Refused::of(error, &command))? {
        return Ok(fields);
    }
    let named = command.session_id.as_deref().map(SessionId::new);
    let named = named.transpose().map_err(|error| Refused {
        error: format!("session_id {error}"),
        command_type: Some(command.kind.clone()),
        retry_after: None,
    })?;
    let meant = targets::of(state, seat, named, &command).await;
    let meant = meant.map_err(|error| Refused::of(error, &command))?;
    let ids = match meant {
        Meant::One(key) => one(state, seat, &key, &command).await.map(|id| vec![id]),
        Meant::All(keys) => all(state, seat, keys, &command).await,
    };
    match ids
        .map_err(|error| Refused::of(error, &command))?
        .as_slice()
    {
        [] => {}
        [id] => {
            fields.insert("command_id".to_owned(), json!(id));
        }
        ids => {
            fields.insert("command_ids".to_owned(), json!(ids));
        }
    }
    Ok(fields)
}

/// A command for one session.
async fn one(
    state: &AppState,
    seat: &Seat,
    key: &Key,
    command: &ParsedCommand,
) -> Result<CommandId, ApiError> {
    if matches!(command.verb, Verb::Resume) {
        targets::may_resume(state, key, command).await?;
    }
    let asked = put_on_record(state, seat, key, command, false).await?;
    Ok(asked.command.command_id)
}

/// A command that names nobody: on record for each that it is for, and told to everyone, once. Where nothing runs nobody
/// is there whose record could hold it; the audit does.
async fn all(
    state: &AppState,
    seat: &Seat,
    mut keys: Vec<Key>,
    command: &ParsedCommand,
) -> Result<Vec<CommandId>, ApiError> {
    if matches!(command.verb, Verb::Resume) {
        let none_runs = keys.is_empty();
        let mut standing = Vec::new();
        for key in keys {
            if targets::may_resume(state, &key, command).await.is_ok() {
                standing.push(key);
            }
        }
        keys = standing;
        if keys.is_empty() && !(none_runs && state.orchestrator.stands(&seat.project)) {
            return Err(targets::stands_not("running"));
        }
    }
    if keys.is_empty() {
        audit(state, seat, command).await?;
        tell(state, seat, command);
        return Ok(Vec::new());
    }
    let (mut ids, mut refused, mut is_new) = (Vec::new(), None, false);
    for key in keys {
        match put_on_record(state, seat, &key, command, true).await {
            Ok(asked) => {
                is_new |= asked.is_new;
                ids.push(asked.command.command_id);
            }
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    match refused {
        Some(error) if ids.is_empty() => return Err(error),
        _ if is_new => tell(state, seat, command),
        _ => {}
    }
    Ok(ids)
}

async fn put_on_record(
    state: &AppState,
    seat: &Seat,
    key: &Key,
    command: &ParsedCommand,
    to_all: bool,
) -> Result<Asked, ApiError> {
    let key_of_sender = || seat.command_key();
    let new = NewCommand {
        kind: command.kind.clone(),
        parameters: Some(command.parameters.clone()),
        reason: command.reason.clone(),
        idempotency_key: command
            .idempotency_key
            .clone()
            .or_else(|| Some(key_of_sender())),
        expires_in_seconds: None,
    };
    let told = AsTold {
        makes: create::for_command(key),
        to_all,
    };
    let who = &seat.grant.who;
    state.desk.ask_as_told(who, key, new, told).await
}

/// Tells everyone of a command that names nobody.
fn tell(state: &AppState, seat: &Seat, command: &ParsedCommand) {
    match command.verb {
        Verb::Halt { .. } => state.orchestrator.stand(&seat.project, true),
        Verb::Resume => state.orchestrator.stand(&seat.project, false),
        _ => {}
    }
    let emits = frames::of_order(&Order {
        kind: &command.kind,
        parameters: command.parameters.value(),
        reason: command.reason.clone(),
        by: Some(seat.sid.to_string()),
        session: None,
        at: now(),
        command_id: None,
    });
    let after = state.journal.head();
    state.orchestrator.tell(&seat.project, &emits, after);
}

/// Who asked for what when nothing ran.
async fn audit(state: &AppState, seat: &Seat, command: &ParsedCommand) -> Result<(), ApiError> {
    let detail = json!({"type": command.kind, "reason": command.reason, "sessions": 0});
    let audit = NewAudit {
        at: now(),
        who: seat.grant.who.to_string(),
        action: "command.told".to_owned(),
        subject: command.kind.clone(),
        session: None,
        detail: raw(&detail),
    };
    let put = state.journal.put_audit(audit).await;
    put.map_err(|error| {
        tracing::error!(%error, "a command could not be audited");
        ApiError::new(ErrorCode::Internal, "the journal could not be written")
    })
}

/// A command in the contract's terms, or in those that the session's program declared.
async fn parsed(state: &AppState, seat: &Seat, text: &str) -> Result<ParsedCommand, Refused> {
    let own = seat.rooms().own().cloned();
    let session_id = own.as_ref().map(SessionId::as_str);
    let context = CommandContext {
        session_id,
        declared: &[],
    };
    let refusal = match parse_command(text, &context) {
        Ok(command) => return Ok(command),
        Err(refusal) => refusal,
    };
    if refusal.kind == RefusalKind::UnknownType {
        let declared = targets::declared(state, seat, text).await;
        let context = CommandContext {
            session_id,
            declared: &declared,
        };
        if let Ok(command) = parse_command(text, &context) {
            return Ok(command);
        }
    }
    Err(Refused {
        error: refusal.error,
        command_type: refusal.command_type,
        retry_after: None,
    })
}
