//! What a browser gets that may not see a page yet: the login page, or a cookie for the token in its address.

use axum::extract::{Request, State};
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
        Ok(_) if shows_token(&parts) => exchange(&parts),
        Ok(grant) => {
            let mut request = Request::from_parts(parts, body);
            request.extensions_mut().insert(grant);
            next.run(request).await
        }
        Err(error) if error.code == ErrorCode::Unauthorized => to_login(&parts),
        Err(error) => refused(error),
    }
}

fn shows_token(parts: &Parts) -> bool {
    parts.method == Method::GET && secret::in_query(parts.uri.query().unwrap_or_default()).is_some()
}

/// Moves the token from the address to a cookie, where it does not end up in histories and logs.
fn exchange(parts: &Parts) -> Response {
    let query = parts.uri.query().unwrap_or_default();
    let Some(secret) = secret::in_query(query) else {
        return Redirect::to("/").into_response();
    };
    let rest: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.starts_with("token="))
        .collect();
    let to = match rest.as_slice() {
        [] => parts.uri.path().to_owned(),
        rest => format!("{}?{}", parts.uri.path(), rest.join("&")),
    };
    let cookie = login::cookie(&secret, parts);
    let headers = [
        (header::SET_COOKIE, cookie),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, Redirect::to(&login::local_path(&to))).into_response()
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
