//! The table of contents: every path that the server answers, and who answers it.

use std::convert::Infallible;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{Redirect, Response};
use axum::routing::{MethodRouter, any, get, post};
use tower::Service as _;
use tower_http::compression::CompressionLayer;

use crate::access::{ask_for_token, login, security_headers};
use crate::facades::orchestrator::Facade;
use crate::state::AppState;
use crate::{api, deliver, facades, open, pages, site};

/// All of it: what the main port answers.
pub(crate) fn router(state: AppState, orchestrator: Facade) -> Router {
    let pages = pages::router(&state).layer(from_fn_with_state(state.clone(), ask_for_token));
    Router::new()
        .nest("/api/v1", api::router(&state))
        .merge(api::bare(&state))
        .merge(compressed(open::router()))
        .route("/ws/v1", get(deliver::v1::upgrade))
        .route("/healthz", get(api::health::alive))
        .route("/readyz", get(api::health::ready))
        .route("/metrics", get(api::metrics::scrape))
        .route("/login", get(login::form).post(login::submit))
        .route("/logout", post(login::logout))
        .route("/viewer", get(viewer))
        .merge(facades::convergence::router())
        .nest("/orchestrator", orchestrator.rest)
        .nest("/agents", agents(&state))
        .route("/agents/", get(facades::agents::root))
        .nest("/training", training(&state))
        .route("/training/", get(facades::training::root))
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

/// What the agents contract answers, its root included.
fn agents(state: &AppState) -> Router<AppState> {
    facades::agents::router(state)
        .route("/", get(facades::agents::root))
        .fallback(facades::agents::not_found)
}

/// What the training contract answers, its root included.
fn training(state: &AppState) -> Router<AppState> {
    facades::training::router(state)
        .route("/", get(facades::training::root))
        .fallback(facades::training::not_found)
}

/// What a listener of the agents contract answers: its own paths, and behind them the pages that these lead to.
pub(crate) fn agents_listener(state: AppState, main: Router) -> Router {
    let lost = any(facades::agents::not_found);
    with_pages(
        facades::agents::router(&state).route("/", get(facades::agents::root)),
        lost,
        state,
        main,
    )
}

/// What a listener of the training contract answers, likewise.
pub(crate) fn training_listener(state: AppState, main: Router) -> Router {
    let lost = any(facades::training::not_found);
    with_pages(
        facades::training::router(&state).route("/", get(facades::training::root)),
        lost,
        state,
        main,
    )
}

fn with_pages(
    facade: Router<AppState>,
    lost: MethodRouter<AppState>,
    state: AppState,
    main: Router,
) -> Router {
    let lost = lost
        .layer(from_fn(security_headers))
        .with_state(state.clone());
    let rest = from_fn(move |request: Request, next: Next| {
        let mut lost: MethodRouter = lost.clone();
        async move {
            if is_of_pages(&request) {
                return next.run(request).await;
            }
            let answer = lost.call(request).await;
            answer.unwrap_or_else(|never: Infallible| match never {})
        }
    });
    facade
        .layer(from_fn(security_headers))
        .with_state(state)
        .fallback_service(main.layer(rest))
}

/// Whether a request is for our pages, or for what they need.
fn is_of_pages(request: &Request) -> bool {
    let path = request.uri().path();
    let is_asked_by_page = [
        "/api/v1/",
        "/ws/v1",
        "/api/openapi.json",
        "/api/asyncapi.json",
        "/api/event.schema.json",
        "/pkg/",
        "/login",
        "/logout",
    ];
    let accepts = request.headers().get(header::ACCEPT);
    let accepts = accepts.and_then(|accepts| accepts.to_str().ok());
    is_asked_by_page.iter().any(|known| path.starts_with(known))
        || accepts.is_some_and(|accepts| accepts.contains("text/html"))
        || site::file(request.uri(), request.headers()).is_some()
}

/// What a listener of the orchestrator contract answers, likewise. Its clients know only a port, and our own libraries
/// take commands behind it.
pub(crate) fn orchestrator_listener(state: AppState, facade: Facade, main: Router) -> Router {
    let lost = facades::orchestrator::lost(&state);
    with_pages(facade.rest.merge(facade.sockets), lost, state, main)
}

/// What a listener for Prometheus answers.
pub(crate) fn metrics_listener(state: AppState) -> Router {
    Router::new()
        .route("/metrics", get(api::metrics::scrape))
        .route("/healthz", get(api::health::alive))
        .layer(from_fn(security_headers))
        .with_state(state)
}

/// The viewer's files stand below a folder.
async fn viewer() -> Redirect {
    Redirect::permanent("/viewer/")
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
