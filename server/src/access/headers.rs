//! Headers that every answer carries: what browsers must not do with it.

use axum::extract::Request;
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use super::origin::is_plain;

/// The policy of answers that bring none of their own: they are data, and nothing in them may run.
const DATA_POLICY: &str =
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const ALWAYS: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

/// Keeps pages that opened ours, or that ours opened, away from its window. Browsers heed it only where nobody else can
/// have written it, and complain of it everywhere else.
const OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// Adds the headers.
pub(crate) async fn security_headers(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let is_plain = is_plain(&parts);
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        set_default(headers, name, value);
    }
    if !is_plain {
        set_default(headers, OPENER, "same-origin");
    }
    set_default(headers, header::CONTENT_SECURITY_POLICY, DATA_POLICY);
    response
}

fn set_default(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers
        .entry(name)
        .or_insert(HeaderValue::from_static(value));
}
