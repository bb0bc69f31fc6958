//! How requests become sockets of this contract, and which pages may read its answers.

use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::actions::MAX_ACTION_BYTES;
use super::error::FacadeError;
use super::guest::Reader;
use super::socket::Talk;
use crate::access::Grant;
use crate::deliver::Speaks;
use crate::error::Problem;
use crate::socket::{Bounds, Upgrade, converse};
use crate::state::AppState;

/// Takes WebSocket upgrades of `/`; without one, `/` is the page.
pub(crate) async fn upgrade_at_root(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    if request.uri().path() != "/" || !Upgrade::is_asked_for(request.headers()) {
        return next.run(request).await;
    }
    documented(state, request)
        .await
        .unwrap_or_else(FacadeError::into_response)
}

/// The documented socket.
async fn documented(state: AppState, request: Request) -> Result<Response, FacadeError> {
    let (mut parts, _) = request.into_parts();
    let reader = Reader::from_request_parts(&mut parts, &state).await?;
    let upgrade = Upgrade::from_request_parts(&mut parts, &state)
        .await
        .map_err(FacadeError::no_upgrade)?;
    let presence = state.clients.enter(Speaks::Convergence);
    let talk = Talk::documented(state.clone(), reader.project, presence);
    Ok(serve(&state, upgrade, talk, reader.grant))
}

/// `GET /ws`: the socket of the reference's own page.
pub(super) async fn reference(
    State(state): State<AppState>,
    reader: Reader,
    upgrade: Result<Upgrade, Problem>,
) -> Result<Response, FacadeError> {
    let upgrade = upgrade.map_err(FacadeError::no_upgrade)?;
    let presence = state.clients.enter(Speaks::Convergence);
    let talk = Talk::of_reference(state.clone(), reader.project, presence).await?;
    Ok(serve(&state, upgrade, talk, reader.grant))
}

fn serve(state: &AppState, upgrade: Upgrade, talk: Talk, grant: Grant) -> Response {
    let bounds = Bounds {
        message_bytes: MAX_ACTION_BYTES,
        ends: grant.ends,
        shutdown: state.life.shutdown.clone(),
    };
    upgrade.accept(&state.life.tasks, move |wire| converse(wire, talk, bounds))
}

/// Lets pages of any origin read the answers. It lets nobody in: no credentials are shared, and a foreign page
/// without a token is refused like any stranger.
pub(super) async fn share_with_any_origin(request: Request, next: Next) -> Response {
    let mut response = if request.method() == Method::OPTIONS {
        StatusCode::NO_CONTENT.into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET"),
        (
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "authorization, content-type",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
