//! The agents contract: under `/agents`, and at the root of a listener of its own.
//!
//! In: viewers that want the live board, producers on sockets and by POST. Out: the contract's frames and shapes,
//! translated from the journal, the ring and the boards; the facade holds nothing but its sockets. `docs/agents.md`
//! lists the addresses and the choices made.

mod connect;
mod frames;
mod history;
pub(crate) mod open;
mod opportunities;
mod pages;
mod rest;
mod sockets;
mod stats;
mod systems;
mod viewer;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use loopscope_event::SessionId;

use super::detail::Detail;
use super::door;
use crate::api::Pairs;
use crate::state::AppState;

/// The name of the service in `/health`.
const SERVICE: &str = "DashboardWebSocketServer";

/// Its paths but the root, to be nested or not.
pub(crate) fn router(state: &AppState) -> Router<AppState> {
    Router::new()
        .route("/dashboard", get(pages::dashboard))
        .route("/ws", get(sockets::viewer_or_producer))
        .route("/ws/publish", get(sockets::producer))
        .route("/health", get(rest::health))
        .route("/stats", get(rest::stats))
        .route("/events", post(rest::post).get(rest::events))
        .route("/opportunities", get(opportunities::opportunities))
        .method_not_allowed_fallback(super::detail::method_not_allowed)
        .layer(from_fn_with_state(state.clone(), door::share))
        .layer(DefaultBodyLimit::max(state.config.limits.body_bytes))
}

/// The answer to an address of this facade that is none.
pub(crate) use pages::not_found;
/// Its root: a socket for whoever asks for one, the way to the dashboard for everyone else.
pub(crate) use pages::root;

/// The system that an address asks for.
fn system(pairs: &Pairs) -> Result<Option<SessionId>, Detail> {
    Ok(pairs.parse("system")?)
}
