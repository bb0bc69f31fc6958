//! Where a connection comes from. Put on every request by the listener that took the connection.

use std::net::{IpAddr, SocketAddr};

/// The other end of a connection.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    /// Its address.
    pub address: SocketAddr,
    /// Whether the connection is encrypted.
    pub is_tls: bool,
}

impl Peer {
    /// The address without its port, IPv4 in its own form.
    pub(crate) fn ip(&self) -> IpAddr {
        self.address.ip().to_canonical()
    }

    /// Whether it is a program on this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        self.ip().is_loopback()
    }
}
