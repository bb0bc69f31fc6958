//! `GET /healthz` and `GET /readyz`, for supervisors: without a token, and without a word about what is stored.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::open::shapes;
use crate::state::AppState;

/// The process lives and answers.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "Server",
    summary = "Liveness",
    description = "For supervisors. Needs no token and reveals nothing about what is stored.",
    responses((status = 200, description = "The process is alive", body = shapes::Health)),
    security(()),
)]
pub(crate) async fn alive() -> Json<Value> {
    Json(json!({ "status": "alive" }))
}

/// The server takes events: it is not stopping, and the journal can be written.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "Server",
    summary = "Readiness",
    description = "The server is not stopping and the journal can be written. Needs no token.",
    responses(
        (status = 200, description = "The server accepts events", body = shapes::Health),
        (status = 503, description = "The server does not accept events, and why", body = shapes::Health),
    ),
    security(()),
)]
pub(crate) async fn ready(State(state): State<AppState>) -> (StatusCode, Json<Value>) {
    let problem = if state.life.is_stopping() {
        Some("stopping")
    } else if !state.telemetry.is_writable() {
        Some("the journal cannot be written")
    } else {
        None
    };
    match problem {
        None => (StatusCode::OK, Json(json!({ "status": "ready" }))),
        Some(why) => (
            StatusCode::SERVICE_UNAVAILABLE,
            Json(json!({ "status": "not ready", "reason": why })),
        ),
    }
}
