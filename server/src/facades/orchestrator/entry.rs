//! `/socket.io/`: from HTTP to the library. In: polling requests and upgrades. Out: what the library answers.
//!
//! What Python's clients send goes through [`tokens`] on its way, be it a body or a socket's frames.

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts as _, Request};
use axum::http::header::{self, HeaderName};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use socketioxide::service::SocketIoService;
use tokio_util::task::TaskTracker;
use tower::Service as _;

use super::wire::Wire;
use super::{MAX_PAYLOAD, tokens};
use crate::api::Pairs;
use crate::socket::Upgrade;

/// Answers one request.
pub(super) async fn answer<S>(
    service: SocketIoService<S>,
    tasks: TaskTracker,
    request: Request,
) -> Response
where
    S: tower::Service<
            Request,
            Response = axum::http::Response<Body>,
            Error = std::convert::Infallible,
        > + Clone
        + Send
        + 'static,
    S::Future: Send,
{
    let (mut parts, body) = request.into_parts();
    if is_socket(&parts) {
        return match Upgrade::from_request_parts(&mut parts, &()).await {
            Ok(upgrade) => begin(service, &tasks, upgrade, parts),
            Err(problem) => problem.into_response(),
        };
    }
    let body = if parts.method == Method::POST {
        let Ok(bytes) = to_bytes(body, MAX_PAYLOAD as usize).await else {
            return StatusCode::PAYLOAD_TOO_LARGE.into_response();
        };
        let mut bytes = Vec::from(bytes);
        tokens::in_body(&mut bytes);
        Body::from(bytes)
    } else {
        body
    };
    let mut service = service;
    match service.call(Request::from_parts(parts, body)).await {
        Ok(response) => response.map(Body::new),
        Err(error) => match error {},
    }
}

/// Whether it asks for a WebSocket in a way that the library understands; it answers the others.
fn is_socket(parts: &Parts) -> bool {
    let pairs = Pairs::read(parts.uri.query());
    parts.method == Method::GET
        && pairs.get("EIO") == Some("4")
        && pairs.get("transport") == Some("websocket")
}

/// The library keeps a request as long as its connection: only what access looks at stays.
fn lean(mut parts: Parts) -> Parts {
    let mut headers = HeaderMap::with_capacity(4);
    for (name, value) in &parts.headers {
        if is_looked_at(name) {
            headers.append(name.clone(), value.clone());
        }
    }
    parts.headers = headers;
    parts
}

/// Whether a header says who is there or where they come from.
fn is_looked_at(name: &HeaderName) -> bool {
    let names = [
        header::AUTHORIZATION,
        header::COOKIE,
        header::FORWARDED,
        header::HOST,
        header::ORIGIN,
        header::VIA,
    ];
    names.contains(name) || name.as_str().starts_with("x-")
}

fn begin<S>(
    mut service: SocketIoService<S>,
    tasks: &TaskTracker,
    upgrade: Upgrade,
    parts: Parts,
) -> Response
where
    S: Clone + Send + 'static,
{
    let request = Request::from_parts(lean(parts), ());
    upgrade.accept(tasks, move |wire| async move {
        if service.call((Wire::new(wire), request)).await.is_err() {
            tracing::debug!("a Socket.IO upgrade was not understood");
        }
    })
}
