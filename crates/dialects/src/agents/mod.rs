//! Agents at work: executions, phases of synthesis, quality, health, opportunities; a stream that names no session.
//!
//! In: frames as producers send them. Out: events, what they say ([`facts`]), the contract's frame again ([`frame`]),
//! and each event's sentence for people ([`sentence`]). Times without an offset are UTC here.

mod decode;
mod facts;
mod fields;
mod frame;
mod names;
mod points;
mod sentence;
mod severity;

pub(crate) use decode::event;
pub(crate) use facts::facts;
pub use frame::frame;
pub use names::{GREETING, NAMES, SYSTEM, kind, lookup, may_tell, tells};
pub use sentence::sentence;
pub use severity::severity_word;
