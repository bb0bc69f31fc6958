//! Where a request really comes from: this machine, our own page, or somewhere else.
//!
//! A browser adds cookies to what foreign pages ask of us, and can be made to believe that a foreign name is this
//! machine (DNS rebinding). What it cannot be made to do is lie about `Origin` and `Host`.

use axum::http::header;
use axum::http::request::Parts;
use loopscope_protocol::{ApiError, ErrorCode};

use super::{Peer, refuse};

/// Headers that a proxy leaves: behind one, a loopback peer says nothing about who is there.
const FORWARDED: [&str; 6] = [
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
];

/// Refuses a request of a page that is neither ours nor allowed.
pub(super) fn refuse_foreign(parts: &Parts, allowed: &[String]) -> Result<(), ApiError> {
    let Some(origin) = parts.headers.get(header::ORIGIN) else {
        return Ok(());
    };
    let origin = origin.to_str().unwrap_or("null");
    let host = host_of(parts);
    let is_ours = origin
        .split_once("://")
        .is_some_and(|(_, authority)| Some(authority) == host);
    if is_ours
        || allowed
            .iter()
            .any(|known| known.trim_end_matches('/') == origin)
    {
        return Ok(());
    }
    Err(ApiError::new(
        ErrorCode::Forbidden,
        format!("pages of {} may not do this", short(origin)),
    ))
}

/// Refuses a request that did not come straight from a program on this machine.
pub(super) fn refuse_remote(parts: &Parts) -> Result<(), ApiError> {
    let is_here = parts
        .extensions
        .get::<Peer>()
        .is_some_and(Peer::is_loopback);
    if !is_here {
        return Err(refuse("a token is needed"));
    }
    if FORWARDED
        .iter()
        .any(|name| parts.headers.contains_key(*name))
    {
        return Err(refuse("a token is needed: the request was forwarded"));
    }
    let host = host_of(parts);
    if !host.is_some_and(|host| is_loopback_name(name_of(host))) {
        let host = short(host.unwrap_or_default());
        return Err(refuse(format!(
            "a token is needed: `{host}` is not this machine"
        )));
    }
    Ok(())
}

/// Refuses a name that browsers were not meant to reach us under. Addresses are fine: they cannot be rebound.
pub(super) fn refuse_strange_host(parts: &Parts, known: &[String]) -> Result<(), ApiError> {
    let name = host_of(parts).map(name_of).unwrap_or_default();
    let is_address = name
        .trim_matches(['[', ']'])
        .parse::<std::net::IpAddr>()
        .is_ok();
    let is_known = known.iter().any(|host| host.eq_ignore_ascii_case(name));
    if is_address || is_known || is_loopback_name(name) {
        return Ok(());
    }
    let message = format!(
        "`{}` is not a name of this server; `server.hosts` lists its names",
        short(name)
    );
    Err(ApiError::new(ErrorCode::Forbidden, message))
}

/// The `Host` header, or HTTP/2's `:authority`.
/// Whether it surely came over the network as plain HTTP: browsers trust neither its answer nor where it came from.
pub(super) fn is_plain(parts: &Parts) -> bool {
    let is_tls = parts
        .extensions
        .get::<Peer>()
        .is_some_and(|peer| peer.is_tls);
    let is_forwarded = FORWARDED
        .iter()
        .any(|name| parts.headers.contains_key(*name));
    let is_named_here = host_of(parts).is_none_or(|host| is_loopback_name(name_of(host)));
    !is_tls && !is_forwarded && !is_named_here
}

fn host_of(parts: &Parts) -> Option<&str> {
    let header = parts.headers.get(header::HOST);
    header.and_then(|host| host.to_str().ok()).or_else(|| {
        parts
            .uri
            .authority()
            .map(axum::http::uri::Authority::as_str)
    })
}

/// A host without its port.
fn name_of(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

fn is_loopback_name(name: &str) -> bool {
    let bare = name.trim_matches(['[', ']']);
    let is_address = bare
        .parse::<std::net::IpAddr>()
        .is_ok_and(|address| address.to_canonical().is_loopback());
    is_address || name.eq_ignore_ascii_case("localhost")
}

fn short(text: &str) -> String {
    text.chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;
    use std::net::SocketAddr;

    fn parts(peer: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut parts = request.body(()).unwrap().into_parts().0;
        parts.extensions.insert(Peer {
            address: peer.parse::<SocketAddr>().unwrap(),
            is_tls: false,
        });
        parts
    }

    #[test]
    fn only_this_machine_is_this_machine() {
        for (peer, headers, is_let_in) in [
            ("127.0.0.1:5", &[("host", "localhost:8766")][..], true),
            ("127.9.9.9:5", &[("host", "127.0.0.1")], true),
            ("[::1]:5", &[("host", "[::1]:8766")], true),
            ("[::ffff:127.0.0.1]:5", &[("host", "LOCALHOST")], true),
            ("10.0.0.1:5", &[("host", "localhost:8766")], false),
            ("127.0.0.1:5", &[("host", "evil.example:8766")], false),
            ("127.0.0.1:5", &[("host", "localhost.evil.example")], false),
            ("127.0.0.1:5", &[], false),
            (
                "127.0.0.1:5",
                &[("host", "localhost"), ("x-forwarded-for", "1.2.3.4")],
                false,
            ),
            (
                "127.0.0.1:5",
                &[("host", "localhost"), ("Via", "1.1 x")],
                false,
            ),
        ] {
            assert_eq!(
                refuse_remote(&parts(peer, headers)).is_ok(),
                is_let_in,
                "{peer} {headers:?}"
            );
        }
    }

    #[test]
    fn plain_is_what_browsers_take_for_plain() {
        for (headers, expected) in [
            (&[("host", "192.0.2.7:8766")][..], true),
            (&[("host", "board.example")], true),
            (&[("host", "localhost:8766")], false),
            (&[("host", "[::1]:8766")], false),
            (
                &[("host", "board.example"), ("x-forwarded-proto", "https")],
                false,
            ),
        ] {
            assert_eq!(
                is_plain(&parts("10.0.0.1:5", headers)),
                expected,
                "{headers:?}"
            );
        }
        let mut encrypted = parts("10.0.0.1:5", &[("host", "board.example")]);
        encrypted.extensions.get_mut::<Peer>().unwrap().is_tls = true;
        assert!(!is_plain(&encrypted));
    }

    #[test]
    fn only_our_own_pages_and_allowed_ones_may_change_things() {
        let allowed = ["https://board.example".to_owned()];
        for (headers, is_let_in) in [
            (&[("host", "localhost:8766")][..], true),
            (
                &[
                    ("host", "localhost:8766"),
                    ("origin", "http://localhost:8766"),
                ],
                true,
            ),
            (
                &[
                    ("host", "localhost:8766"),
                    ("origin", "http://localhost:3000"),
                ],
                false,
            ),
            (
                &[
                    ("host", "localhost:8766"),
                    ("origin", "http://evil.example"),
                ],
                false,
            ),
            (&[("host", "localhost:8766"), ("origin", "null")], false),
            (
                &[("host", "a.example"), ("origin", "https://board.example")],
                true,
            ),
            (&[("origin", "http://localhost:8766")], false),
        ] {
            let parts = parts("127.0.0.1:5", headers);
            assert_eq!(
                refuse_foreign(&parts, &allowed).is_ok(),
                is_let_in,
                "{headers:?}"
            );
        }
    }

    #[test]
    fn strange_names_are_refused_where_no_token_is_asked_for() {
        let known = ["board.example".to_owned()];
        for (host, is_let_in) in [
            ("10.1.2.3:8766", true),
            ("[fe80::1]:8766", true),
            ("Board.Example", true),
            ("localhost", true),
            ("rebound.example", false),
        ] {
            let parts = parts("10.0.0.1:5", &[("host", host)]);
            assert_eq!(
                refuse_strange_host(&parts, &known).is_ok(),
                is_let_in,
                "{host}"
            );
        }
    }
}
