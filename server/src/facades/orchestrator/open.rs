//! What the orchestrator contract's REST routes say of themselves in the open document.

use utoipa::OpenApi;

use super::{rest, skills};

/// See the module.
#[derive(OpenApi)]
#[openapi(paths(
    rest::health,
    rest::stats,
    rest::sessions,
    rest::session,
    rest::make,
    rest::remove,
    skills::list,
    skills::one,
))]
pub(crate) struct Doc;
