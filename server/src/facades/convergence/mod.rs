//! The convergence contract's own paths, frames and errors, at the root of the main port.
//!
//! In: requests and sockets of its clients. Out: its shapes, translated from the journal, the ring and the boards; the
//! facade holds nothing but its sockets. `docs/convergence.md` lists the paths and the choices made.

mod actions;
mod error;
mod evidence;
mod executive;
mod frames;
mod guest;
mod host;
mod interest;
mod listing;
pub(crate) mod open;
mod pages;
mod query;
mod rest;
mod rows;
mod shapes;
mod socket;
mod system;
#[cfg(test)]
mod testing;
mod threats;
mod upgrade;
mod views;
mod webhook;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::{any, get, post};

pub(crate) use frames::{write_flat, write_nested};
pub(crate) use upgrade::upgrade_at_root;

use crate::state::AppState;

/// Addresses beside the contract's own that its clients come upon, and that are told so in its shape.
const NOTHING: &[&str] = &[
    "/api/sessions/",
    "/api/sessions/{id}/",
    "/api/sessions/{id}/{*other}",
    "/api/state/",
    "/api/metrics/",
    "/api/stats/",
    "/api/security/",
    "/api/convergence/metrics/",
    "/api/infrastructure/",
    "/api/threats/",
    "/health/",
];

/// The contract's paths; `/` itself is the page, and its upgrade is [`upgrade_at_root`].
pub(crate) fn router() -> Router<AppState> {
    let reads = Router::new()
        .route("/api/sessions", get(rest::sessions))
        .route("/api/sessions/{id}", get(rest::session))
        .route("/api/sessions/{id}/events", get(listing::events))
        .route("/api/sessions/{id}/metrics", get(rest::metrics))
        .route("/api/state", get(rest::current))
        .route("/api/metrics", get(system::metrics))
        .route("/api/stats", get(system::stats))
        .route("/api/security", get(system::security))
        .route("/api/convergence/metrics", get(system::convergence))
        .route("/api/infrastructure", get(system::infrastructure))
        .route("/api/threats", get(threats::threats))
        .route("/health", get(system::health))
        .method_not_allowed_fallback(error::method_not_allowed);
    let reads = NOTHING
        .iter()
        .fold(reads, |reads, path| {
            reads.route(path, any(error::no_such_address))
        })
        .layer(from_fn(upgrade::share_with_any_origin));
    Router::new()
        .route("/ws", get(upgrade::reference))
        .route("/events", post(webhook::take))
        .method_not_allowed_fallback(error::method_not_allowed)
        .merge(reads)
}
