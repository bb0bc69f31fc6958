//! `/api/v1`: the REST side of our own protocol. Handlers check nothing themselves: extractors do.

mod alerts;
mod annotations;
mod archive;
mod audit;
mod backup;
pub(crate) mod body;
mod channels;
mod commands;
mod compare;
mod decisions;
mod events;
mod exposition;
pub(crate) mod health;
pub(crate) mod metrics;
pub(crate) mod open;
mod query;
mod read;
mod saved;
mod series;
mod spans;
pub(crate) mod views;
mod widgets;

pub(crate) use query::Pairs;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{delete, get, post, put};
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
        .merge(replaying())
        .merge(annotating())
        .route("/sessions/{id}/metrics", get(series::metrics))
        .route("/sessions/{id}/series", get(series::series))
        .route("/sessions/{id}/spans", get(spans::spans))
        .route("/sessions/{id}/trace", get(spans::trace))
        .route("/compare", get(compare::compare))
        .route("/search", get(read::search))
        .route("/settings", get(read::settings));
    Router::new()
        .merge(compressed(read))
        .merge(kept())
        .merge(steering())
        .merge(compressed(alerting()))
        .merge(compressed(figuring()))
        .route("/events", post(events::post).get(poll::poll))
        .route("/stream", get(sse::open))
        .route("/sessions/{id}/export", get(archive::session))
        .route("/export", get(archive::several))
        .route("/import", post(archive::import))
        .route("/backups", get(backup::list).post(backup::begin))
        .route("/backups/{id}", get(backup::one).delete(backup::remove))
        .route("/backups/{id}/file", get(backup::file))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::max(state.config.limits.body_bytes))
}

/// Moments that are over: below `/api/v1`, and below `/api`.
fn replaying() -> Router<AppState> {
    Router::new().route("/sessions/{id}/board", get(read::board))
}

/// Notes at moments.
fn annotating() -> Router<AppState> {
    Router::new()
        .route(
            "/sessions/{id}/annotations",
            get(annotations::list).post(annotations::create),
        )
        .route(
            "/sessions/{id}/annotations/{annotation}",
            put(annotations::change).delete(annotations::remove),
        )
}

/// Alerts, their rules, and who is told of them.
fn alerting() -> Router<AppState> {
    let rule = get(alerts::rule)
        .put(alerts::change_rule)
        .delete(alerts::delete_rule);
    let channel = put(channels::change_channel).delete(channels::delete_channel);
    Router::new()
        .route("/alerts", get(alerts::list))
        .route("/alerts/{id}/ack", post(alerts::ack))
        .route("/alerts/{id}/mute", post(alerts::mute))
        .route(
            "/alerts/rules",
            get(alerts::rules).post(alerts::create_rule),
        )
        .route("/alerts/rules/{id}", rule)
        .route("/alerts/rules/{id}/mute", post(alerts::mute_rule))
        .route(
            "/alerts/channels",
            get(channels::channels).post(channels::create_channel),
        )
        .route("/alerts/channels/{id}", channel)
        .route("/alerts/channels/{id}/secret", post(channels::new_secret))
        .route("/alerts/channels/{id}/test", post(channels::test_channel))
        .route("/alerts/deliveries", get(channels::deliveries))
}

/// Widgets: declared, pushed, arranged.
fn figuring() -> Router<AppState> {
    let widget = get(widgets::one)
        .put(widgets::change)
        .delete(widgets::remove);
    Router::new()
        .route("/widgets", get(widgets::list).post(widgets::declare))
        .route(
            "/widgets/arrangement",
            get(widgets::arrangement).put(widgets::arrange),
        )
        .route("/widgets/shown", get(widgets::shown))
        .route("/widgets/preview", post(widgets::preview))
        .route("/widgets/{name}", widget)
        .route(
            "/widgets/{name}/state",
            get(widgets::state_of).put(widgets::push),
        )
}

/// What people keep beside sessions, and what is done with many at once.
fn kept() -> Router<AppState> {
    Router::new()
        .route("/tags", post(saved::tag))
        .route("/deletions", post(saved::delete))
        .route("/views", get(saved::list).post(saved::keep))
        .route("/views/{id}", delete(saved::remove))
}

/// What steers: below `/api/v1`, and, as the contract writes it, below `/api`.
fn steering() -> Router<AppState> {
    Router::new()
        .route(
            "/sessions/{id}/commands",
            get(commands::list).post(commands::ask),
        )
        .route("/sessions/{id}/commands/order", post(commands::order))
        .route("/sessions/{id}/commands/replay", post(commands::replay))
        .route("/sessions/{id}/commands/{command}", get(commands::one))
        .route(
            "/sessions/{id}/commands/{command}/cancel",
            post(commands::cancel),
        )
        .route(
            "/sessions/{id}/commands/{command}/receipt",
            post(commands::receipt),
        )
        .route("/sessions/{id}/runner", get(commands::runner))
        .route("/decisions", get(decisions::list))
        .route("/sessions/{id}/decisions/{decision}", post(decisions::make))
        .route("/audit", get(audit::page))
}

/// What stands at the addresses without a version too.
pub(crate) fn bare(state: &AppState) -> Router<AppState> {
    let limit = DefaultBodyLimit::max(state.config.limits.body_bytes);
    let both = steering().merge(compressed(replaying()));
    Router::new().nest("/api", both).layer(limit)
}

async fn not_found() -> Problem {
    Problem::new(ErrorCode::NotFound, "there is nothing at this address")
}

async fn method_not_allowed() -> Problem {
    let message = "this address does not take this method";
    Problem::new(ErrorCode::MethodNotAllowed, message)
}
