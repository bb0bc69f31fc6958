//! Any chart: one type for pages, which show charts of every kind. In: a chart. Out: the same, as a [`Chart`].

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters_backend::DrawingBackend;

use crate::axis::XAxis;
use crate::bars::BarChart;
use crate::chart::{Chart, ReadOut, Row};
use crate::flag::Flag;
use crate::line::LineChart;
use crate::pen::Drawn;
use crate::split::SplitChart;
use crate::table::Table;
use crate::view::{Layout, View};

/// A chart of any kind.
#[derive(Debug, Clone, PartialEq)]
pub enum AnyChart {
    /// Lines.
    Lines(LineChart),
    /// Stacked bars.
    Bars(BarChart),
    /// Two rows of bars.
    Split(SplitChart),
}

/// How a chart can be looked at, besides as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ways {
    /// With its values by powers of ten.
    pub log_y: bool,
    /// With its horizontal axis by powers of ten.
    pub log_x: bool,
    /// With its lines smoothed.
    pub smooth: bool,
}

impl From<LineChart> for AnyChart {
    fn from(chart: LineChart) -> Self {
        Self::Lines(chart)
    }
}

impl From<BarChart> for AnyChart {
    fn from(chart: BarChart) -> Self {
        Self::Bars(chart)
    }
}

impl From<SplitChart> for AnyChart {
    fn from(chart: SplitChart) -> Self {
        Self::Split(chart)
    }
}

impl AnyChart {
    /// The same chart without some of its series, by their names. Its scale follows what is left.
    #[must_use]
    pub fn without(mut self, hidden: &[String]) -> Self {
        let shown = |label: &String| !hidden.contains(label);
        match &mut self {
            Self::Lines(chart) => chart.lines.retain(|line| shown(&line.label)),
            Self::Bars(chart) => chart.stacks.retain(|stack| shown(&stack.label)),
            Self::Split(chart) => {
                for row in chart.rows.iter_mut().filter(|row| !shown(&row.label)) {
                    // The other row keeps its place and all its slots.
                    row.bars.fill(None);
                }
            }
        }
        self
    }

    /// A brushed stretch of its axis: on one of slots from edge to edge of whole slots.
    pub fn snapped(&self, (from, to): (f64, f64)) -> (f64, f64) {
        let slots = match self {
            Self::Lines(LineChart {
                x: XAxis::Slots(slots),
                ..
            }) => slots,
            Self::Bars(chart) => &chart.slots,
            Self::Split(chart) => &chart.slots,
            Self::Lines(_) => return (from, to),
        };
        slots.snapped(from, to)
    }

    /// What can be changed of how it is looked at.
    pub fn ways(&self) -> Ways {
        match self {
            Self::Lines(chart) => Ways {
                log_y: chart.can_log_y(),
                log_x: chart.first_positive_x().is_some(),
                smooth: true,
            },
            // Bars stand on zero, which an axis by powers of ten has not, and a mean of counts is no count.
            Self::Bars(_) | Self::Split(_) => Ways::default(),
        }
    }

    /// The same chart on axes by powers of ten, where it can be.
    #[must_use]
    pub fn logarithmic(mut self, x: bool, y: bool) -> Self {
        let ways = self.ways();
        if let Self::Lines(chart) = &mut self {
            chart.log_x |= x && ways.log_x;
            chart.y.log |= y && ways.log_y;
        }
        self
    }

    /// The same chart with its lines smoothed by a weight of so many per cent, the raw ones drawn faintly beneath.
    #[must_use]
    pub fn smoothed(mut self, percent: u8) -> Self {
        let weight = f64::from(percent.min(99)) / 100.0;
        if let (Self::Lines(chart), true) = (&mut self, percent > 0) {
            chart.lines.iter_mut().for_each(|line| line.smooth(weight));
        }
        self
    }

    /// The same chart with more flags.
    #[must_use]
    pub fn flagged(mut self, more: impl IntoIterator<Item = Flag>) -> Self {
        match &mut self {
            Self::Lines(chart) => chart.flags.extend(more),
            Self::Bars(chart) => chart.flags.extend(more),
            Self::Split(chart) => chart.flags.extend(more),
        }
        self
    }

    /// The same chart at another height, in CSS pixels.
    #[must_use]
    pub fn at_height(mut self, px: f64) -> Self {
        let height_px = match &mut self {
            Self::Lines(chart) => &mut chart.height_px,
            Self::Bars(chart) => &mut chart.height_px,
            Self::Split(chart) => &mut chart.height_px,
        };
        *height_px = px.clamp(24.0, 4000.0);
        self
    }
}

/// The same question to whichever it is.
macro_rules! each {
    ($any:expr, $chart:ident => $answer:expr) => {
        match $any {
            AnyChart::Lines($chart) => $answer,
            AnyChart::Bars($chart) => $answer,
            AnyChart::Split($chart) => $answer,
        }
    };
}

impl Chart for AnyChart {
    fn name(&self) -> &str {
        each!(self, chart => chart.name())
    }

    fn note(&self) -> &str {
        each!(self, chart => chart.note())
    }

    fn needs_legend(&self) -> bool {
        each!(self, chart => chart.needs_legend())
    }

    fn layout(&self, view: &View) -> Layout {
        each!(self, chart => chart.layout(view))
    }

    fn flags(&self) -> &[Flag] {
        each!(self, chart => chart.flags())
    }

    fn draw<DB: DrawingBackend>(&self, on: &DrawingArea<DB, Shift>, view: &View) -> Drawn<DB> {
        each!(self, chart => chart.draw(on, view))
    }

    fn place(&self, index: usize, view: &View) -> Option<f64> {
        each!(self, chart => chart.place(index, view))
    }

    fn x_at(&self, place: f64, view: &View) -> f64 {
        each!(self, chart => chart.x_at(place, view))
    }

    fn window(&self, from: f64, to: f64) -> (f64, f64) {
        each!(self, chart => chart.window(from, to))
    }

    fn nearest(&self, place: f64, view: &View) -> Option<usize> {
        each!(self, chart => chart.nearest(place, view))
    }

    fn axis(&self) -> &str {
        each!(self, chart => chart.axis())
    }

    fn mark(&self, index: usize) -> Option<f64> {
        each!(self, chart => chart.mark(index))
    }

    fn find(&self, mark: f64) -> Option<usize> {
        each!(self, chart => chart.find(mark))
    }

    fn len(&self) -> usize {
        each!(self, chart => chart.len())
    }

    fn read_out(&self, index: usize, view: &View) -> Option<ReadOut> {
        each!(self, chart => chart.read_out(index, view))
    }

    fn legend(&self, index: Option<usize>) -> Vec<Row> {
        each!(self, chart => chart.legend(index))
    }

    fn summary(&self) -> String {
        each!(self, chart => chart.summary())
    }

    fn table(&self) -> Table {
        each!(self, chart => chart.table())
    }
}
