//! The pen: fractions of the width and pixels of height in, plotters elements in units out.
//!
//! Every chart draws with it and with nothing else, so this is the one place where a number that is not
//! finite, or far outside, is kept from a backend.

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind};
use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontDesc, FontFamily, FontStyle, RGBAColor, ShapeStyle, TextStyle};
use plotters_backend::DrawingBackend;

use crate::ink::Ink;
use crate::key::Key;
use crate::measure::TEXT_PX;
use crate::svg::UNITS_PER_PX;
use crate::unclipped::Unclipped;

/// What drawing on a backend ends in.
pub type Drawn<DB> = Result<(), DrawingAreaErrorKind<<DB as DrawingBackend>::ErrorType>>;

/// A point: fraction of the plot's width, pixels from its top.
pub(crate) type At = (f64, f64);

/// See the module.
pub(crate) struct Pen<'a, DB: DrawingBackend> {
    area: &'a DrawingArea<DB, Shift>,
    width_units: f64,
}

impl<'a, DB: DrawingBackend> Pen<'a, DB> {
    pub(crate) fn new(area: &'a DrawingArea<DB, Shift>) -> Self {
        let width_units = f64::from(area.dim_in_pixel().0);
        Self { area, width_units }
    }

    /// A polyline; one of less than two points draws nothing.
    pub(crate) fn line(&self, points: &[At], key: Key, width_px: f64, alpha: f64) -> Drawn<DB> {
        if points.len() < 2 {
            return Ok(());
        }
        let points: Vec<_> = points.iter().map(|at| self.units(*at)).collect();
        self.area.draw(&Unclipped(PathElement::new(
            points,
            shape(key, alpha, width_px),
        )))
    }

    /// The area between a line and a floor.
    pub(crate) fn area(&self, points: &[At], floor_px: f64, ink: Ink, alpha: f64) -> Drawn<DB> {
        let (Some(first), Some(last)) = (points.first(), points.last()) else {
            return Ok(());
        };
        let corners = [(last.0, floor_px), (first.0, floor_px)];
        let outline: Vec<_> = points
            .iter()
            .chain(&corners)
            .map(|at| self.units(*at))
            .collect();
        self.area.draw(&Unclipped(Polygon::new(
            outline,
            shape(Key::mark(ink), alpha, 0.0),
        )))
    }

    /// A rectangle from its upper left corner to its lower right one, cut off at the plot's sides.
    pub(crate) fn bar(&self, from: At, to: At, ink: Ink, alpha: f64) -> Drawn<DB> {
        let (left, right) = (from.0.max(0.0), to.0.min(1.0));
        if left >= right {
            return Ok(());
        }
        let corners = [self.units((left, from.1)), self.units((right, to.1))];
        self.area.draw(&Unclipped(Rectangle::new(
            corners,
            shape(Key::mark(ink), alpha, 0.0),
        )))
    }

    /// Points of one series with an edge in the colour of the surface, so that they part from their line.
    pub(crate) fn dots(&self, at: &[At], key: Key, radius_px: f64) -> Drawn<DB> {
        let edge = Key {
            ink: Ink::Surface,
            ..key
        };
        // A square as wide as a circle looks bigger.
        let size = if key.square { 0.86 } else { 1.0 };
        for (key, radius_px) in [
            (edge, (radius_px + 0.9) * size),
            (key, (radius_px - 0.85).max(1.0) * size),
        ] {
            let radius = (radius_px * f64::from(UNITS_PER_PX)).round() as i32;
            for point in at {
                self.area.draw(&Unclipped(Circle::new(
                    self.units(*point),
                    radius,
                    shape(key, 1.0, 0.0),
                )))?;
            }
        }
        Ok(())
    }

    /// A letter in a box.
    pub(crate) fn letter(&self, letter: &str, at: At, ink: Ink) -> Drawn<DB> {
        for (ink, radius_px) in [(ink, 9.0), (Ink::Surface, 7.5)] {
            let key = Key {
                square: true,
                ..Key::mark(ink)
            };
            let radius = (radius_px * f64::from(UNITS_PER_PX)).round() as i32;
            self.area.draw(&Unclipped(Circle::new(
                self.units(at),
                radius,
                shape(key, 1.0, 0.0),
            )))?;
        }
        self.text(letter, at, HPos::Center, Key::mark(Ink::Text))
    }

    /// A text, centred on its y, in the smallest size of the house.
    pub(crate) fn text(&self, text: &str, at: At, align: HPos, key: Key) -> Drawn<DB> {
        self.area.draw(&Unclipped(Text::new(
            text,
            self.units(at),
            text_style(key, align),
        )))
    }

    fn units(&self, (x, y_px): At) -> (i32, i32) {
        // Far outside is as good as at infinity, and neither may reach a backend. A cast of NaN is 0.
        let x = x.clamp(-1.0, 2.0) * self.width_units;
        let y = y_px.clamp(-10_000.0, 10_000.0) * f64::from(UNITS_PER_PX);
        (x.round() as i32, y.round() as i32)
    }
}

fn shape(key: Key, alpha: f64, width_px: f64) -> ShapeStyle {
    let (r, g, b) = key.color(alpha).rgb;
    ShapeStyle {
        color: RGBAColor(r, g, b, alpha),
        filled: true,
        stroke_width: (width_px * f64::from(UNITS_PER_PX)).round() as u32,
    }
}

pub(crate) fn text_style(key: Key, align: HPos) -> TextStyle<'static> {
    let size = TEXT_PX * f64::from(UNITS_PER_PX);
    TextStyle {
        font: FontDesc::new(FontFamily::SansSerif, size, FontStyle::Normal),
        color: key.color(1.0),
        pos: Pos::new(align, VPos::Center),
    }
}
