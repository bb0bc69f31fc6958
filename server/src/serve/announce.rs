//! What the server says when it is ready: where it is, and how to get in.

use std::net::SocketAddr;

use crate::access::Secret;
use crate::config::Config;

/// The address to open, as people write it.
pub(super) fn url(config: &Config, address: SocketAddr) -> String {
    let scheme = scheme(config);
    if address.ip().is_unspecified() {
        format!("{scheme}://localhost:{}", address.port())
    } else {
        format!("{scheme}://{address}")
    }
}

/// Tells where the server is; and once, if a token was made, the address that holds it.
pub(super) fn started(config: &Config, address: SocketAddr, token: Option<&Secret>) {
    tracing::info!(%address, database = %config.db_path.display(), "the server is ready");
    let Some(token) = token else { return };
    let host = if address.ip().is_unspecified() {
        host_name().unwrap_or_else(|| "this-machine".to_owned())
    } else {
        address.ip().to_string()
    };
    // Not through the log: it is a secret, and it is shown once.
    eprintln!(
        "\n  To open it from another machine, use this address once (the browser remembers it):\n\n    \
         {}://{host}:{}/?token={}\n\n  This token is not shown again; \
         `loopscope token create NAME` makes others.\n",
        scheme(config),
        address.port(),
        token.reveal()
    );
}

const fn scheme(config: &Config) -> &'static str {
    if config.tls.is_some() {
        "https"
    } else {
        "http"
    }
}

fn host_name() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}
