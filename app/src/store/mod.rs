//! The live connection: one WebSocket for the whole page, which goes on for ever.
//!
//! In: what the page shown wants to hear (a [`Listener`]). Out: what came, at most once a picture, and the state of
//! the link as the badge shows it. A page is a snapshot at a cursor; the listener asks for what came after it, and
//! after any loss of the link asks again from where it stands. What cannot be brought without a gap is answered
//! with a reset, and the listener loads its snapshot anew.
//!
//! ```text
//! keep ── opens ──► socket ── frames ──► hub ── once a picture ──► listeners ──► signals ──► page
//!   ▲ back-off, wake-ups   ▲ pulse: pings, dead sockets   └ bounded queues
//! ```

pub mod backoff;
#[cfg(all(feature = "browser", not(feature = "csr")))]
mod dispatch;
#[cfg(all(feature = "browser", not(feature = "csr")))]
mod fallback;
pub(crate) mod guard;
#[cfg(all(feature = "browser", not(feature = "csr")))]
#[path = "hub.rs"]
mod hub;
#[cfg(feature = "csr")]
#[path = "files.rs"]
mod hub;
#[cfg(not(feature = "browser"))]
#[path = "quiet.rs"]
mod hub;
#[cfg(all(feature = "browser", not(feature = "csr")))]
mod keep;
mod link;
mod listener;
mod live;
pub mod pulse;
mod rows;
#[cfg(all(feature = "browser", not(feature = "csr")))]
mod socket;
#[cfg(all(feature = "browser", not(feature = "csr")))]
mod wake;

pub use link::Link;
pub use listener::{Listener, Taken, Wants};
pub use live::{Live, live};
pub use rows::SessionRows;
