//! What the convergence contract's REST routes say of themselves in the open document.

use utoipa::OpenApi;

use super::{listing, rest, system, threats, webhook};

/// See the module.
#[derive(OpenApi)]
#[openapi(paths(
    rest::sessions,
    rest::session,
    rest::metrics,
    rest::current,
    listing::events,
    system::metrics,
    system::stats,
    system::security,
    system::convergence,
    system::infrastructure,
    system::health,
    threats::threats,
    webhook::take,
))]
pub(crate) struct Doc;
