//! WebSocket connections, made for many idle ones and for frames that are encoded once.
//!
//! In: an HTTP upgrade and a [`Conversation`]. Out: the conversation's frames, written without copying them, and
//! its messages, read without a buffer per connection. The driver ([`converse`]) owns what every socket needs:
//! pings, the end of half-open ones, bounds, and a farewell when the server stops or access is revoked.
//!
//! We speak RFC 6455 ourselves because the libraries mask, buffer and copy for one connection at a time: frames
//! from a server are not masked, so one encoding can go to every viewer as it is.

mod conversation;
mod driver;
pub(crate) mod frame;
mod handshake;
mod header;
mod link;
mod outbox;
mod parser;
#[cfg(test)]
mod tests;

pub(crate) use conversation::{Conversation, Farewell, Later};
pub(crate) use driver::{Bounds, converse};
pub(crate) use handshake::{Upgrade, Wire};
pub(crate) use outbox::Outbox;
