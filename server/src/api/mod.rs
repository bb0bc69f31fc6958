//! `/api/v1`: the REST side of our own protocol. Handlers check nothing themselves: extractors do.

mod body;
mod events;
pub(crate) mod health;
pub(crate) mod metrics;
mod query;
mod read;
pub(crate) mod views;

pub(crate) use query::Pairs;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use loopscope_protocol::ErrorCode;

use crate::deliver::{poll, sse};
use crate::error::Problem;
use crate::router::compressed;
use crate::state::AppState;

/// The paths below `/api/v1`.
pub(crate) fn router(state: &AppState) -> Router<AppState> {
    let read = Router::new()
        .route("/overview", get(read::overview))
        .route("/sessions", get(read::sessions))
        .route("/sessions/{id}", get(read::session))
        .route("/sessions/{id}/events", get(read::events))
        .route("/settings", get(read::settings));
    Router::new()
        .merge(compressed(read))
        .route("/events", post(events::post).get(poll::poll))
        .route("/stream", get(sse::open))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::max(state.config.limits.body_bytes))
}

async fn not_found() -> Problem {
    Problem::new(ErrorCode::NotFound, "there is nothing at this address")
}

async fn method_not_allowed() -> Problem {
    let message = "this address does not take this method";
    Problem::new(ErrorCode::MethodNotAllowed, message)
}
