//! What the agents contract's REST routes say of themselves in the open document.

use utoipa::OpenApi;

use super::{opportunities, rest};

/// See the module.
#[derive(OpenApi)]
#[openapi(paths(
    rest::health,
    rest::stats,
    rest::post,
    rest::events,
    opportunities::opportunities,
))]
pub(crate) struct Doc;
