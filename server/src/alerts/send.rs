//! One attempt to tell a channel. In: an address, a body, a secret. Out: the answer's status and beginning, or why not.
//!
//! No redirect is followed, no answer is read beyond its beginning, and none is waited for longer than [`PATIENCE`].
//! The body of a webhook is signed: `Loopscope-Signature: t=…,v1=…`, the HMAC-SHA256 of the time, a dot, and the body.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use hmac::{Hmac, Mac as _};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::header::{CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use hyper::{Method, Request, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::rt::TokioExecutor;
use sha2::Sha256;
use tower::util::BoxCloneSyncService;

/// How long an attempt may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How much of an answer is read.
const ANSWER_BYTES: usize = 1_024;

type Addresses = std::vec::IntoIter<SocketAddr>;
type Resolver = BoxCloneSyncService<Name, Addresses, io::Error>;

/// Sends. Cheap to clone.
#[derive(Clone)]
pub(super) struct Sender {
    client: Client<HttpsConnector<HttpConnector<Resolver>>, Full<Bytes>>,
    refuse_private: bool,
}

/// What came of an attempt.
#[derive(Debug, Clone, Default)]
pub(super) struct Answer {
    pub status: Option<u16>,
    /// The beginning of the answer, or why there was none.
    pub words: String,
    /// How long the receiver asks to wait.
    pub retry_after: Option<Duration>,
}

impl Answer {
    pub(super) fn is_received(&self) -> bool {
        self.status
            .is_some_and(|status| (200..300).contains(&status))
    }

    fn none(words: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            ..Self::default()
        }
    }
}

impl Sender {
    pub(super) fn new(refuse_private: bool) -> Self {
        let resolve = move |name: Name| async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found: Vec<SocketAddr> = found
                .filter(|address| !refuse_private || is_public(address.ip()))
                .collect();
            if found.is_empty() {
                return Err(io::Error::other("no allowed address"));
            }
            Ok(found.into_iter())
        };
        let mut plain =
            HttpConnector::new_with_resolver(BoxCloneSyncService::new(tower::service_fn(resolve)));
        plain.enforce_http(false);
        plain.set_connect_timeout(Some(PATIENCE / 2));
        let builder = HttpsConnectorBuilder::new();
        let provider = rustls::crypto::ring::default_provider();
        let https = match builder.with_provider_and_native_roots(provider) {
            Ok(builder) => builder.https_or_http().enable_http1().wrap_connector(plain),
            Err(error) => {
                tracing::warn!(%error, "no root certificates: https channels cannot be told");
                let config = rustls::ClientConfig::builder_with_provider(std::sync::Arc::new(
                    rustls::crypto::ring::default_provider(),
                ));
                HttpsConnectorBuilder::new()
                    .with_tls_config(
                        config
                            .with_safe_default_protocol_versions()
                            .unwrap_or_else(|_| rustls::ClientConfig::builder())
                            .with_root_certificates(rustls::RootCertStore::empty())
                            .with_no_client_auth(),
                    )
                    .https_or_http()
                    .enable_http1()
                    .wrap_connector(plain)
            }
        };
        Self {
            client: Client::builder(TokioExecutor::new())
                .pool_max_idle_per_host(1)
                .build(https),
            refuse_private,
        }
    }

    /// One attempt. `headers` go beside the body.
    pub(super) async fn post(&self, url: &str, headers: &[(&str, String)], body: String) -> Answer {
        match tokio::time::timeout(PATIENCE, self.attempt(url, headers, body)).await {
            Ok(answer) => answer,
            Err(_) => Answer::none(format!("no answer in {} s", PATIENCE.as_secs())),
        }
    }

    async fn attempt(&self, url: &str, headers: &[(&str, String)], body: String) -> Answer {
        let Ok(uri) = url.parse::<Uri>() else {
            return Answer::none("the address cannot be read");
        };
        let literal = uri
            .host()
            .unwrap_or_default()
            .trim_matches(['[', ']'])
            .parse::<IpAddr>();
        if self.refuse_private && literal.is_ok_and(|ip| !is_public(ip)) {
            return Answer::none(
                "the address is private, which alerts.refuse_private_addresses forbids",
            );
        }
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(uri)
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, concat!("loopscope/", env!("CARGO_PKG_VERSION")));
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let Ok(request) = request.body(Full::from(body)) else {
            return Answer::none("the request to the address cannot be built");
        };
        let response = match self.client.request(request).await {
            Ok(response) => response,
            Err(error) => return Answer::none(reason(&error)),
        };
        let retry_after = response.headers().get(RETRY_AFTER);
        let retry_after = retry_after.and_then(|value| seconds(value.to_str().ok()?));
        let status = response.status().as_u16();
        let read = Limited::new(response.into_body(), ANSWER_BYTES)
            .collect()
            .await;
        let bytes = read.map_or_else(|_| Bytes::new(), http_body_util::Collected::to_bytes);
        Answer {
            status: Some(status),
            words: String::from_utf8_lossy(&bytes).chars().take(300).collect(),
            retry_after,
        }
    }
}

/// `120`, or a date.
fn seconds(value: &str) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let at = jiff::fmt::rfc2822::parse(value.trim()).ok()?;
    let later = at.timestamp().as_second() - jiff::Timestamp::now().as_second();
    Some(Duration::from_secs(later.max(0) as u64))
}

/// The innermost reason, in the system's words.
fn reason(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

/// The signature of a body at a time.
pub(super) fn signature(secret: &str, seconds: i64, body: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(format!("{seconds}.{body}").as_bytes());
    let bytes = mac.finalize().into_bytes();
    format!("t={seconds},v1={}", super::hex(&bytes))
}

/// Whether an address is of the whole net, and not of this machine or its neighbours.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, ..] = ip.octets();
            !(ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_unspecified()
                || ip.is_broadcast()
                || ip.is_multicast()
                || ip.is_documentation()
                || a == 0
                || a >= 240
                || (a == 100 && (64..128).contains(&b)))
        }
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(ip) => is_public(IpAddr::V4(ip)),
            None => {
                !(ip.is_loopback()
                    || ip.is_unspecified()
                    || ip.is_multicast()
                    || ip.is_unique_local()
                    || ip.is_unicast_link_local())
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_told_apart() {
        for (text, public) in [
            ("127.0.0.1", false),
            ("10.1.2.3", false),
            ("192.168.0.1", false),
            ("169.254.169.254", false),
            ("100.64.0.1", false),
            ("0.0.0.0", false),
            ("1.1.1.1", true),
            ("::1", false),
            ("::ffff:10.0.0.1", false),
            ("fd00::1", false),
            ("fe80::1", false),
            ("2606:4700::1111", true),
        ] {
            assert_eq!(is_public(text.parse().unwrap()), public, "{text}");
        }
    }

    #[test]
    fn a_signature_is_what_another_program_computes() {
        // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac whsec_test
        let expected = "t=1700000000,v1=";
        let made = signature("whsec_test", 1_700_000_000, r#"{"a":1}"#);
        assert!(
            made.starts_with(expected) && made.len() == expected.len() + 64,
            "{made}"
        );
    }
}
