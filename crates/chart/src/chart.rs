//! What every chart can do: draw itself on any plotters backend, be pointed at, be read, be written down.

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea as _};
use plotters_backend::DrawingBackend;

use crate::flag::Flag;
use crate::ink::Ink;
use crate::pen::Drawn;
use crate::svg::SvgBackend;
use crate::table::Table;
use crate::view::{Layout, View};

/// A chart over points (iterations, steps, moments), which are counted from 0.
pub trait Chart {
    /// What it shows, in a few words.
    fn name(&self) -> &str;

    /// What it counts, beside the name; may be empty.
    fn note(&self) -> &str;

    /// Whether its series have to be named beside it: several, and not named at their ends.
    fn needs_legend(&self) -> bool {
        self.legend(None).len() > 1
    }

    /// Its sizes, with room for the labels of what is looked at.
    fn layout(&self, view: &View) -> Layout;

    /// What is marked on its horizontal axis.
    fn flags(&self) -> &[Flag];

    /// Draws the plot and its labels. The area is the plot, in units (see [`crate::svg`]); labels lie around it.
    fn draw<DB: DrawingBackend>(&self, on: &DrawingArea<DB, Shift>, view: &View) -> Drawn<DB>;

    /// Where a point is, as a fraction of the plot's width; `None` where it is not in view.
    fn place(&self, index: usize, view: &View) -> Option<f64>;

    /// The number on the axis at a place. A slot reaches half a number to either side.
    fn x_at(&self, place: f64, view: &View) -> f64;

    /// Where a stretch of the axis lies, as fractions of the whole; beyond it where the chart has less.
    fn window(&self, from: f64, to: f64) -> (f64, f64);

    /// The point nearest to a place; of several in one column the one that stands out.
    fn nearest(&self, place: f64, view: &View) -> Option<usize>;

    /// What the points are counted by: charts with the same axis share their crosshair.
    fn axis(&self) -> &str;

    /// A point's number (or instant) on that axis; `None` where there is no such point.
    fn mark(&self, index: usize) -> Option<f64>;

    /// The point at a number on that axis; `None` where there is none.
    fn find(&self, mark: f64) -> Option<usize>;

    /// What is known of a point; `None` where there is no such point.
    fn read_out(&self, index: usize, view: &View) -> Option<ReadOut>;

    /// How many points there are.
    fn len(&self) -> usize;

    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every series with its value at a point, or its last one.
    fn legend(&self, index: Option<usize>) -> Vec<Row>;

    /// One or two sentences that say what the chart shows: its accessible name.
    fn summary(&self) -> String;

    /// All of it as figures.
    fn table(&self) -> Table;
}

/// What the tooltip says of a point.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadOut {
    /// Which point: `Iteration 5`.
    pub title: String,
    /// A line a series.
    pub rows: Vec<Row>,
    /// How many points share its column; the tooltip says `1 of n points` where they are several.
    pub of: usize,
    /// The words of the flags that stand there.
    pub flags: Vec<String>,
}

/// One series' name and value.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its name.
    pub label: String,
    /// Its ink.
    pub ink: Ink,
    /// Marked by a square instead of a circle.
    pub square: bool,
    /// Its value, with its unit; `–` where unknown.
    pub text: String,
}

/// A chart as an SVG that is sharp at any width and right in any theme.
pub fn svg<C: Chart>(chart: &C, view: &View) -> String {
    let mut out = String::new();
    let area = SvgBackend::new(&mut out, chart.layout(view).height_px).into_drawing_area();
    // Writing into a string cannot fail: the backend's error has no values.
    let drawn = chart.draw(&area, view).and_then(|()| area.present());
    drop(area);
    debug_assert!(drawn.is_ok(), "{:?}", drawn.err());
    out
}
