//! What the server says when it is ready: where it is, and how to get in.

use std::net::SocketAddr;

use crate::access::Secret;
use crate::config::Config;

/// Tells where the server is; and once, if one was made, the address that holds the token.
pub(super) fn started(config: &Config, address: SocketAddr, token: Option<&Secret>) {
    let scheme = if config.tls.is_some() {
        "https"
    } else {
        "http"
    };
    let port = address.port();
    tracing::info!(%address, database = %config.db_path.display(), "listening on {scheme}://{}", shown(address));
    if let Some(token) = token {
        let host = if address.ip().is_unspecified() {
            host_name().unwrap_or_else(|| "this-machine".to_owned())
        } else {
            address.ip().to_string()
        };
        // Not through the log: it is a secret, and it is shown once.
        eprintln!(
            "\n  From this machine: {scheme}://localhost:{port}\n  From elsewhere, once (then the browser remembers):\n\n    {scheme}://{host}:{port}/?token={}\n\n  This token is not shown again. `loopscope token create` makes others.\n",
            token.reveal()
        );
    }
}

fn shown(address: SocketAddr) -> String {
    if address.ip().is_unspecified() || address.ip().is_loopback() {
        format!("localhost:{}", address.port())
    } else {
        address.to_string()
    }
}

fn host_name() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}
