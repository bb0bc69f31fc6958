//! Commands by REST: asking for them, looking at them, and taking them by long polling. Each stands under `/api/v1`
//! and without the version.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use loopscope_event::RawJson;
use loopscope_event::{CommandId, CommandRecord, CommandState};
use loopscope_journal::CommandQuery;
use loopscope_protocol::{
    ApiError, CommandKind, CommandReceipt, CommandsPage, CommandsPoll, NewCommand, NewOrder,
    ReceiptWord, ReplayCommands, Replayed, RunnerAnswer,
};
use serde::Deserialize;

use super::body::Fields;
use super::{Pairs, read::names, views};
use crate::access::{Grant, Right, Steerer, Taker, Viewer};
use crate::error::Problem;
use crate::open::params::{CommandPath, CommandsWanted, InProject, SessionPath};
use crate::state::AppState;
use crate::steer::{Key, Poller};

type Answer<T> = Result<Json<T>, Problem>;

/// The longest that a poll waits, in seconds.
const MOST_SECONDS: u32 = 60;

/// The most commands on a page.
const MOST: u32 = 500;

fn key(grant: &Grant, query: Option<&str>, id: &str) -> Result<Key, ApiError> {
    names(grant, &Pairs::read(query), id)
}

fn command_id(text: &str) -> Result<CommandId, ApiError> {
    CommandId::new(text).map_err(|error| ApiError::field("command_id", error.to_string()))
}

/// `POST …/commands`: 202, or 200 where a command of that key is there.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{id}/commands",
    tag = "Steering",
    summary = "Send a command",
    description = "On record before it is answered. The same `idempotency_key` in the same session is the same command.",
    params(SessionPath, InProject),
    request_body = NewCommand,
    responses(
        (status = 200, description = "A command with this key exists already; its current state", body = CommandRecord),
        (status = 202, description = "It is queued", body = CommandRecord),
    ),
    security(("bearer" = ["control"])),
)]
pub(crate) async fn ask(
    State(state): State<AppState>,
    Steerer(grant): Steerer,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    Fields(new): Fields<NewCommand>,
) -> Result<(StatusCode, Json<CommandRecord>), Problem> {
    let key = key(&grant, query.as_deref(), &id)?;
    let asked = state.desk.ask(&grant.who, &key, new).await?;
    let status = if asked.is_new {
        StatusCode::ACCEPTED
    } else {
        StatusCode::OK
    };
    Ok((status, Json(asked.command)))
}

/// `GET …/commands`: a page; with `runner`, the long poll of a program.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{id}/commands",
    tag = "Steering",
    summary = "List the commands of a session",
    description = "A page, the newest first. With `runner`, the asker takes the commands: it is answered as soon as there is one, and needs the right to take commands instead.",
    params(SessionPath, CommandsWanted),
    responses(
        (status = 200, description = "The page; for a runner, what is to be done", body = CommandsPage),
    ),
    security(("bearer" = ["view"])),
)]
pub(crate) async fn list(
    State(state): State<AppState>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    parts: Parts,
) -> Result<Response, Problem> {
    let pairs = Pairs::read(query.as_deref());
    let is_poll = |name| pairs.get(name).is_some_and(|value| !value.is_empty());
    if is_poll("runner") || is_poll("wait") {
        let grant = state.access.allow(&parts, Right::Take).await?;
        return poll(&state, &grant, &pairs, &id).await;
    }
    let grant = state.access.allow(&parts, Right::View).await?;
    let (project, session) = names(&grant, &pairs, &id)?;
    takes_over(&pairs)?;
    let mut states = Vec::new();
    for (_, word) in pairs.iter().filter(|(name, _)| *name == "state") {
        let state: Result<CommandState, _> = word.parse();
        states.push(state.map_err(|error| ApiError::field("state", error.to_string()))?);
    }
    let limit = pairs.bounded("limit", 1..=MOST)?.unwrap_or(100);
    let query = CommandQuery {
        states,
        before: pairs.parse("before")?,
        limit: limit + 1,
    };
    let rows = state.journal.commands(&project, &session, &query).await;
    let mut commands = rows.map_err(|error| views::unreadable(&error))?;
    let is_more = commands.len() > limit as usize;
    commands.truncate(limit as usize);
    let key = (project, session);
    let page = CommandsPage {
        next: commands
            .last()
            .filter(|_| is_more)
            .map(|row| row.command_id.clone()),
        commands,
        runner: state.desk.runner(&key).await.0,
    };
    Ok(Json(page).into_response())
}

async fn poll(
    state: &AppState,
    grant: &Grant,
    pairs: &Pairs,
    id: &str,
) -> Result<Response, Problem> {
    let key = names(grant, pairs, id)?;
    let name = pairs.get("runner").unwrap_or_default().trim();
    if name.is_empty() {
        return Err(ApiError::field("runner", "the name of the program that asks").into());
    }
    let words = pairs.get("commands").unwrap_or_default().split(',');
    let words = words.map(str::trim).filter(|word| !word.is_empty());
    let seconds = pairs.bounded("wait", 0..=MOST_SECONDS)?.unwrap_or(0);
    let asked = Poller {
        name: name.to_owned(),
        commands: words.map(declared).collect(),
        take_over: takes_over(pairs)?,
        wait: Duration::from_secs(seconds.into()),
    };
    let commands = tokio::select! {
        () = grant.ends.cancelled() => Vec::new(),
        commands = state.desk.poll(&key, asked) => commands?,
    };
    Ok(Json(CommandsPoll { commands }).into_response())
}

fn takes_over(pairs: &Pairs) -> Result<bool, ApiError> {
    match pairs.get("take_over") {
        None | Some("" | "0" | "false") => Ok(false),
        Some("1" | "true") => Ok(true),
        Some(_) => Err(ApiError::field("take_over", "`0` or `1`")),
    }
}

fn declared(word: &str) -> CommandKind {
    CommandKind {
        kind: word.to_owned(),
        label: None,
        parameters: None,
    }
}

/// `GET …/commands/{command_id}`.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{id}/commands/{command}",
    tag = "Steering",
    summary = "Get a command",
    params(CommandPath, InProject),
    responses(
        (status = 200, description = "The command in its current state", body = CommandRecord),
    ),
    security(("bearer" = ["view"])),
)]
pub(crate) async fn one(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
    Path((id, command)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Answer<CommandRecord> {
    let key = key(&grant, query.as_deref(), &id)?;
    Ok(Json(
        state.desk.command(&key, &command_id(&command)?).await?,
    ))
}

/// `POST …/commands/{command_id}/cancel`.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{id}/commands/{command}/cancel",
    tag = "Steering",
    summary = "Cancel a command",
    description = "Possible until the program has acknowledged it.",
    params(CommandPath, InProject),
    responses(
        (status = 200, description = "The command in its current state", body = CommandRecord),
    ),
    security(("bearer" = ["control"])),
)]
pub(crate) async fn cancel(
    State(state): State<AppState>,
    Steerer(grant): Steerer,
    Path((id, command)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Answer<CommandRecord> {
    let key = key(&grant, query.as_deref(), &id)?;
    let id = command_id(&command)?;
    Ok(Json(state.desk.cancel(&grant.who, &key, &id).await?))
}

/// A receipt's body; the address says for which command.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub(crate) struct ReceiptBody {
    status: ReceiptWord,
    #[serde(default)]
    result: Option<RawJson>,
    #[serde(default)]
    error: Option<String>,
}

/// `POST …/commands/{command_id}/receipt`.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{id}/commands/{command}/receipt",
    tag = "Steering",
    summary = "Send a receipt for a command",
    description = "A receipt for a finished command changes nothing.",
    params(CommandPath, InProject),
    request_body = ReceiptBody,
    responses(
        (status = 200, description = "The command in its current state", body = CommandRecord),
    ),
    security(("bearer" = ["take"])),
)]
pub(crate) async fn receipt(
    State(state): State<AppState>,
    Taker(grant): Taker,
    Path((id, command)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    Fields(body): Fields<ReceiptBody>,
) -> Answer<CommandRecord> {
    let key = key(&grant, query.as_deref(), &id)?;
    let receipt = CommandReceipt {
        command_id: command_id(&command)?,
        status: body.status,
        result: body.result,
        error: body.error,
    };
    Ok(Json(state.desk.receipt(&grant.who, &key, receipt).await?))
}

/// `POST …/commands/order`.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{id}/commands/order",
    tag = "Steering",
    summary = "Reorder queued commands",
    description = "Commands that are not named come last, in their current order.",
    params(SessionPath, InProject),
    request_body = NewOrder,
    responses(
        (status = 200, description = "The waiting commands in their new order", body = CommandsPoll),
    ),
    security(("bearer" = ["control"])),
)]
pub(crate) async fn order(
    State(state): State<AppState>,
    Steerer(grant): Steerer,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    Fields(order): Fields<NewOrder>,
) -> Answer<CommandsPoll> {
    let key = key(&grant, query.as_deref(), &id)?;
    let commands = state
        .desk
        .order(&grant.who, &key, order.command_ids)
        .await?;
    Ok(Json(CommandsPoll { commands }))
}

/// `POST …/commands/replay`.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{id}/commands/replay",
    tag = "Steering",
    summary = "Replay the commands of another run",
    description = "Each has `replay_of`; without `command_ids`, all that were completed.",
    params(SessionPath, InProject),
    request_body = ReplayCommands,
    responses(
        (status = 200, description = "What was queued, or would be", body = Replayed),
    ),
    security(("bearer" = ["control"])),
)]
pub(crate) async fn replay(
    State(state): State<AppState>,
    Steerer(grant): Steerer,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    Fields(asked): Fields<ReplayCommands>,
) -> Answer<Replayed> {
    let key = key(&grant, query.as_deref(), &id)?;
    Ok(Json(state.desk.replay(&grant.who, &key, asked).await?))
}

/// `GET …/runner`.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{id}/runner",
    tag = "Steering",
    summary = "Get the attached runner",
    description = "The runner is null where no program is attached.",
    params(SessionPath, InProject),
    responses(
        (status = 200, description = "The runner", body = RunnerAnswer),
    ),
    security(("bearer" = ["view"])),
)]
pub(crate) async fn runner(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer<RunnerAnswer> {
    let key = key(&grant, query.as_deref(), &id)?;
    let (runner, pending) = state.desk.runner(&key).await;
    Ok(Json(RunnerAnswer { runner, pending }))
}
