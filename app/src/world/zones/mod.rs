//! Zones by their names. In: a name, an instant. Out: minutes east of UTC.

#[cfg(feature = "browser")]
#[path = "browser.rs"]
mod here;
#[cfg(not(feature = "browser"))]
#[path = "server.rs"]
mod here;
#[cfg(any(test, feature = "browser"))]
mod offset;

pub use here::*;
