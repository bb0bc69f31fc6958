//! Who asks, refused in the shape of the agents and training contracts. These know no projects: it is the token's own,
//! else the default one.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::Uri;
use axum::http::request::Parts;
use axum::response::Response;
use loopscope_event::{ProjectId, SessionId};
use loopscope_protocol::percent_encode;

use super::detail::Detail;
use crate::access::{Grant, Peer, Producer, Right, Viewer, without_token};
use crate::api::Pairs;
use crate::api::body::Body;
use crate::pages;
use crate::socket::Upgrade;
use crate::state::AppState;

/// Someone who may read.
pub(super) struct Reader {
    /// Who it is.
    pub(super) grant: Grant,
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

/// The contract's page: our own page of a session, or the page that lists such sessions where there is none.
pub(super) async fn page(
    state: AppState,
    parts: Parts,
    reader: Reader,
    session: Option<SessionId>,
    list: &'static str,
) -> Response {
    if let Some(elsewhere) = without_token(&parts) {
        return elsewhere;
    }
    let mut address = list.to_owned();
    if let Some(session) = session {
        "/sessions/".clone_into(&mut address);
        percent_encode(session.as_str(), &mut address);
        if reader.project.as_str() != "default" {
            address.push_str("?project=");
            percent_encode(reader.project.as_str(), &mut address);
        }
    }
    // What is encoded is always an address.
    let address = Uri::try_from(address).unwrap_or_else(|_| Uri::from_static(list));
    pages::show(state, parts, reader.grant, address).await
}

impl FromRequestParts<AppState> for Reader {
    type Rejection = Detail;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Detail> {
        let Viewer(grant) = Viewer::from_request_parts(parts, state).await?;
        Ok(Self {
            project: grant.project.clone().unwrap_or_default(),
            pairs: Pairs::read(parts.uri.query()),
            grant,
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
