//! Our own protocol from outside: a server with a temporary database, asked over HTTP and WebSocket.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

mod access;
mod alerts;
mod alerts_kill;
mod annotations;
mod archive;
mod async_api;
mod bad_input;
mod command_line;
mod commands;
mod compare;
mod decisions;
mod full_disk;
mod intake;
mod kill;
mod listeners;
mod open;
mod pages;
mod poll;
mod read;
mod replay;
mod restart;
mod roles;
mod runners;
mod scrape;
mod search;
mod series;
mod slow;
mod socket;
mod spans;
mod sse;
mod stop;
mod support;
mod terminal;
mod tls;
mod watch;
mod widgets;
mod widgets_cli;
