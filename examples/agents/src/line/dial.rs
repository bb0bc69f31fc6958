//! Dialling. In: the dashboard's address. Out: a WebSocket on which reading waits only a moment.

use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use anyhow::{Context as _, bail};
use tungstenite::WebSocket;
use tungstenite::client::IntoClientRequest as _;
use tungstenite::http::HeaderValue;

use crate::options::Options;

/// Time for a connection to stand.
const DIAL: Duration = Duration::from_secs(5);
/// How long a frame may take to go out.
const WRITE: Duration = Duration::from_secs(10);
/// How long reading waits, and with it a new event at most.
const MOMENT: Duration = Duration::from_millis(40);

/// A socket.
pub(super) type Socket = WebSocket<TcpStream>;

/// Where the dashboard is.
#[derive(Debug, Clone)]
pub struct Link {
    /// The whole address.
    pub url: String,
    token: Option<String>,
}

impl Link {
    /// From the options; an error when the address is none.
    pub fn new(options: &Options) -> anyhow::Result<Self> {
        let base = options.url.trim_end_matches('/');
        if !base.starts_with("ws://") {
            bail!("{base}: give an address that begins with ws://");
        }
        let mark = if base.contains('?') { '&' } else { '?' };
        let system = escaped(&options.system);
        let url = format!("{base}{mark}role=producer&system={system}");
        // An address that cannot be dialled is said at once.
        url.as_str().into_client_request().context(url.clone())?;
        Ok(Self {
            url,
            token: options.token.clone(),
        })
    }

    /// Dials.
    pub(super) fn dial(&self) -> anyhow::Result<Socket> {
        let mut request = self.url.as_str().into_client_request()?;
        if let Some(token) = &self.token {
            let value = HeaderValue::from_str(&format!("Bearer {token}"))?;
            request.headers_mut().insert("authorization", value);
        }
        let host = request.uri().host().context("no host")?;
        let host = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        let port = request.uri().port_u16().unwrap_or(80);
        let mut last = None;
        for address in (host.as_str(), port).to_socket_addrs()? {
            match TcpStream::connect_timeout(&address, DIAL) {
                Ok(stream) => return greet(request, stream),
                Err(error) => last = Some(error),
            }
        }
        Err(last.map_or_else(|| anyhow::anyhow!("{host} has no address"), Into::into))
    }
}

fn greet(
    request: tungstenite::handshake::client::Request,
    stream: TcpStream,
) -> anyhow::Result<Socket> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(DIAL))?;
    stream.set_write_timeout(Some(WRITE))?;
    let greeted = tungstenite::client(request, stream);
    let (socket, _) = greeted.map_err(|error| anyhow::anyhow!("{error}"))?;
    socket.get_ref().set_read_timeout(Some(MOMENT))?;
    Ok(socket)
}

/// A value of a query string.
fn escaped(text: &str) -> String {
    use std::fmt::Write as _;
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[test]
    fn the_address_says_that_we_produce_and_for_whom() {
        let url = |flags: &[&str]| {
            let flags = ["crew"].iter().chain(flags);
            Link::new(&Options::try_parse_from(flags).unwrap())
                .map(|link| link.url)
                .ok()
        };
        assert_eq!(
            url(&[]).as_deref(),
            Some("ws://localhost:8766/agents/ws?role=producer&system=survey-crew")
        );
        assert_eq!(
            url(&["--url", "ws://h:1/ws?a=b", "--system", "zwei & é"]).as_deref(),
            Some("ws://h:1/ws?a=b&role=producer&system=zwei%20%26%20%C3%A9")
        );
        assert_eq!(url(&["--url", "http://h"]), None);
        assert_eq!(url(&["--url", "ws://"]), None);
    }
}
