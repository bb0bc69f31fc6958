//! What a command must be before it goes on record. In: what was sent. Out: the same, or the field at fault.
//!
//! Shapes and the contract's words are checked by `loopscope_dialects::orchestrator`, as everywhere; here are the bounds,
//! and what only the session knows: what it has decided and how far back it can go.

use loopscope_dialects::orchestrator::{
    CommandContext, CommandRefusal, RefusalKind, Verb, check_command,
};
use loopscope_event::{CommandRecord, Kind, RawJson};
use loopscope_journal::{EventFilter, EventQuery};
use loopscope_protocol::{
    ApiError, CommandKind, CommandReceipt, ErrorCode, MAX_EXPIRES_SECONDS, MAX_PARAMETERS_BYTES,
    MAX_REASON_BYTES, MAX_WORD_BYTES, NewCommand,
};

use super::{Desk, Key, unreadable};

/// Refuses what crosses a bound.
pub(super) fn bounds(new: &NewCommand) -> Result<(), ApiError> {
    if new.kind.is_empty() {
        return Err(ApiError::field("type", "Command type is required"));
    }
    within("type", new.kind.len(), MAX_WORD_BYTES)?;
    let reason = new.reason.as_ref().map_or(0, String::len);
    within("reason", reason, MAX_REASON_BYTES)?;
    if let Some(key) = &new.idempotency_key {
        if key.is_empty() {
            return Err(ApiError::field("idempotency_key", "it is empty"));
        }
        within("idempotency_key", key.len(), MAX_WORD_BYTES)?;
    }
    if let Some(parameters) = &new.parameters {
        within(
            "parameters",
            parameters.as_str().len(),
            MAX_PARAMETERS_BYTES,
        )?;
    }
    match new.expires_in_seconds {
        Some(0) => Err(ApiError::field(
            "expires_in_seconds",
            "it must be 1 or more",
        )),
        Some(seconds) if seconds > MAX_EXPIRES_SECONDS => Err(ApiError {
            limit: Some(format!("{MAX_EXPIRES_SECONDS} seconds")),
            ..ApiError::field("expires_in_seconds", "it is too long")
        }),
        _ => Ok(()),
    }
}

/// The same for what a program answers.
pub(super) fn receipt(receipt: &CommandReceipt) -> Result<(), ApiError> {
    let bytes = |json: &RawJson| json.as_str().len();
    let result = receipt.result.as_ref().map_or(0, bytes);
    within("result", result, MAX_PARAMETERS_BYTES)?;
    let error = receipt.error.as_ref().map_or(0, String::len);
    within("error", error, MAX_REASON_BYTES)
}

/// Refuses a text that is too long.
pub(super) fn within(field: &str, bytes: usize, most: usize) -> Result<(), ApiError> {
    if bytes <= most {
        return Ok(());
    }
    Err(ApiError {
        field: Some(field.to_owned()),
        ..ApiError::too_large(format!("{most} bytes"), format!("`{field}` is too long"))
    })
}

/// The command with the parameters that its type has, defaults filled in, in the contract's words where it is refused.
pub(super) fn shape(
    mut new: NewCommand,
    key: &Key,
    declared: &[CommandKind],
) -> Result<(NewCommand, Verb), ApiError> {
    let declared: Vec<String> = declared.iter().map(|kind| kind.kind.clone()).collect();
    let context = CommandContext {
        session_id: Some(key.1.as_str()),
        declared: &declared,
    };
    let parsed = check_command(
        &new.kind,
        new.parameters.as_ref(),
        new.reason.as_deref(),
        &context,
    )
    .map_err(refusal)?;
    new.kind = parsed.kind;
    new.reason = parsed.reason;
    new.parameters = Some(parsed.parameters);
    Ok((new, parsed.verb))
}

/// A refusal of the shared validator as our own error.
fn refusal(refused: CommandRefusal) -> ApiError {
    let code = match refused.kind {
        RefusalKind::Limit => ErrorCode::TooLarge,
        RefusalKind::Shape
        | RefusalKind::NoType
        | RefusalKind::UnknownType
        | RefusalKind::Field => ErrorCode::InvalidField,
    };
    let field = refused.field.map(|field| match field {
        "type" | "parameters" | "reason" | "session_id" => field.to_owned(),
        inner => format!("parameters.{inner}"),
    });
    ApiError {
        field,
        limit: refused.limit,
        ..ApiError::new(code, refused.error)
    }
}

impl Desk {
    /// Refuses what the session cannot do as it stands.
    pub(super) async fn check_against(
        &self,
        key: &Key,
        open: &[CommandRecord],
        verb: &Verb,
    ) -> Result<(), ApiError> {
        match verb {
            Verb::Decision { decision_id, .. } => {
                undecided(open, decision_id)?;
                self.0.inbox.undecided(key, decision_id)
            }
            Verb::Rollback { steps } => self.within_reach(key, *steps).await,
            _ => Ok(()),
        }
    }
}

impl Desk {
    /// Refuses to go back beyond the start, where the session says what it can go back to.
    async fn within_reach(&self, key: &Key, steps: u32) -> Result<(), ApiError> {
        let query = EventQuery {
            limit: 1,
            count: true,
            filter: EventFilter {
                kinds: vec![Kind::Checkpoint],
                names: vec!["checkpoint:created".to_owned()],
                ..EventFilter::default()
            },
            ..EventQuery::default()
        };
        let found = self.0.journal.session_events(&key.0, &key.1, &query).await;
        let made = found
            .map_err(|error| unreadable(&error))?
            .total
            .unwrap_or(0);
        if made == 0 || u64::from(steps) <= made {
            return Ok(());
        }
        let message = format!("{steps} steps back are beyond the start");
        Err(ApiError {
            limit: Some(format!("{made} checkpoints")),
            ..ApiError::field("parameters.steps", message)
        })
    }
}

/// A question is answered once: the first answer counts, also while it is on its way.
fn undecided(open: &[CommandRecord], decision_id: &str) -> Result<(), ApiError> {
    for row in open {
        if let Some((id, choice)) = decision_of(row)
            && id == decision_id
        {
            let message = format!("`{}` decided {choice} already", row.by);
            return Err(ApiError::new(ErrorCode::AlreadyDecided, message));
        }
    }
    Ok(())
}

/// The question that a command answers, and its answer as JSON.
pub(super) fn decision_of(row: &CommandRecord) -> Option<(String, serde_json::Value)> {
    if !row.kind.eq_ignore_ascii_case("DECISION") {
        return None;
    }
    let mut parameters = row.parameters.value();
    let id = parameters.get("decision_id")?.as_str()?.to_owned();
    Some((id, parameters.get_mut("choice")?.take()))
}
