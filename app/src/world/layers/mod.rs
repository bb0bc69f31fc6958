//! What stands above the page. In: ids. Out: dialogs that open and close.

#[cfg(feature = "browser")]
#[path = "browser.rs"]
mod here;
#[cfg(not(feature = "browser"))]
#[path = "server.rs"]
mod here;

pub use here::*;
