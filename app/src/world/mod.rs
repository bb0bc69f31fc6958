//! What differs between the two worlds in which the app runs: clock, cookies, zone, clipboard, frames.
//!
//! One file a world with the same functions. The server's do nothing where there is nothing to do: the code that
//! calls them runs in effects and handlers, which the server never runs.

#[cfg(feature = "browser")]
#[path = "browser.rs"]
mod here;
#[cfg(not(feature = "browser"))]
#[path = "server.rs"]
mod here;
mod layers;
mod zones;

pub use here::*;
pub use layers::*;
pub use zones::*;

/// Whether the browser shows notices for this page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notices {
    /// It cannot.
    Missing,
    /// Nobody was asked yet.
    Unasked,
    /// It may.
    Allowed,
    /// It must not.
    Blocked,
}
