//! The ring: the newest events in memory, in order, encoded once and shared by every reader.
//!
//! In: committed events, from the journal's writer. Out: chunks of them, to readers that are nothing but a cursor.
//! Publishing is one lock and one wake; there is no queue per reader, so a slow reader costs the others nothing. A
//! reader that falls off the ring reads pages of the journal until it is back ([`Reader`]).
//!
//! Events become visible in *pulses*. At a low rate every commit is a pulse of its own; at a high rate pulses come
//! a few milliseconds apart, so that all readers stand at the same chunk boundaries and share whole encoded chunks.

mod chunk;
mod entry;
mod filtered;
mod format;
mod journal_pages;
mod pages;
mod pulse;
mod reader;
mod store;
#[cfg(test)]
mod tests;

pub(crate) use chunk::{Chunk, EVENTS_HEAD, Slice};
pub(crate) use entry::Entry;
pub(crate) use filtered::Filters;
pub(crate) use format::{Encoders, Format};
pub(crate) use journal_pages::{JournalPages, tail};
pub(crate) use pages::{Page, PageError, PageFuture, Pages};
pub(crate) use pulse::pulse_until;
pub(crate) use reader::{ReadError, Reader};
pub(crate) use store::{Ring, RingLimits};
