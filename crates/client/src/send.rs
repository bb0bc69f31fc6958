//! The network end: batches go out, receipts come in. In: the outbox. Out: what became of each event, counted.
//!
//! One batch is under way at a time, so that order is kept. Where the server is away it is tried again, later and
//! later; where it refuses one event for a fault of its own, the others of its batch are kept.

mod address;
mod deliver;
mod transport;

pub(crate) use address::Address;
pub(crate) use deliver::{deliver, first_refusal};
pub(crate) use transport::{Answer, Transport, agent, innermost};
