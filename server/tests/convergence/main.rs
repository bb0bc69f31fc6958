//! The convergence contract against a real server on a free port: every route, both sockets, the webhook, the bridge.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a helper of a test fails with the test"
)]

mod access;
mod bridge;
mod fake_loop;
mod files;
mod links;
mod mock;
mod rest;
mod sockets;
mod support;
mod transcript;
mod webhook;
mod zones;
