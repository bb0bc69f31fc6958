//! The training contract: under `/training`, and at the root of a listener of its own.
//!
//! In: dashboards that want the live stream, trainers on sockets and by POST. Out: the contract's frames and shapes,
//! translated from the journal, the ring and the boards; the facade holds nothing but its sockets. `docs/training.md`
//! lists the addresses and the choices made.

mod listing;
pub(crate) mod open;
mod pages;
mod replay;
mod rest;
mod runs;
mod sockets;
mod viewer;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use super::detail::Detail;
use super::door;
use crate::state::AppState;

/// Its paths but the root, to be nested or not.
pub(crate) fn router(state: &AppState) -> Router<AppState> {
    Router::new()
        .route("/dashboard", get(pages::page))
        .route("/ws", get(sockets::viewer_or_producer))
        .route("/ws/publish", get(sockets::producer))
        .route("/events", post(rest::post))
        .route("/api/health", get(rest::health))
        .route("/api/runs", get(runs::list))
        .route("/api/runs/{id}", get(runs::one))
        .route("/api/runs/{id}/events", get(listing::events))
        .method_not_allowed_fallback(super::detail::method_not_allowed)
        .layer(from_fn_with_state(state.clone(), door::share))
        .layer(DefaultBodyLimit::max(state.config.limits.body_bytes))
}

/// Its root: a socket for whoever asks for one, the page for everyone else.
pub(crate) use pages::root;

/// The answer to an address of this facade that is none.
pub(crate) async fn not_found() -> Detail {
    Detail::not_found()
}
