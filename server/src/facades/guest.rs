//! Who asks, refused in the shape of the agents and training contracts. These know no projects: it is the token's own,
//! else the default one.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use loopscope_event::ProjectId;

use super::detail::Detail;
use crate::access::{Grant, Peer, Producer, Right, Viewer};
use crate::api::Pairs;
use crate::api::body::Body;
use crate::socket::Upgrade;
use crate::state::AppState;

/// Someone who may read.
pub(super) struct Reader {
    /// What is read.
    pub(super) project: ProjectId,
    /// What the address says beside its path.
    pub(super) pairs: Pairs,
}

/// Someone who may send events, and what they send.
pub(super) struct Posted {
    /// Where the events go.
    pub(super) project: ProjectId,
    /// What the address says beside its path.
    pub(super) pairs: Pairs,
    /// The events.
    pub(super) body: Body,
}

/// Someone who asks for a socket and may have it.
pub(super) struct Socket {
    /// Who it is.
    pub(super) grant: Grant,
    /// From where.
    pub(super) peer: Peer,
    /// What is read, or where events go.
    pub(super) project: ProjectId,
    /// What the address says beside its path.
    pub(super) pairs: Pairs,
    /// The connection.
    pub(super) upgrade: Upgrade,
}

impl FromRequestParts<AppState> for Reader {
    type Rejection = Detail;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Detail> {
        let Viewer(grant) = Viewer::from_request_parts(parts, state).await?;
        Ok(Self {
            project: grant.project.unwrap_or_default(),
            pairs: Pairs::read(parts.uri.query()),
        })
    }
}

impl FromRequest<AppState> for Posted {
    type Rejection = Detail;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Detail> {
        let (mut parts, body) = request.into_parts();
        let Producer(grant) = Producer::from_request_parts(&mut parts, state).await?;
        let pairs = Pairs::read(parts.uri.query());
        let body = Body::from_request(Request::from_parts(parts, body), state).await?;
        Ok(Self {
            project: grant.project.unwrap_or_default(),
            pairs,
            body,
        })
    }
}

impl Socket {
    /// Whether an address asks for the socket of a producer.
    pub(super) fn is_of_producer(pairs: &Pairs) -> bool {
        let role = pairs.get("role");
        role.is_some_and(|role| role.eq_ignore_ascii_case("producer"))
    }

    /// Lets a request have its socket, if it may do what it is for.
    pub(super) async fn open(
        parts: &mut Parts,
        state: &AppState,
        right: Right,
    ) -> Result<Self, Detail> {
        let grant = state.access.allow(parts, right).await?;
        let upgrade = Upgrade::from_request_parts(parts, state).await?;
        Ok(Self {
            peer: Peer::of(parts)?,
            project: grant.project.clone().unwrap_or_default(),
            pairs: Pairs::read(parts.uri.query()),
            grant,
            upgrade,
        })
    }
}
