//! Which run each event of training belongs to. In: events of a source, in order. Out: the same with their session, and
//! marks where a run was left behind.
//!
//! A source is what one trainer sends over: a socket, a dialled address, `?source=NAME` of a request. Each has one pure
//! state machine (`Runs`) that outlives its connections; the
//! column `sessions.source` tells a server that starts which runs were going on. Events of other dialects pass as they
//! are.

mod registry;
mod source;
mod store;
mod waiting;

pub(crate) use registry::{Seat, Trainers};
pub(crate) use source::{Name, Source, read_note};
pub(crate) use store::{placed, settle_marks, store, store_placed};
pub(crate) use waiting::{Waiting, WaitingFrame};
