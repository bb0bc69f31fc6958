//! Health and intake (sections 2 and 4). In: requests. Out: the contract's shapes and statuses.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use loopscope_event::Dialect;
use serde_json::{Value, json};

use crate::deliver::Speaks;
use crate::facades::detail::Detail;
use crate::facades::guest::Posted;
use crate::facades::produce;
use crate::intake::{IntakeRequest, Transport};
use crate::open::AsContract;
use crate::state::AppState;

/// `GET /api/health`: no token is asked for, so that a probe need not have one; it tells nothing of what is stored.
#[utoipa::path(
    get,
    path = "/training/api/health",
    tag = "Contract: training",
    summary = "Health",
    responses(AsContract),
    security(()),
)]
pub(super) async fn health(State(state): State<AppState>) -> Json<Value> {
    let is_well = state.telemetry.is_writable();
    Json(json!({
        "status": if is_well { "ok" } else { "error" },
        "clients": state.clients.of(Speaks::Training),
        "queue_size": state.trainers.waiting().count(),
    }))
}

/// `POST /events`.
#[utoipa::path(
    post,
    path = "/training/events",
    tag = "Contract: training",
    summary = "Events of a trainer",
    params(
        ("source" = Option<String>, Query, description = "A name for the stream"),
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
    let name = posted.pairs.get("source");
    let request = IntakeRequest {
        format: posted.body.format,
        dialect: Some(Dialect::Training),
        source: Some(state.trainers.of_requests(&posted.project, name)),
        project: posted.project,
        ..IntakeRequest::json(posted.body.bytes, Transport::Webhook)
    };
    produce::take(&state, request).await
}
