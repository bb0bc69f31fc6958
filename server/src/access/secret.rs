//! Token secrets. In: random bits, or a request. Out: a secret to show once, its hash to keep, or what a request shows.

use std::fmt::Write as _;

use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use loopscope_event::{ProjectId, Timestamp};
use loopscope_journal::NewToken;
use sha2::{Digest as _, Sha256};

use super::Role;

/// The cookie that holds a browser's token.
pub(crate) const COOKIE: &str = "loopscope_token";

/// What a token's text starts with, so that leaks are found by those who look for them.
const PREFIX: &str = "lsc_";

/// A token's text: shown to people once, then only its hash is known.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

/// Where in a request a secret was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Header,
    Cookie,
    Query,
}

impl Secret {
    /// 256 random bits from the system.
    fn random() -> Result<Self, getrandom::Error> {
        let mut bits = [0; 32];
        getrandom::fill(&mut bits)?;
        Ok(Self(format!("{PREFIX}{}", hex(&bits))))
    }

    /// A text that someone shows; `None` for one that cannot be a token.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_possible = !text.is_empty()
            && text.len() <= 256
            && text
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && byte != b';' && byte != b',');
        is_possible.then(|| Self(text.to_owned()))
    }

    /// What is kept of it. The secret has 256 random bits, so a fast hash is enough: there is nothing to guess.
    pub(crate) fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }

    /// The text.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

/// Never shown by accident.
impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Makes a token: what to keep, and what to show.
pub(crate) fn new_token(
    name: &str,
    role: Role,
    project: Option<ProjectId>,
    now: Timestamp,
    expires_at: Option<Timestamp>,
) -> Result<(NewToken, Secret), getrandom::Error> {
    let secret = Secret::random()?;
    let hash = secret.hash();
    let token = NewToken {
        id: hex(&hash[..6]),
        hash: hash.to_vec(),
        name: name.to_owned(),
        role: role.as_str().to_owned(),
        project,
        created_at: now,
        expires_at,
    };
    Ok((token, secret))
}

/// The secret that a request shows, the most deliberate place first.
pub(super) fn shown_in(parts: &Parts) -> Option<(Secret, Place)> {
    if let Some(secret) = in_header(&parts.headers) {
        return Some((secret, Place::Header));
    }
    if let Some(secret) = in_query(parts.uri.query().unwrap_or_default()) {
        return Some((secret, Place::Query));
    }
    in_cookie(&parts.headers).map(|secret| (secret, Place::Cookie))
}

fn in_header(headers: &HeaderMap) -> Option<Secret> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, text) = value.split_once(' ')?;
    let is_bearer = scheme.eq_ignore_ascii_case("bearer");
    is_bearer.then(|| Secret::read(text)).flatten()
}

/// The secret in `?token=`.
pub(super) fn in_query(query: &str) -> Option<Secret> {
    let text = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("token="))?;
    Secret::read(text)
}

fn in_cookie(headers: &HeaderMap) -> Option<Secret> {
    let cookies = headers.get_all(header::COOKIE).iter();
    let texts = cookies.filter_map(|value| value.to_str().ok());
    let mut pairs = texts.flat_map(|text| text.split(';'));
    pairs.find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == COOKIE).then(|| Secret::read(value)).flatten()
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    fn shown(
        build: impl FnOnce(axum::http::request::Builder) -> axum::http::request::Builder,
    ) -> Option<(String, Place)> {
        let request = build(Request::builder()).body(()).unwrap();
        let found = shown_in(&request.into_parts().0);
        found.map(|(secret, place)| (secret.reveal().to_owned(), place))
    }

    #[test]
    fn a_secret_is_found_where_it_is_shown() {
        let text = |text: &str| text.to_owned();
        assert_eq!(
            shown(|r| r
                .header("authorization", "bearer lsc_1")
                .uri("/?token=lsc_2")),
            Some((text("lsc_1"), Place::Header))
        );
        assert_eq!(
            shown(|r| r
                .uri("/x?a=b&token=lsc_2")
                .header("cookie", "loopscope_token=lsc_3")),
            Some((text("lsc_2"), Place::Query))
        );
        assert_eq!(
            shown(|r| r.header("cookie", "a=b; loopscope_token=lsc_3")),
            Some((text("lsc_3"), Place::Cookie))
        );
        assert_eq!(shown(|r| r.header("authorization", "Basic abc")), None);
        assert_eq!(shown(|r| r.header("authorization", "Bearer ")), None);
    }

    #[test]
    fn a_token_keeps_only_its_hash() {
        let now = Timestamp::default();
        let (token, secret) = new_token("ci", Role::Ingest, None, now, None).unwrap();
        assert_eq!(token.hash, secret.hash());
        assert_eq!(secret.reveal().len(), 4 + 64);
        assert!(!format!("{secret:?}").contains("lsc_"));
    }
}
