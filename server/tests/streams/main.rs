//! The agents and training contracts against a real server on a free port: sockets, REST, producers, listeners, restarts.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a helper of a test fails with the test"
)]

mod agents;
mod support;
mod training;
