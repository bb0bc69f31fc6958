//! `/ws/v1`: our own protocol on a WebSocket, as `docs/protocol.md` writes it.
//!
//! In: an upgrade by someone who may read or send. Out: a conversation ([`Talk`]): streams of events with a cursor
//! each, news of sessions and numbers, and receipts for what is published.

mod named;
mod refusal;
mod steering;
mod stream;
mod talk;
mod turns;
mod watching;

use axum::extract::State;
use axum::http::request::Parts;
use axum::response::Response;

use crate::access::{Peer, Right};
use crate::api::Pairs;
use crate::error::Problem;
use crate::socket::{Bounds, Upgrade, Wire, converse};
use crate::state::AppState;

use super::Speaks;
pub(crate) use steering::{attached, told};
use talk::Talk;

/// `GET /ws/v1`: upgrades whoever may read, or send. With `?project=` the connection is for that project only.
pub(crate) async fn upgrade(
    State(state): State<AppState>,
    parts: Parts,
    upgrade: Upgrade,
) -> Result<Response, Problem> {
    let grant = match state.access.allow(&parts, Right::View).await {
        Ok(grant) => grant,
        Err(_) => state.access.allow(&parts, Right::Take).await?,
    };
    let project = Pairs::read(parts.uri.query()).parse("project")?;
    let grant = grant.within(project)?;
    let bounds = Bounds {
        message_bytes: state.config.limits.frame_bytes,
        ends: grant.ends.clone(),
        shutdown: state.life.shutdown.clone(),
    };
    let presence = state.clients.enter(Speaks::V1);
    let tasks = state.life.tasks.clone();
    let talk = Talk::new(state, grant, Peer::of(&parts)?, presence);
    Ok(upgrade.accept(&tasks, move |wire: Wire| converse(wire, talk, bounds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What one connection costs, apart from what its socket and its task cost anyway.
    fn future_bytes<F: Future>(_: impl FnOnce(Wire, Talk, Bounds) -> F) -> usize {
        size_of::<F>()
    }

    #[test]
    fn a_connection_that_waits_is_small() {
        let bytes = future_bytes(converse::<Wire, Talk>) + size_of::<stream::Stream>();
        assert!(
            bytes < 1_024,
            "{bytes} bytes for a connection with one stream"
        );
    }
}
