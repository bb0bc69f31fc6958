//! Who asks, refused in this contract's shape. In: a request's credentials. Out: the project that it is about.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use loopscope_event::ProjectId;

use super::error::FacadeError;
use crate::access::{Grant, Producer, Viewer};
use crate::state::AppState;

/// Someone who may read. The contract knows no projects: it is the token's own, else the default one.
pub(crate) struct Reader {
    /// What is read.
    pub(crate) project: ProjectId,
    /// Who reads.
    pub(crate) grant: Grant,
}

/// A loop that may send events.
pub(crate) struct Sender {
    /// Where its events go.
    pub(crate) project: ProjectId,
}

impl FromRequestParts<AppState> for Reader {
    type Rejection = FacadeError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, FacadeError> {
        let Viewer(grant) = Viewer::from_request_parts(parts, state).await?;
        let project = grant.project.clone().unwrap_or_default();
        Ok(Self { project, grant })
    }
}

impl FromRequestParts<AppState> for Sender {
    type Rejection = FacadeError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, FacadeError> {
        let Producer(grant) = Producer::from_request_parts(parts, state).await?;
        let project = grant.project.unwrap_or_default();
        Ok(Self { project })
    }
}
