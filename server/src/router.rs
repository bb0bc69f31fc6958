//! The table of contents: every path that the server answers, and who answers it.

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use tower_http::compression::CompressionLayer;

use crate::access::{ask_for_token, login, security_headers};
use crate::facades::orchestrator::Facade;
use crate::state::AppState;
use crate::{api, deliver, facades, pages, site};

/// All of it: what the main port answers.
pub(crate) fn router(state: AppState, orchestrator: Facade) -> Router {
    let pages = pages::router(&state).layer(from_fn_with_state(state.clone(), ask_for_token));
    Router::new()
        .nest("/api/v1", api::router(&state))
        .merge(api::bare_steering(&state))
        .route("/ws/v1", get(deliver::v1::upgrade))
        .route("/healthz", get(api::health::alive))
        .route("/readyz", get(api::health::ready))
        .route("/metrics", get(api::metrics::scrape))
        .route("/login", get(login::form).post(login::submit))
        .route("/logout", post(login::logout))
        .merge(facades::convergence::router())
        .nest("/orchestrator", orchestrator.rest)
        .merge(orchestrator.sockets)
        .merge(compressed(pages))
        .fallback(file_or_lost)
        .layer(from_fn_with_state(
            state.clone(),
            facades::convergence::upgrade_at_root,
        ))
        .layer(from_fn(security_headers))
        .with_state(state)
}

/// What a listener of the orchestrator contract answers: its clients know only a port.
pub(crate) fn orchestrator(state: AppState, facade: Facade) -> Router {
    facade
        .rest
        .merge(facade.sockets)
        .layer(from_fn(security_headers))
        .with_state(state)
}

/// A file of the site, or the page that says that there is nothing.
async fn file_or_lost(State(state): State<AppState>, request: Request) -> Response {
    match site::file(request.uri(), request.headers()) {
        Some(file) => file,
        None => pages::lost(state, request).await,
    }
}

/// Answers packed with gzip where the client takes it: pages and lists, never streams.
pub(crate) fn compressed(router: Router<AppState>) -> Router<AppState> {
    router.layer(CompressionLayer::new())
}
