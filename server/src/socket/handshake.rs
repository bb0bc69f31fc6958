//! The upgrade of an HTTP/1.1 request to a WebSocket (RFC 6455, section 4.2). In: a request. Out: `101`, and the
//! connection once it has become one.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use loopscope_protocol::{ApiError, ErrorCode};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::error::Problem;
use crate::serve::Place;

/// The connection after the upgrade.
pub(crate) type Wire = TokioIo<Upgraded>;

/// A request that asks for a WebSocket and may have one.
pub(crate) struct Upgrade {
    accept: HeaderValue,
    connection: OnUpgrade,
    /// The connection's place among the bounded number of them; given back when the socket ends.
    place: Option<Place>,
}

impl Upgrade {
    /// Whether a request asks for a WebSocket at all.
    pub(crate) fn is_asked_for(headers: &HeaderMap) -> bool {
        has_token(headers, &header::UPGRADE, "websocket")
    }

    /// Answers `101` and runs `serve` on the connection. The caller tracks the task that `serve` runs in.
    pub(crate) fn accept<F>(
        self,
        tracker: &tokio_util::task::TaskTracker,
        serve: impl FnOnce(Wire) -> F + Send + 'static,
    ) -> Response
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (connection, place) = (self.connection, self.place);
        let tasks = tracker.clone();
        // Two tasks: the one that waits is larger than the one that stays, and ends here.
        tracker.spawn(async move {
            match connection.await {
                Ok(upgraded) => {
                    let served = serve(TokioIo::new(upgraded));
                    tasks.spawn(async move {
                        let _place = place;
                        served.await;
                    });
                }
                Err(error) => tracing::debug!(%error, "a WebSocket upgrade failed"),
            }
        });
        let headers = [
            (header::CONNECTION, HeaderValue::from_static("Upgrade")),
            (header::UPGRADE, HeaderValue::from_static("websocket")),
            (header::SEC_WEBSOCKET_ACCEPT, self.accept),
        ];
        (StatusCode::SWITCHING_PROTOCOLS, headers).into_response()
    }
}

impl<S: Sync> FromRequestParts<S> for Upgrade {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let headers = &parts.headers;
        let refuse = |message: &str| Problem(ApiError::new(ErrorCode::Malformed, message));
        if parts.method != Method::GET || !Self::is_asked_for(headers) {
            return Err(refuse("this address speaks WebSocket; ask for an upgrade"));
        }
        if !has_token(headers, &header::CONNECTION, "upgrade") {
            return Err(refuse("`Connection: Upgrade` is missing"));
        }
        let version = headers.get(header::SEC_WEBSOCKET_VERSION);
        if version.is_none_or(|version| version != "13") {
            return Err(refuse("only WebSocket version 13 is spoken"));
        }
        let accept = headers
            .get(header::SEC_WEBSOCKET_KEY)
            .map(|key| derive_accept_key(key.as_bytes()))
            .and_then(|accept| HeaderValue::from_str(&accept).ok())
            .ok_or_else(|| refuse("`Sec-WebSocket-Key` is missing"))?;
        let connection = parts
            .extensions
            .remove::<OnUpgrade>()
            .ok_or_else(|| refuse("this connection cannot be upgraded"))?;
        Ok(Self {
            accept,
            connection,
            place: parts.extensions.get::<Place>().cloned(),
        })
    }
}

/// Whether a comma-separated header holds a token, in any case.
fn has_token(headers: &HeaderMap, name: &header::HeaderName, token: &str) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|word| word.trim().eq_ignore_ascii_case(token))
}
