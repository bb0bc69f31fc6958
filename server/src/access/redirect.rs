//! What a browser gets that may not see a page yet: the login page, or a cookie for the token in its address.

use axum::extract::{OriginalUri, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use loopscope_protocol::{ApiError, ErrorCode};

use super::{Right, login, secret};
use crate::error::{Problem, status};
use crate::state::AppState;

/// Lets viewers through to the pages, and leads everyone else to the login page.
pub(crate) async fn ask_for_token(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    match state.access.allow(&parts, Right::View).await {
        Ok(grant) => {
            if let Some(elsewhere) = without_token(&parts) {
                return elsewhere;
            }
            let mut request = Request::from_parts(parts, body);
            request.extensions_mut().insert(grant);
            next.run(request).await
        }
        Err(error) if error.code == ErrorCode::Unauthorized => to_login(&parts),
        Err(error) => refused(error),
    }
}

/// Moves the token of a page's address to a cookie, where it does not end up in histories and logs, and where what the
/// page asks for later finds it.
pub(crate) fn without_token(parts: &Parts) -> Option<Response> {
    if parts.method != Method::GET {
        return None;
    }
    // A router that is mounted below a path sees the rest of it only.
    let uri = match parts.extensions.get() {
        Some(OriginalUri(uri)) => uri,
        None => &parts.uri,
    };
    let query = uri.query()?;
    let secret = secret::in_query(query)?;
    let rest: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.starts_with("token="))
        .collect();
    let to = match rest.as_slice() {
        [] => uri.path().to_owned(),
        rest => format!("{}?{}", uri.path(), rest.join("&")),
    };
    let headers = [
        (header::SET_COOKIE, login::cookie(&secret, parts)),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Some((headers, Redirect::to(&login::local_path(&to))).into_response())
}

fn to_login(parts: &Parts) -> Response {
    let next = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let mut to = String::from("/login?next=");
    loopscope_protocol::percent_encode(next, &mut to);
    if to.parse::<Uri>().is_err() {
        "/login".clone_into(&mut to);
    }
    Redirect::to(&to).into_response()
}

fn refused(error: ApiError) -> Response {
    let code = status(&error);
    if code == StatusCode::FORBIDDEN {
        return (code, format!("{}\n", error.message)).into_response();
    }
    Problem(error).into_response()
}
