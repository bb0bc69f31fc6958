//! The program as a process, from outside: what it sends to those who watch, and how it obeys those who may steer.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod feed;
mod steer;
mod support;
