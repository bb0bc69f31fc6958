//! Alert rules and how they are judged. In: rules, the events of a session, what its board says, the time. Out: an
//! alert that fires or resolves. Pure: no I/O and no clock, so that every rule can be tested by tables.
//!
//! A [`Watch`] is what one rule remembers of one session. It never fires twice without resolving in between. It can be
//! stored and read back at any event: told the same events once more, it passes over those that it has decided on.

mod check;
mod glance;
mod judge;
mod rate;
mod shipped;
mod watch;
mod words;

pub use check::{MAX_NAMES, MAX_SECONDS, check};
pub use glance::Glance;
pub use loopscope_event::matches;
pub use shipped::shipped;
pub use watch::{Change, Firing, Watch};
