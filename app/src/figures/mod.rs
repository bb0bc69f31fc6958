//! Charts on a page: the server sends them as SVG, the browser paints them on canvas.
//!
//! In: charts (plain data of `loopscope-chart`) as signals. Out: [`Figure`], a panel with head, legend, plot,
//! crosshair, read-out and data table. Both worlds run the same draw function, so that the picture does not
//! change when the page comes alive. [`Crosshair::provide`] on a page ties its figures together.
//!
//! ```text
//! Board ── session ──► chart (signal) ──► Figure ─┬─ Plot ── SVG until the canvas has painted
//!                                                 │     └─ Surface: size, screen, theme ──► at most one paint a frame
//!                                                 └─ legend, overlay, table ◄── Crosshair (shared by the page)
//! ```

mod crosshair;
mod figure;
mod legend;
mod overlay;
mod plot;
mod session;
mod surface;
mod table;

pub use crosshair::Crosshair;
pub use figure::Figure;
pub use session::{SessionCharts, charts};
