//! `GET /api/runs/{id}/events`: a run's events, oldest first, as they were sent. In: a page. Out: their frames.

use axum::Json;
use axum::extract::{Path, State};
use loopscope_event::Dialect;
use loopscope_journal::{EventFilter, EventQuery};
use serde::Serialize;
use serde_json::value::RawValue;

use super::runs;
use crate::facades::detail::Detail;
use crate::facades::guest::Reader;
use crate::open::AsContract;
use crate::state::AppState;

/// How many events a page has where nobody says, and at most.
const EVENTS: u32 = 100;
const MOST_EVENTS: u32 = 1_000;

#[derive(Serialize)]
pub(super) struct Listed {
    events: Vec<Box<RawValue>>,
    total: u64,
    limit: u32,
    offset: u64,
}

/// A page of a run's events.
#[utoipa::path(
    get,
    path = "/training/api/runs/{id}/events",
    tag = "Contract: training",
    summary = "A run's events",
    params(
        ("id" = String, Path, description = "The run"),
        ("limit" = Option<i64>, Query, description = "How many; values outside of the limits are clamped"),
        ("offset" = Option<i64>, Query, description = "How many to skip"),
    ),
    responses(AsContract),
    security(("bearer" = ["view"])),
)]
pub(super) async fn events(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Json<Listed>, Detail> {
    let (limit, offset) = runs::page(&reader.pairs, EVENTS, MOST_EVENTS)?;
    let board = runs::board(&state, &reader.project, &id).await?;
    let query = EventQuery {
        skip: offset,
        limit: limit.max(1),
        count: true,
        filter: EventFilter {
            dialects: vec![Dialect::Training],
            ..EventFilter::default()
        },
        ..EventQuery::default()
    };
    let page = state
        .journal
        .session_events(board.project(), board.session_id(), &query)
        .await?;
    let shown = page.events.iter().take(limit as usize);
    let frames = shown.map(|event| loopscope_dialects::training::frame(event));
    // A frame is JSON: it was made of values that are.
    let events = frames.filter_map(|frame| RawValue::from_string(frame).ok());
    Ok(Json(Listed {
        events: events.collect(),
        total: page.total.unwrap_or(0),
        limit,
        offset,
    }))
}
