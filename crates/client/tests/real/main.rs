//! The library against the real server: what it tells, what it survives, how it is steered.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a helper of a test fails with the test"
)]

mod away;
mod emit;
mod server;
mod steer;
#[cfg(feature = "training")]
mod training;
