//! The life of a figure. In: its element, its chart, the page's crosshair. Out, in the browser: a panel that writes and
//! paints what changes. On the server: the drawing, and nothing else.

#[cfg(feature = "browser")]
#[path = "browser.rs"]
mod here;
#[cfg(not(feature = "browser"))]
#[path = "server.rs"]
mod here;

#[cfg(any(feature = "browser", test))]
mod color;
#[cfg(feature = "browser")]
mod file;
#[cfg(any(feature = "browser", test))]
mod hand;
#[cfg(any(feature = "browser", test))]
mod keys;
#[cfg(feature = "browser")]
mod menu;
#[cfg(feature = "browser")]
mod painter;
#[cfg(feature = "browser")]
mod panel;
#[cfg(feature = "browser")]
mod parts;
#[cfg(feature = "browser")]
mod picture;
#[cfg(feature = "browser")]
mod pointing;
#[cfg(feature = "browser")]
mod theme;
#[cfg(feature = "browser")]
mod zoom;

pub(super) use here::{follow, still};
