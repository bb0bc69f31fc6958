//! The replay bar at the foot of a session's page: any moment of the run, played, stepped and scrubbed.
//!
//! In: the session's signals. Out: the bar; the moment that is shown, which every panel reads; the address, which names
//! it (`?at=`). Without scripts the bar is a picture with links to the events beside the moment shown.

mod address;
mod bar;
mod picture;
#[expect(
    clippy::module_inception,
    reason = "the signals are what the folder is about"
)]
mod replay;
mod track;
mod upcoming;

pub(super) use self::address::{at, follow_address, link};
pub(super) use self::bar::{ReplayBar, Told};
pub(super) use self::replay::{Replay, newest_first};
