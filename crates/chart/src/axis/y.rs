//! The vertical axis: what is measured, from where to where. In: the range of the data. Out: places in pixels,
//! the grid, the values at its left.

use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

use crate::format::Unit;
use crate::ink::Ink;
use crate::key::Key;
use crate::pen::{Drawn, Pen};
use crate::scale::Scale;
use crate::ticks::{Tick, Ticks};

/// Where a vertical axis begins and ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Range {
    /// At zero, up to the data.
    FromZero,
    /// Around the data.
    Data,
    /// Where it is told.
    Fixed(f64, f64),
}

/// What the vertical axis measures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct YAxis {
    /// What of.
    pub unit: Unit,
    /// From where to where.
    pub range: Range,
    /// By powers of ten.
    pub log: bool,
}

impl YAxis {
    /// A linear axis from zero.
    pub fn from_zero(unit: Unit) -> Self {
        Self {
            unit,
            range: Range::FromZero,
            log: false,
        }
    }

    /// Places and lines for values between two (none: an axis all the same).
    pub(crate) fn lay_out(&self, data: Option<(f64, f64)>, height_px: f64) -> YPlaces {
        let lines = if height_px < 64.0 { 3 } else { 5 };
        let (low, high) = match (self.range, data) {
            (Range::Fixed(low, high), _) => (low, high),
            // There is no zero on an axis by powers of ten.
            (Range::FromZero, Some(data)) if self.log => data,
            (Range::FromZero, data) => (0.0, data.map_or(1.0, |(_, high)| high)),
            (Range::Data, data) => data.unwrap_or((0.0, 1.0)),
        };
        let (ticks, scale): (_, fn(f64, f64) -> Scale) = if self.log {
            (Ticks::log(low, high, lines), Scale::log)
        } else {
            let high = if self.range == Range::FromZero && high <= 0.0 {
                1.0
            } else {
                high
            };
            (Ticks::cover(low, high, self.unit, lines), Scale::linear)
        };
        let mut lines = ticks.ticks;
        if data.is_none() && !matches!(self.range, Range::Fixed(..)) {
            // Nothing is known: the lines stand, without figures that would be invented.
            for tick in &mut lines {
                tick.label.clear();
            }
        }
        YPlaces {
            scale: scale(ticks.low, ticks.high),
            ticks: lines,
            height_px,
        }
    }
}

/// Where the values of a vertical axis are, in pixels from the top.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct YPlaces {
    scale: Scale,
    pub(crate) ticks: Vec<Tick>,
    height_px: f64,
}

impl YPlaces {
    pub(crate) fn px(&self, value: f64) -> Option<f64> {
        Some(self.height_px * (1.0 - self.scale.fraction(value)?))
    }

    /// The lines: faint, and the lowest (or zero) stronger.
    pub(crate) fn draw_grid<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>) -> Drawn<DB> {
        let zero = self.ticks.iter().any(|tick| tick.value == 0.0);
        let is_base = |i: usize, tick: &Tick| if zero { tick.value == 0.0 } else { i == 0 };
        for (ink, base) in [(Ink::Grid, false), (Ink::Axis, true)] {
            for (i, tick) in self.ticks.iter().enumerate() {
                if let (true, Some(y)) = (is_base(i, tick) == base, self.px(tick.value)) {
                    pen.line(&[(0.0, y), (1.0, y)], Key::mark(ink), 1.0, 1.0)?;
                }
            }
        }
        Ok(())
    }

    pub(crate) fn draw_labels<DB: DrawingBackend>(&self, pen: &Pen<'_, DB>) -> Drawn<DB> {
        for tick in self.ticks.iter().filter(|tick| !tick.label.is_empty()) {
            if let Some(y) = self.px(tick.value) {
                side_label(pen, &tick.label, y)?;
            }
        }
        Ok(())
    }
}

/// A value at the left of the plot.
pub(crate) fn side_label<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    text: &str,
    y_px: f64,
) -> Drawn<DB> {
    let key = Key {
        nudge_px: -8,
        ..Key::mark(Ink::Text3)
    };
    pen.text(text, (0.0, y_px), HPos::Right, key)
}
