//! The contract's REST routes (sections 2.2 and 4). In: requests. Out: its shapes and statuses.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use loopscope_event::{Dialect, Event, Offset};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::stats::Stats;
use super::{SERVICE, history, system, systems};
use crate::deliver::Speaks;
use crate::facades::detail::Detail;
use crate::facades::guest::{Posted, Reader};
use crate::facades::produce;
use crate::intake::{IntakeRequest, Transport};
use crate::life::now;
use crate::open::AsContract;
use crate::state::AppState;

/// How many events a list has where nobody says, and at most.
const EVENTS: i64 = 50;
const MOST_EVENTS: i64 = 100;

/// `GET /health`: no token is asked for, so that a probe need not have one; it tells nothing of what is stored.
#[utoipa::path(
    get,
    path = "/agents/health",
    tag = "Contract: agents",
    summary = "Health",
    responses(AsContract),
    security(()),
)]
pub(super) async fn health(State(state): State<AppState>) -> Json<Value> {
    let status = if state.telemetry.is_writable() {
        "healthy"
    } else {
        "unhealthy"
    };
    Json(json!({
        "status": status,
        "service": SERVICE,
        "timestamp": now(),
        "connected_clients": state.clients.of(Speaks::Agents),
        "uptime_seconds": state.life.uptime().as_secs_f64(),
    }))
}

/// `GET /stats`.
#[utoipa::path(
    get,
    path = "/agents/stats",
    tag = "Contract: agents",
    summary = "Statistics of the crew",
    params(
        ("system" = Option<String>, Query, description = "Only this system"),
    ),
    responses(AsContract),
    security(("bearer" = ["view"])),
)]
pub(super) async fn stats(
    State(state): State<AppState>,
    reader: Reader,
) -> Result<Json<Stats>, Detail> {
    let system = system(&reader.pairs)?;
    let moment = systems::at_this_moment(&state, &reader.project, system.as_ref()).await?;
    let boards = moment.boards.values().map(|board| &**board);
    let numbers = Stats::of(boards, state.life.uptime());
    Ok(Json(numbers.with_clients(state.clients.of(Speaks::Agents))))
}

/// `POST /events`.
#[utoipa::path(
    post,
    path = "/agents/events",
    tag = "Contract: agents",
    summary = "Events of agents",
    params(
        ("system" = Option<String>, Query, description = "Only this system"),
    ),
    request_body(content = Object, content_type = "application/json"),
    responses(
        (status = 202, description = "As its contract writes it", body = Object),
        (status = "4XX", description = "Refused, in the contract's own words", body = Object),
    ),
    security(("bearer" = ["ingest"])),
)]
pub(super) async fn post(
    State(state): State<AppState>,
    posted: Posted,
) -> Result<Response, Detail> {
    let request = IntakeRequest {
        format: posted.body.format,
        dialect: Some(Dialect::Agents),
        project: posted.project,
        session_hint: system(&posted.pairs)?,
        ..IntakeRequest::json(posted.body.bytes, Transport::Webhook)
    };
    produce::take(&state, request).await
}

#[derive(Serialize)]
pub(super) struct Events {
    events: Vec<Box<RawValue>>,
}

/// `GET /events`: newest first, as they were sent.
#[utoipa::path(
    get,
    path = "/agents/events",
    tag = "Contract: agents",
    summary = "Events, the newest first",
    params(
        ("limit" = Option<i64>, Query, description = "How many; values outside of the limits are clamped"),
        ("system" = Option<String>, Query, description = "Only this system"),
    ),
    responses(AsContract),
    security(("bearer" = ["view"])),
)]
pub(super) async fn events(
    State(state): State<AppState>,
    reader: Reader,
) -> Result<Json<Events>, Detail> {
    let limit = reader.pairs.clamped("limit", 0..=MOST_EVENTS)?;
    let most = limit.unwrap_or(EVENTS) as usize;
    let found = newest(&state, &reader, most).await?;
    let frames = found
        .iter()
        .map(|event| loopscope_dialects::agents::frame(event));
    // A frame is JSON: it was made of values that are.
    let events = frames.filter_map(|frame| RawValue::from_string(frame).ok());
    Ok(Json(Events {
        events: events.collect(),
    }))
}

async fn newest(state: &AppState, reader: &Reader, most: usize) -> Result<Vec<Arc<Event>>, Detail> {
    let system = system(&reader.pairs)?;
    let sessions = systems::sessions(state, &reader.project, system.as_ref()).await?;
    // What is stored already counts, visible or not: who posts and then asks is told of what it posted.
    history::newest(state, &reader.project, &sessions, Offset(u64::MAX), most).await
}
