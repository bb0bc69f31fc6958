//! The page. In: requests for it. Out: the way to our own page of a run.

use axum::extract::FromRequestParts as _;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use loopscope_event::SessionId;
use loopscope_protocol::percent_encode;

use super::{replay, sockets};
use crate::facades::detail::Detail;
use crate::facades::guest::Reader;
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
    let reader = Reader::from_request_parts(&mut parts, &state).await?;
    page(State(state), reader).await
}

/// The page of the run asked for, else of the one that was heard of last.
pub(super) async fn page(
    State(state): State<AppState>,
    reader: Reader,
) -> Result<Response, Detail> {
    let asked: Option<SessionId> = reader.pairs.parse("run")?;
    let run = match asked {
        Some(run) => Some(run),
        None => replay::current(&state, &reader.project).await?,
    };
    let mut to = "/sessions".to_owned();
    if let Some(run) = run {
        to.push('/');
        percent_encode(run.as_str(), &mut to);
        if reader.project.as_str() != "default" {
            to.push_str("?project=");
            percent_encode(reader.project.as_str(), &mut to);
        }
    }
    let no_store = (header::CACHE_CONTROL, "no-store".to_owned());
    Ok((StatusCode::FOUND, [(header::LOCATION, to), no_store]).into_response())
}
