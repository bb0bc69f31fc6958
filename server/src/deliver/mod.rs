//! Delivery: the ways out for live events. In: the ring. Out: WebSocket, server-sent events, long polls.

mod clients;

pub(crate) use clients::{Clients, Presence, Speaks};
