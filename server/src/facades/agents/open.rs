//! What the agents contract's REST routes say of themselves in the open document.

use utoipa::OpenApi;

use super::rest;

/// See the module.
#[derive(OpenApi)]
#[openapi(paths(
    rest::health,
    rest::stats,
    rest::post,
    rest::events,
    rest::opportunities,
))]
pub(crate) struct Doc;
