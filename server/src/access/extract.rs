//! Extractors: a handler that takes one of these is reached only by who may.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use loopscope_protocol::{ApiError, ErrorCode};

use super::{Grant, Peer, Right, Role};
use crate::error::Problem;
use crate::state::AppState;

/// Someone who may read.
pub(crate) struct Viewer(pub Grant);

/// Someone who may send events, and has not sent too many.
pub(crate) struct Producer(pub Grant);

/// Someone who may steer, and has not steered too much.
pub(crate) struct Steerer(pub Grant);

/// A program that may take commands, or someone for it.
pub(crate) struct Taker(pub Grant);

/// Someone who may change how the server works.
pub(crate) struct Admin(pub Grant);

async fn allow(parts: &Parts, state: &AppState, right: Right) -> Result<Grant, Problem> {
    state.access.allow(parts, right).await.map_err(Problem)
}

impl FromRequestParts<AppState> for Viewer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        allow(parts, state, Right::View).await.map(Self)
    }
}

impl FromRequestParts<AppState> for Producer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let grant = allow(parts, state, Right::Ingest).await?;
        let peer = Peer::of(parts)?;
        state.access.count_intake(&grant, &peer)?;
        Ok(Self(grant))
    }
}

impl FromRequestParts<AppState> for Steerer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let grant = allow(parts, state, Right::Steer).await?;
        if parts.method != axum::http::Method::GET {
            let peer = Peer::of(parts)?;
            state.access.count_command(&grant, &peer)?;
        }
        Ok(Self(grant))
    }
}

impl FromRequestParts<AppState> for Taker {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        allow(parts, state, Right::Take).await.map(Self)
    }
}

impl Peer {
    /// The peer of a request.
    pub(crate) fn of(parts: &Parts) -> Result<Self, Problem> {
        let peer = parts.extensions.get::<Self>().cloned();
        peer.ok_or_else(|| {
            Problem(ApiError::new(
                ErrorCode::Internal,
                "a request without a peer",
            ))
        })
    }
}

impl FromRequestParts<AppState> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let grant = allow(parts, state, Right::Steer).await?;
        if grant.role != Role::Admin {
            let message = "this needs the role admin";
            return Err(Problem::new(ErrorCode::Forbidden, message));
        }
        let peer = Peer::of(parts)?;
        state.access.count_command(&grant, &peer)?;
        Ok(Self(grant))
    }
}
