//! Delivery: the ways out for live events. In: the ring. Out: WebSocket, server-sent events, long polls.

mod clients;
mod filter;
pub(crate) mod poll;
pub(crate) mod sse;
pub(crate) mod v1;

pub(crate) use clients::{Clients, Presence, Speaks};
