//! The open documents: what programs need to know to speak with us, made from the code.
//!
//! In: nothing. Out: OpenAPI 3.1 of every route, AsyncAPI 3 of `/ws/v1` and Socket.IO, the JSON Schema of an event, and
//! a page that shows the first of them. They hold no data, so no token is asked for.

mod answers;
mod async_api;
mod document;
mod errors;
mod event;
mod page;
pub(crate) mod params;
mod places;
pub(crate) mod shapes;
mod socket_io;
pub(crate) mod words;

use std::sync::LazyLock;

use axum::Router;
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use serde_json::Value;

pub(crate) use answers::AsContract;

use crate::state::AppState;

/// OpenAPI, as it is sent.
static OPEN_API: LazyLock<(Value, String)> = LazyLock::new(|| written(document::document()));
/// AsyncAPI, as it is sent.
static ASYNC_API: LazyLock<(Value, String)> = LazyLock::new(|| written(async_api::document()));
/// The schema of an event, as it is sent.
static EVENT: LazyLock<(Value, String)> = LazyLock::new(|| written(event::schema()));

/// The addresses of the documents.
pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/api/openapi.json", get(async || json(&OPEN_API.1)))
        .route("/api/asyncapi.json", get(async || json(&ASYNC_API.1)))
        .route("/api/event.schema.json", get(async || json(&EVENT.1)))
        .route("/api/docs", get(docs))
}

/// The document and its text, indented, with a line's end.
fn written(document: Value) -> (Value, String) {
    let text = serde_json::to_string_pretty(&document).unwrap_or_default() + "\n";
    (document, text)
}

fn json(text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, text).into_response()
}

async fn docs(headers: HeaderMap) -> Response {
    let cookies = headers.get(header::COOKIE);
    let cookies = cookies.and_then(|cookies| cookies.to_str().ok());
    let html = page::page(&OPEN_API.0, cookies.unwrap_or_default());
    let headers = [
        (header::CONTENT_SECURITY_POLICY, page::POLICY),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, Html(html)).into_response()
}

#[cfg(test)]
mod tests;
