//! Charts on a page: the server sends them as SVG, the browser paints them on canvas.
//!
//! In: charts (plain data of `loopscope-chart`) as signals. Out: [`Figure`], a panel with head, legend, plot,
//! crosshair, read-out and data table. Both worlds run the same draw function, so that the picture does not
//! change when the page comes alive. [`Crosshair::provide`] on a page ties its figures together: one crosshair, and one
//! lens, which says what stretch of each axis is looked at and keeps it in the address.
//!
//! ```text
//! Board ── session ──► chart (signal) ──► Figure: the markup of either world, still
//!                                           └── live (browser): one panel a figure; a change of data, size, theme
//!                                               or crosshair asks for one frame, which writes and paints what is due
//! ```
//!
//! A figure is few Leptos elements around strings from [`markup`], and its panel writes to them itself: what moves
//! with every event is not worth a signal a word, neither in time nor in bytes of WebAssembly.

mod crosshair;
mod figure;
mod flags;
mod lens;
mod live;
mod markup;
mod pace;
mod session;

pub use crosshair::{Crosshair, Mark};
pub use figure::{Figure, Zoom};
pub use flags::{Marked, PageFlags};
pub use lens::{Lens, Look};
pub use session::{SessionCharts, charts};
