//! Requests to the server over HTTP and HTTPS, and what its answers mean. In: a request. Out: an answer or an [`Error`].

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, RETRY_AFTER, USER_AGENT,
};
use hyper::{Method, Request, StatusCode};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use loopscope_protocol::{ApiError, ErrorBody};

use super::Address;
use crate::Error;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// The largest answer that is read, in bytes.
const ANSWER_BYTES: usize = 64 << 20;

/// What is dialled.
pub(crate) type Connector = HttpsConnector<HttpConnector>;

/// Asks the server. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Transport {
    client: Client<Connector, Full<Bytes>>,
    connector: Connector,
    address: Arc<Address>,
}

/// An answer, whatever its status.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Bytes,
    pub(crate) retry_after: Option<Duration>,
}

impl Transport {
    pub(crate) fn new(address: Address) -> Self {
        let mut plain = HttpConnector::new();
        plain.enforce_http(false);
        plain.set_nodelay(true);
        plain.set_connect_timeout(Some(CONNECT));
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls())
            .https_or_http()
            .enable_http1()
            .wrap_connector(plain);
        Self {
            client: Client::builder(TokioExecutor::new())
                .pool_max_idle_per_host(2)
                .build(connector.clone()),
            connector,
            address: Arc::new(address),
        }
    }

    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    /// Posts lines of JSON, packed where it is worth it.
    pub(crate) async fn post_lines(
        &self,
        route: &str,
        lines: Bytes,
        within: Duration,
    ) -> Result<Answer, Error> {
        let packed = (!self.address.is_local() && lines.len() > 1_024)
            .then(|| pack(&lines))
            .flatten();
        let mut request = Request::builder()
            .method(Method::POST)
            .header(CONTENT_TYPE, "application/x-ndjson");
        if packed.is_some() {
            request = request.header(CONTENT_ENCODING, "gzip");
        }
        self.ask(request, route, packed.unwrap_or(lines), within)
            .await
    }

    /// Any request: a route below the server's address, and a body of JSON where there is one.
    pub(crate) async fn ask_json(
        &self,
        method: Method,
        route: &str,
        body: Option<String>,
        within: Duration,
    ) -> Result<Answer, Error> {
        let mut request = Request::builder().method(method);
        if body.is_some() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let body = body.map_or_else(Bytes::new, Bytes::from);
        self.ask(request, route, body, within).await
    }

    async fn ask(
        &self,
        request: hyper::http::request::Builder,
        route: &str,
        body: Bytes,
        within: Duration,
    ) -> Result<Answer, Error> {
        let mut request = request
            .uri(self.address.route(route))
            .header(USER_AGENT, agent());
        if let Some(bearer) = self.address.bearer() {
            request = request.header(AUTHORIZATION, bearer);
        }
        let request = request.body(Full::new(body)).map_err(|error| Error::Url {
            url: self.address.route(route),
            why: error.to_string(),
        })?;
        match tokio::time::timeout(within, self.answer(request)).await {
            Ok(answer) => answer,
            Err(_) => Err(self.unreachable(format!("no answer within {} s", within.as_secs()))),
        }
    }

    async fn answer(&self, request: Request<Full<Bytes>>) -> Result<Answer, Error> {
        let response = self.client.request(request).await;
        let response = response.map_err(|error| self.unreachable(innermost(&error)))?;
        let status = response.status();
        let seconds = response.headers().get(RETRY_AFTER);
        let seconds = seconds.and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let body = Limited::new(response.into_body(), ANSWER_BYTES)
            .collect()
            .await;
        let body = body
            .map_err(|error| self.unreachable(innermost(&*error)))?
            .to_bytes();
        Ok(Answer {
            status,
            body,
            retry_after: seconds.map(Duration::from_secs),
        })
    }

    /// A connection of one's own, for a WebSocket.
    pub(crate) const fn connector(&self) -> &Connector {
        &self.connector
    }

    pub(crate) fn unreachable(&self, why: String) -> Error {
        Error::Unreachable {
            url: self.address.as_str().to_owned(),
            why,
        }
    }

    /// What an answer that is no success means.
    pub(crate) fn refusal(&self, answer: &Answer) -> Error {
        let url = self.address.as_str().to_owned();
        let said: Option<ApiError> = answer.api_error();
        let why = |said: Option<ApiError>| {
            said.map_or_else(|| "no reason given".to_owned(), |said| said.message)
        };
        match (answer.status, said) {
            (StatusCode::UNAUTHORIZED, said) => Error::Unauthorized {
                url,
                why: why(said),
            },
            (StatusCode::FORBIDDEN, said) => Error::Forbidden {
                url,
                why: why(said),
            },
            (_, Some(said)) => Error::Refused(Box::new(said)),
            (status, None) => Error::NotLoopscope {
                url,
                why: format!("it answered with status {}", status.as_u16()),
            },
        }
    }
}

impl Answer {
    /// The error in it.
    pub(crate) fn api_error(&self) -> Option<ApiError> {
        serde_json::from_slice(&self.body)
            .ok()
            .map(|body: ErrorBody| body.error)
    }

    /// How long the server asks to wait.
    pub(crate) fn wait(&self) -> Option<Duration> {
        let millis = self.api_error().and_then(|error| error.retry_after_ms);
        millis.map(Duration::from_millis).or(self.retry_after)
    }
}

/// Who we say we are.
pub(crate) fn agent() -> HeaderValue {
    HeaderValue::from_static(concat!("loopscope-client/", env!("CARGO_PKG_VERSION")))
}

/// The innermost reason, in the system's words.
pub(crate) fn innermost(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

fn pack(lines: &[u8]) -> Option<Bytes> {
    use std::io::Write as _;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(lines).ok()?;
    packer.finish().ok().map(Bytes::from)
}

/// TLS by the machine's own root certificates; without any, no server is trusted.
fn tls() -> rustls::ClientConfig {
    use hyper_rustls::ConfigBuilderExt as _;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = || {
        rustls::ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap_or_else(|_| rustls::ClientConfig::builder())
    };
    match builder().with_native_roots() {
        Ok(config) => config.with_no_client_auth(),
        Err(_) => builder()
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth(),
    }
}
