//! What the training contract's REST routes say of themselves in the open document.

use utoipa::OpenApi;

use super::{listing, rest, runs};

/// See the module.
#[derive(OpenApi)]
#[openapi(paths(rest::health, rest::post, runs::list, runs::one, listing::events,))]
pub(crate) struct Doc;
