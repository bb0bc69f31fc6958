//! Pages of other origins. In: requests with an `Origin`. Out: the headers by which browsers share the answers.
//!
//! Dashboards of the contracts are pages of this machine on the ports 3000 and 5173: those, and the origins that the
//! configuration names, may read and steer with credentials. Nobody else's page may.

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::state::AppState;

/// Where dashboards of the contracts are developed.
const LOCAL: [&str; 4] = [
    "http://localhost:3000",
    "http://localhost:5173",
    "http://127.0.0.1:3000",
    "http://127.0.0.1:5173",
];

fn local_origin(headers: &HeaderMap) -> bool {
    let origin = headers.get(header::ORIGIN);
    origin.is_some_and(|origin| LOCAL.iter().any(|known| *known == origin))
}

/// The request as if one of the contracts' own pages were ours.
pub(crate) fn without_local_origin(mut parts: Parts) -> Parts {
    if local_origin(&parts.headers) {
        parts.headers.remove(header::ORIGIN);
    }
    parts
}

/// Answers preflights, and adds the headers that share an answer with pages that may have it.
pub(crate) async fn share(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let is_known = |origin: &HeaderValue| {
        let known = &state.config.origins;
        LOCAL.iter().any(|local| *local == origin)
            || known
                .iter()
                .any(|known| known.trim_end_matches('/') == origin)
    };
    let origin = origin.filter(is_known);
    let wanted = request
        .headers()
        .get(header::ACCESS_CONTROL_REQUEST_HEADERS)
        .cloned();
    let is_preflight = request.method() == Method::OPTIONS
        && request
            .headers()
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if is_preflight {
        StatusCode::NO_CONTENT.into_response()
    } else {
        let (parts, body) = request.into_parts();
        next.run(Request::from_parts(without_local_origin(parts), body))
            .await
    };
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
            HeaderValue::from_static("true"),
        );
        if is_preflight {
            headers.insert(
                header::ACCESS_CONTROL_ALLOW_METHODS,
                HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE, OPTIONS"),
            );
            let wanted = wanted.unwrap_or(HeaderValue::from_static("authorization, content-type"));
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted);
            headers.insert(
                header::ACCESS_CONTROL_MAX_AGE,
                HeaderValue::from_static("600"),
            );
        }
    }
    response
}
