//! A server's address and the token to show. In: text. Out: addresses of its routes, checked once.

use hyper::Uri;
use hyper::header::HeaderValue;

use crate::Error;

/// Where the server is, and who we are.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    /// `http://host:port/path`, without a slash at its end.
    base: String,
    local: bool,
    bearer: Option<HeaderValue>,
}

impl Address {
    /// Reads an address; `ws` and `wss` are taken for `http` and `https`.
    pub(crate) fn read(text: &str, token: Option<String>) -> Result<Self, Error> {
        let text = text.trim();
        let wrong = |why: &str| Error::Url {
            url: text.to_owned(),
            why: why.to_owned(),
        };
        let uri: Uri = text.parse().map_err(|_| wrong("it cannot be read"))?;
        let scheme = match uri.scheme_str() {
            Some("http" | "ws") => "http",
            Some("https" | "wss") => "https",
            Some(_) => return Err(wrong("its scheme is none of http, https, ws, wss")),
            None => return Err(wrong("it has no scheme such as http://")),
        };
        let authority = uri.authority().ok_or_else(|| wrong("it names no host"))?;
        if authority.as_str().contains('@') {
            return Err(wrong(
                "it holds a password; give a token by `token` or LOOPSCOPE_TOKEN",
            ));
        }
        if uri.host().is_none_or(str::is_empty) {
            return Err(wrong("it names no host"));
        }
        if uri.query().is_some() {
            return Err(wrong(
                "it holds a query; give a token by `token` or LOOPSCOPE_TOKEN",
            ));
        }
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
        let local = host.eq_ignore_ascii_case("localhost")
            || host
                .parse::<std::net::IpAddr>()
                .is_ok_and(|ip| ip.is_loopback());
        Ok(Self {
            base: format!("{scheme}://{authority}{}", uri.path().trim_end_matches('/')),
            local,
            bearer: token.map(|token| bearer(&token)).transpose()?,
        })
    }

    /// A route's address. The route begins with a slash.
    pub(crate) fn route(&self, route: &str) -> String {
        format!("{}{route}", self.base)
    }

    /// The address, for people and for telling servers apart.
    pub(crate) fn as_str(&self) -> &str {
        &self.base
    }

    /// The header that shows the token.
    pub(crate) const fn bearer(&self) -> Option<&HeaderValue> {
        self.bearer.as_ref()
    }

    /// Whether it is this machine, where packing costs more than it saves.
    pub(crate) const fn is_local(&self) -> bool {
        self.local
    }
}

fn bearer(token: &str) -> Result<HeaderValue, Error> {
    let token = token.trim();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        let why = "is no token; one looks like `lsc_…` (`loopscope token create my-program --role ingest`)";
        return Err(Error::invalid("token", why));
    }
    let mut value = HeaderValue::from_str(&format!("Bearer {token}"))
        .map_err(|_| Error::invalid("token", "holds signs that a header cannot"))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_or_said_to_be_wrong() {
        for (text, base) in [
            ("http://localhost:8766", "http://localhost:8766"),
            (" https://host/loop/ ", "https://host/loop"),
            ("ws://[::1]:9/", "http://[::1]:9"),
        ] {
            assert_eq!(Address::read(text, None).unwrap().as_str(), base);
        }
        for (text, why) in [
            ("localhost:8766", "no scheme"),
            ("ftp://host", "scheme"),
            ("http://", "cannot be read"),
            ("http://a:b@host", "password"),
            ("http://host/?token=x", "query"),
            ("", "cannot be read"),
        ] {
            let error = Address::read(text, None).unwrap_err().to_string();
            assert!(
                error.contains(why) && error.contains("LOOPSCOPE_URL"),
                "{text}: {error}"
            );
        }
    }

    #[test]
    fn a_token_that_is_none_is_refused_and_a_good_one_is_not_shown() {
        let error = Address::read("http://h", Some("a b".to_owned())).unwrap_err();
        assert!(error.to_string().contains("`token`"), "{error}");
        let address = Address::read("http://h", Some("lsc_secret".to_owned())).unwrap();
        assert!(!format!("{address:?}").contains("secret"));
    }
}
