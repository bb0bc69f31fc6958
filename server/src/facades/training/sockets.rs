//! How requests become sockets of this contract. In: upgrades. Out: clients, and producers where `role=producer` says so.

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::response::Response;
use loopscope_event::{Dialect, SessionId};

use super::replay::Replay;
use super::viewer::Viewer;
use crate::access::Right;
use crate::api::Pairs;
use crate::deliver::Speaks;
use crate::facades::detail::Detail;
use crate::facades::follow::Follower;
use crate::facades::guest::Socket;
use crate::facades::produce::{self, Producer};
use crate::socket::{Bounds, converse};
use crate::state::AppState;

/// The longest frame of a client that is read; it is ignored anyway.
const IGNORED_BYTES: usize = 4 * 1024;

/// `/ws`.
pub(super) async fn viewer_or_producer(
    State(state): State<AppState>,
    request: Request,
) -> Result<Response, Detail> {
    let (mut parts, _) = request.into_parts();
    open(&state, &mut parts).await
}

/// `/ws/publish`.
pub(super) async fn producer(
    State(state): State<AppState>,
    request: Request,
) -> Result<Response, Detail> {
    let (mut parts, _) = request.into_parts();
    publish(&state, &mut parts).await
}

/// The socket that an upgrade asks for.
pub(super) async fn open(state: &AppState, parts: &mut Parts) -> Result<Response, Detail> {
    if Socket::is_of_producer(&Pairs::read(parts.uri.query())) {
        publish(state, parts).await
    } else {
        view(state, parts).await
    }
}

async fn view(state: &AppState, parts: &mut Parts) -> Result<Response, Detail> {
    let asked = Socket::open(parts, state, Right::View).await?;
    let run: Option<SessionId> = asked.pairs.parse("run")?;
    let presence = state.clients.enter(Speaks::Training);
    let after = state.ring.head();
    let wants_replay = matches!(asked.pairs.get("replay"), Some("1" | "true" | "yes"));
    let replay = if wants_replay {
        Replay::new(state, &asked.project, run.as_ref(), after).await?
    } else {
        None
    };
    let events = Follower::new(state, Dialect::Training, &asked.project, run, after);
    let viewer = Viewer::new(events, replay, presence);
    let bounds = Bounds {
        message_bytes: IGNORED_BYTES,
        ends: asked.grant.ends,
        shutdown: state.life.shutdown.clone(),
    };
    let tasks = &state.life.tasks;
    Ok(asked
        .upgrade
        .accept(tasks, move |wire| converse(wire, viewer, bounds)))
}

async fn publish(state: &AppState, parts: &mut Parts) -> Result<Response, Detail> {
    let asked = Socket::open(parts, state, Right::Ingest).await?;
    let seat = state
        .trainers
        .sit(state, &asked.project, asked.pairs.get("source"));
    let producer = Producer {
        session_hint: None,
        grant: asked.grant,
        peer: asked.peer,
        dialect: Dialect::Training,
        project: asked.project,
        seat: Some(seat),
    };
    let (state, tasks) = (state.clone(), state.life.tasks.clone());
    Ok(asked
        .upgrade
        .accept(&tasks, move |wire| produce::serve(state, wire, producer)))
}
