//! The timeline alive. In: its element, the page's signals. Out, in the browser: a canvas that draws what is seen of it. On
//! the server: the drawing, and nothing else.

#[cfg(feature = "browser")]
#[path = "browser.rs"]
mod here;
#[cfg(not(feature = "browser"))]
#[path = "server.rs"]
mod here;

#[cfg(feature = "browser")]
mod hand;
#[cfg(feature = "browser")]
mod paint;
#[cfg(feature = "browser")]
mod panel;
#[cfg(any(feature = "browser", test))]
mod reach;
#[cfg(feature = "browser")]
mod steer;
#[cfg(feature = "browser")]
mod theme;

pub(super) use here::{IS_STILL, follow, still};
