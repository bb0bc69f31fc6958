//! The dashboard, and what is not there. In: requests for pages. Out: our own page of a system.

use axum::extract::{FromRequestParts as _, OriginalUri, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use loopscope_event::{Dialect, SessionId};
use loopscope_journal::{SessionQuery, SessionSort};

use super::{sockets, system};
use crate::facades::detail::Detail;
use crate::facades::guest::{Reader, page};
use crate::socket::Upgrade;
use crate::state::AppState;

/// `/`: a socket for whoever asks for one, the way to the dashboard for everyone else.
pub(crate) async fn root(
    State(state): State<AppState>,
    OriginalUri(uri): OriginalUri,
    request: Request,
) -> Result<Response, Detail> {
    let (mut parts, _) = request.into_parts();
    if Upgrade::is_asked_for(&parts.headers) {
        return sockets::open(&state, &mut parts).await;
    }
    let mut to = format!("{}/dashboard", uri.path().trim_end_matches('/'));
    if let Some(query) = uri.query() {
        to.push('?');
        to.push_str(query);
    }
    Ok(found(&to))
}

/// `/dashboard`: the page of the system asked for, else of the one that was heard of last.
pub(super) async fn dashboard(
    State(state): State<AppState>,
    request: Request,
) -> Result<Response, Detail> {
    let (mut parts, _) = request.into_parts();
    let reader = Reader::from_request_parts(&mut parts, &state).await?;
    let asked = system(&reader.pairs)?;
    let session = match asked {
        Some(session) => Some(session),
        None => newest(&state, &reader).await?,
    };
    Ok(page(state, parts, reader, session, "/systems").await)
}

async fn newest(state: &AppState, reader: &Reader) -> Result<Option<SessionId>, Detail> {
    let query = SessionQuery {
        project: Some(reader.project.clone()),
        dialects: vec![Dialect::Agents],
        sort: SessionSort::LastEvent,
        limit: 1,
        ..SessionQuery::default()
    };
    state.fold.settle().await;
    let page = state.journal.sessions(&query).await?;
    Ok(page.rows.into_iter().next().map(|row| row.session_id))
}

/// The answer to an address of this facade that is none.
pub(crate) async fn not_found(OriginalUri(uri): OriginalUri) -> Response {
    let path: String = uri.path().chars().take(256).collect();
    (StatusCode::NOT_FOUND, format!("404: {path} is not here\n")).into_response()
}

fn found(to: &str) -> Response {
    let no_store = (header::CACHE_CONTROL, "no-store".to_owned());
    let location = (header::LOCATION, to.to_owned());
    (StatusCode::FOUND, [location, no_store]).into_response()
}
