//! Charts drawn through any plotters backend.
//!
//! In: plain data. Out: drawings, places to point at, read-outs, sentences and tables. A chart is a struct
//! that implements [`Chart`]; its one generic draw function serves the server's SVG ([`svg()`]) and the
//! browser's canvas ([`paint`] on plotters-canvas) alike. Nothing here knows a page, a browser or a
//! colour: marks have an [`Ink`], which the theme turns into a colour.
//!
//! No input makes a chart panic or hang: ranges are mended before they become scales, loops are bounded by
//! pixels, gaps stay gaps, and an empty chart is its axes.

mod any;
mod axis;
mod bars;
mod chart;
mod clock;
mod flag;
mod format;
mod ink;
mod key;
mod line;
mod measure;
mod pen;
mod points;
mod poster;
mod pyramid;
mod scale;
mod slots;
mod small;
mod split;
mod stack;
mod table;
mod tinted;
mod unclipped;
mod view;

pub mod convergence;
pub mod svg;
pub mod ticks;

pub use any::{AnyChart, Ways};
pub use axis::{Range, XAxis, YAxis};
pub use bars::BarChart;
pub use chart::{Chart, ReadOut, Row, svg};
pub use clock::Clock;
pub use flag::Flag;
pub use format::{Unit, duration, number};
pub use ink::Ink;
pub use key::Dash;
pub use line::{EndLabel, Line, LineChart, Reading, Threshold};
pub use measure::{TEXT_PX, width_px};
pub use pen::Drawn;
pub use points::Points;
pub use poster::{Caption, Poster, Swatch, svg_file};
pub use pyramid::{Extremes, Pyramid};
pub use scale::{Scale, sane_range};
pub use slots::{Moments, Slots};
pub use small::{Ribbon, Sparkline};
pub use split::SplitChart;
pub use stack::{Bar, Stack};
pub use svg::SvgBackend;
pub use table::Table;
pub use tinted::{Palette, Rgba, Tinted, paint};
pub use view::{Layout, Margin, View};
