//! The static viewer: the pages of `app` over files that somebody opened, in the browser alone.
//!
//! In: bytes of archives, or of JSON Lines of any dialect. Out: what `/api/v1` would answer about them. The pages ask as
//! they ask a server; nothing leaves the machine.

mod answer;
mod book;
mod events;
mod list;
mod open;
mod overview;
mod query;
mod search;
mod series;
mod shelf;
mod unpack;

#[cfg(target_arch = "wasm32")]
mod entry;

pub use answer::answer;
pub use open::{Opened, open};
pub use shelf::Shelf;
