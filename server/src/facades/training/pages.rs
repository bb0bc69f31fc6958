//! The page. In: requests for it. Out: our own page of a run.

use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::request::Parts;
use axum::response::Response;
use loopscope_event::SessionId;

use super::{replay, sockets};
use crate::facades::detail::Detail;
use crate::facades::guest::{self, Reader};
use crate::socket::Upgrade;
use crate::state::AppState;

/// `/`: a socket for whoever asks for one, the page for everyone else.
pub(crate) async fn root(
    State(state): State<AppState>,
    request: Request,
) -> Result<Response, Detail> {
    let (mut parts, _) = request.into_parts();
    if Upgrade::is_asked_for(&parts.headers) {
        return sockets::open(&state, &mut parts).await;
    }
    show(state, parts).await
}

/// The page of the run asked for, else of the one that was heard of last.
pub(super) async fn page(
    State(state): State<AppState>,
    request: Request,
) -> Result<Response, Detail> {
    show(state, request.into_parts().0).await
}

async fn show(state: AppState, mut parts: Parts) -> Result<Response, Detail> {
    let reader = Reader::from_request_parts(&mut parts, &state).await?;
    let asked: Option<SessionId> = reader.pairs.parse("run")?;
    let run = match asked {
        Some(run) => Some(run),
        None => replay::current(&state, &reader.project).await?,
    };
    Ok(guest::page(state, parts, reader, run, "/sessions").await)
}
