//! The Rust SDK: a program tells a Loopscope server what it does, reads what is there, and is steered by people.
//!
//! In: what the program says ([`Session`]). Out: events on the server, each once, in order. Emitting pushes to a queue
//! and returns; one thread of our own writes what waits to a file, sends it in batches, and sends it again with the
//! same ids where a receipt is missing. Nothing is dropped before the bound on that file is reached, and what is
//! dropped is counted ([`Counters`]) and told.
//!
//! ```no_run
//! use loopscope_client::{Finding, Session, Severity};
//!
//! fn main() -> Result<(), loopscope_client::Error> {
//!     let run = Session::start("nightly").target("services/gate").begin()?;
//!     {
//!         let step = run.step("diagnose");
//!         step.finding(Finding::new("unchecked length").severity(Severity::High).file("src/frame.rs").line(41));
//!     }
//!     run.metric("coverage", 0.93);
//!     run.finish()?;
//!     Ok(())
//! }
//! ```
//!
//! The address is that of `LOOPSCOPE_URL`, else `http://localhost:8766`; the token that of `LOOPSCOPE_TOKEN`. Neither a
//! runtime nor a thread of the caller's is needed; futures of this crate may be awaited on any runtime.

mod client;
mod command;
mod config;
mod counters;
mod decision;
mod emitter;
mod error;
mod ledger;
mod link;
mod note;
mod outbox;
mod query;
mod queue;
mod reply;
mod send;
mod session;
mod socket;
mod spill;
mod step;
mod subscribe;
#[cfg(feature = "tracing")]
pub mod trace;
#[cfg(feature = "training")]
pub mod training;
mod wait;

pub use client::{Client, Flushing};
pub use command::{Command, Commands};
pub use config::ClientBuilder;
pub use counters::Counters;
pub use decision::{Answer, Question};
pub use emitter::Emitter;
pub use error::Error;
pub use loopscope_event::{
    CommandRecord, Cursor, DeclaredCommand, Dialect, Event, Kind, RawJson, Severity,
};
/// What is asked for and answered, as the server's own types.
pub use loopscope_protocol as protocol;
pub use note::{Finding, Fix};
pub use query::{Query, SessionPage};
pub use reply::Reply;
pub use session::{Outcome, Session, SessionBuilder};
pub use step::{Pass, Step};
pub use subscribe::{Streamed, Subscription};
