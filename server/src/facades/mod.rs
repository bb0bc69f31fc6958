//! The contracts' own routers over the one journal, ring and board: each translates, and holds nothing but sockets.

pub(crate) mod agents;
pub(crate) mod convergence;
mod detail;
mod door;
mod follow;
mod guest;
pub(crate) mod orchestrator;
mod produce;
pub(crate) mod training;

use loopscope_event::{Dialect, Event};

/// Writes an event as the contract that it came by has it; nothing of an event of any other dialect.
pub(crate) fn write_contract(event: &Event, out: &mut Vec<u8>) {
    let frame = match event.dialect {
        Dialect::Agents => loopscope_dialects::agents::frame(event),
        Dialect::Training => loopscope_dialects::training::frame(event),
        _ => return,
    };
    out.extend_from_slice(frame.as_bytes());
}
