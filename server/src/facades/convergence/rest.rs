//! The contract's REST routes about sessions. In: a page, an id. Out: the shapes of section 4.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Response};

use super::error::FacadeError;
use super::guest::Reader;
use super::query::{Page, read_page, wants_array};
use super::rows;
use super::shapes::{SessionDetail, SessionMetrics, StateAnswer};
use crate::open::AsContract;
use crate::state::AppState;

/// The pairs of a query string, as sent.
pub(super) type Pairs = Query<Vec<(String, String)>>;

/// The session that a path names.
pub(super) type Id = Result<Path<String>, PathRejection>;

/// How many events `GET /api/state` shows.
const STATE_LOGS: u64 = 50;
/// The most payload that it shows of them, in bytes.
const STATE_BYTES: usize = 4 << 20;

/// `GET /api/sessions`: newest start first.
#[utoipa::path(
    get,
    path = "/api/sessions",
    tag = "Contract: convergence",
    summary = "Sessions, the newest start first",
    params(
        ("limit" = Option<i64>, Query, description = "How many; values outside of the limits are clamped"),
        ("offset" = Option<i64>, Query, description = "How many to skip"),
        ("format" = Option<String>, Query, description = "`array`: the bare array"),
    ),
    responses(AsContract),
    security(("bearer" = ["view"])),
)]
pub(super) async fn sessions(
    State(state): State<AppState>,
    reader: Reader,
    Query(pairs): Pairs,
) -> Result<Response, FacadeError> {
    let page = read_page(&pairs, Page::sessions())?;
    let answer = rows::sessions(&state, &reader.project, page).await?;
    Ok(if wants_array(&pairs) {
        Json(answer.sessions).into_response()
    } else {
        Json(answer).into_response()
    })
}

/// `GET /api/sessions/{id}`.
#[utoipa::path(
    get,
    path = "/api/sessions/{id}",
    tag = "Contract: convergence",
    summary = "A session",
    params(
        ("id" = String, Path, description = "The session"),
    ),
    responses(AsContract),
    security(("bearer" = ["view"])),
)]
pub(super) async fn session(
    State(state): State<AppState>,
    reader: Reader,
    id: Id,
) -> Result<Json<SessionDetail>, FacadeError> {
    rows::detail(&state, &reader.project, &id?.0)
        .await
        .map(Json)
}

/// `GET /api/sessions/{id}/metrics`.
#[utoipa::path(
    get,
    path = "/api/sessions/{id}/metrics",
    tag = "Contract: convergence",
    summary = "A session's metrics",
    params(
        ("id" = String, Path, description = "The session"),
    ),
    responses(AsContract),
    security(("bearer" = ["view"])),
)]
pub(super) async fn metrics(
    State(state): State<AppState>,
    reader: Reader,
    id: Id,
) -> Result<Json<SessionMetrics>, FacadeError> {
    rows::metrics(&state, &reader.project, &id?.0)
        .await
        .map(Json)
}

/// `GET /api/state`: the session that counts as current, with its newest events.
#[utoipa::path(
    get,
    path = "/api/state",
    tag = "Contract: convergence",
    summary = "The session that counts as current",
    responses(AsContract),
    security(("bearer" = ["view"])),
)]
pub(super) async fn current(
    State(state): State<AppState>,
    reader: Reader,
) -> Result<Response, FacadeError> {
    let (current, logs) =
        rows::state_with_logs(&state, &reader.project, STATE_LOGS, STATE_BYTES, None).await?;
    let logs = rows::published(&logs);
    Ok(Json(StateAnswer {
        state: current,
        logs,
    })
    .into_response())
}
