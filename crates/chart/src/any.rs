//! Any chart: one type for pages, which show charts of every kind. In: a chart. Out: the same, as a [`Chart`].

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters_backend::DrawingBackend;

use crate::bars::BarChart;
use crate::chart::{Chart, ReadOut, Row};
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

    fn layout(&self) -> Layout {
        each!(self, chart => chart.layout())
    }

    fn draw<DB: DrawingBackend>(&self, on: &DrawingArea<DB, Shift>, view: &View) -> Drawn<DB> {
        each!(self, chart => chart.draw(on, view))
    }

    fn place(&self, index: usize, view: &View) -> Option<f64> {
        each!(self, chart => chart.place(index, view))
    }

    fn x_at(&self, place: f64, view: &View) -> Option<f64> {
        each!(self, chart => chart.x_at(place, view))
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
