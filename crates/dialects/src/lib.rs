//! What producers speak, as pure functions.
//!
//! In: bytes as they came, and a [`DecodeContext`] (time of receipt, zone, bounds). Out: [`decode`] gives events with
//! warnings, or for each bad one the field and why; [`facts`] gives what an event says in the normal form. No I/O, no
//! clock. What is not known goes on as a generic event.

pub mod agents;
mod body;
mod context;
pub mod convergence;
mod detect;
mod envelope;
mod error;
mod facts;
pub mod json;
mod kept;
pub mod loopscope;
mod metrics;
mod non_finite;
pub mod orchestrator;
mod read;
mod refusal;
mod sent;
mod stream;
pub mod training;
mod value;
pub mod words;

pub use body::{Decoded, decode};
pub use context::{DecodeContext, DecodeLimits, Format};
pub use detect::detect;
pub use error::{DecodeError, ItemError, Warning};
pub use facts::{facts, may_measure, message};
pub use sent::sent;
pub use value::{Value, value_at};
