//! Reading events. In: an offset or a session, and a filter. Out: pages of events, on read-only connections.

pub(crate) mod filter;
mod moment;
mod place;
mod scan;
mod session_events;

pub use filter::EventFilter;
pub use moment::MomentBase;
pub use scan::Scan;
pub use session_events::{EventOrder, EventPage, EventQuery};
