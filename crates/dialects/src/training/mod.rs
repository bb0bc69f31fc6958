//! Training runs: telemetry of networks that grow, of both generations and of the names that only pages know.
//!
//! In: frames as producers send them. Out: events, what they say ([`facts`]), the contract's frame again ([`frame`]),
//! and the run that each event belongs to ([`Runs`]). A stream names no session and no end.

mod alerts;
mod decode;
mod facts;
mod fields;
mod frame;
mod names;
mod points;
mod run;
mod runs;
mod seeds;
mod severity;
mod snapshot;

pub(crate) use decode::event;
pub(crate) use facts::facts;
pub use frame::frame;
pub use names::{CONTROL, NAMES, PLACEHOLDER, kind, lookup, may_tell, tells};
pub use runs::{DEFAULT_GROUP, Runs};
