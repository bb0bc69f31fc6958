//! Small figures without axes: a sparkline beside a number, a ribbon of shares. In: plain data. Out: drawings
//! for the same backends as the charts'.

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea as _};
use plotters_backend::DrawingBackend;

use crate::ink::Ink;
use crate::key::Key;
use crate::pen::{At, Drawn, Pen};
use crate::points::Points;
use crate::scale::Scale;
use crate::svg::SvgBackend;
use crate::view::View;

/// Room above and below a sparkline's extremes.
const EDGE_PX: f64 = 2.0;

/// A line as small as a word: where a figure came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Sparkline {
    /// Its points, from edge to edge.
    pub points: Points,
    /// [`Ink::Text3`], unless the figure itself is good or bad news.
    pub ink: Ink,
    /// Of the whole.
    pub height_px: f64,
}

impl Sparkline {
    /// A quiet sparkline of the house's height.
    pub fn new(values: impl IntoIterator<Item = Option<f64>>) -> Self {
        Self {
            points: Points::in_slots(values),
            ink: Ink::Text3,
            height_px: 24.0,
        }
    }

    /// Draws the line and the tint under it; nothing where there is less than a line.
    pub fn draw<DB: DrawingBackend>(&self, on: &DrawingArea<DB, Shift>, view: &View) -> Drawn<DB> {
        let pen = Pen::new(on);
        let (Some((low, high)), Some((from, to))) = (self.points.y_range(), self.points.x_range())
        else {
            return Ok(());
        };
        let xs = Scale::linear(from, to);
        let ys = Scale::linear(low, high);
        let room = self.height_px - 2.0 * EDGE_PX;
        let at = |i: usize| -> Option<At> {
            let x = xs.fraction(self.points.x(i)?)?;
            let y = ys.fraction(self.points.y(i)?)?;
            Some((x, EDGE_PX + room * (1.0 - y)))
        };
        let runs: Vec<Vec<At>> = self
            .points
            .runs(0..self.points.len(), view.columns.min(200))
            .into_iter()
            .map(|run| run.into_iter().filter_map(at).collect())
            .collect();
        for run in runs.iter().filter(|run| run.len() > 1) {
            pen.area(run, self.height_px, self.ink, 0.12)?;
        }
        for run in &runs {
            pen.line(run, Key::mark(self.ink), 1.25, 1.0)?;
        }
        Ok(())
    }

    /// The sparkline as an SVG.
    pub fn svg(&self) -> String {
        let mut out = String::new();
        let area = SvgBackend::new(&mut out, self.height_px).into_drawing_area();
        let drawn = self
            .draw(&area, &View::UNKNOWN)
            .and_then(|()| area.present());
        drop(area);
        debug_assert!(drawn.is_ok(), "writing into a string cannot fail");
        out
    }
}

/// Shares of a whole, side by side: the time in each state, a budget and what is spent of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Ribbon {
    /// Ink and share of each piece, from the left; shares need not sum up to 1.
    pub pieces: Vec<(Ink, f64)>,
    /// What the whole is; the sum of the pieces where it is not given.
    pub whole: Option<f64>,
    /// Of the ribbon.
    pub height_px: f64,
}

impl Ribbon {
    /// Draws the pieces; one that is not a positive number is left out.
    pub fn draw<DB: DrawingBackend>(&self, on: &DrawingArea<DB, Shift>) -> Drawn<DB> {
        let pen = Pen::new(on);
        let share = |(_, share): &(Ink, f64)| share.is_finite() && *share > 0.0;
        let sum: f64 = self.pieces.iter().filter(|p| share(p)).map(|p| p.1).sum();
        let whole = self.whole.filter(|w| w.is_finite()).unwrap_or(sum).max(sum);
        if !(whole.is_finite() && whole > 0.0) {
            return Ok(());
        }
        let mut left = 0.0;
        for (ink, share) in self.pieces.iter().filter(|p| share(p)) {
            let right = left + share / whole;
            pen.bar((left, 0.0), (right, self.height_px), *ink, 1.0)?;
            left = right;
        }
        Ok(())
    }

    /// The ribbon as an SVG.
    pub fn svg(&self) -> String {
        let mut out = String::new();
        let area = SvgBackend::new(&mut out, self.height_px).into_drawing_area();
        let drawn = self.draw(&area).and_then(|()| area.present());
        drop(area);
        debug_assert!(drawn.is_ok(), "writing into a string cannot fail");
        out
    }
}
