//! Inks to colours for backends that need real ones, a canvas first of all.
//!
//! In: plotters' drawing calls in units and keys, and a [`Palette`]. Out: the same calls on the backend inside,
//! with the theme's colours, dashes cut to length, labels edged, and hard edges moved onto whole device
//! pixels. The backend inside takes units: give a canvas the transform `ratio / UNITS_PER_PX` and its origin
//! at the plot's corner.

mod dash;
mod palette;
mod style;

use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};

use plotters::drawing::IntoDrawingArea as _;

pub use self::palette::{Palette, Rgba};
use self::style::{Themed, Tint};
use crate::chart::Chart;
use crate::flag;
use crate::ink::Ink;
use crate::key::Key;
use crate::pen::Drawn;
use crate::svg::UNITS_PER_PX;
use crate::view::View;

/// A backend with a theme; see the module.
pub struct Tinted<'a, DB> {
    inner: DB,
    palette: &'a Palette,
    size_units: (u32, u32),
    /// How many units a device pixel is.
    grain: f64,
}

impl<'a, DB: DrawingBackend> Tinted<'a, DB> {
    /// Themes `inner`, for a plot of this size in CSS pixels on a screen of this device pixel ratio.
    pub fn new(
        inner: DB,
        palette: &'a Palette,
        (width_px, height_px): (f64, f64),
        ratio: f64,
    ) -> Self {
        let units = |px: f64| (px.clamp(0.0, 100_000.0) * f64::from(UNITS_PER_PX)) as u32;
        Self {
            inner,
            palette,
            size_units: (units(width_px), units(height_px)),
            grain: f64::from(UNITS_PER_PX) / ratio.clamp(0.25, 8.0),
        }
    }

    fn style<S: BackendStyle>(&self, style: &S) -> (Key, Tint) {
        let color = style.color();
        let key = Key::read(color);
        let tint = Tint {
            color: self.palette.tint(key, color.alpha),
            width: style.stroke_width(),
        };
        (key, tint)
    }

    /// Onto the edge of a device pixel.
    fn snap(&self, units: i32) -> i32 {
        ((f64::from(units) / self.grain).round() * self.grain).round() as i32
    }

    /// Where a line of this width covers whole device pixels: on an edge, or in the middle of a pixel.
    fn snap_line(&self, units: i32, width: u32) -> i32 {
        let odd = (f64::from(width) / self.grain).round() as i64 % 2 == 1;
        let half = if odd { 0.5 } else { 0.0 };
        // Between two pixels the lower one, as the SVG's crisp edges have it.
        let pixel = (f64::from(units) / self.grain - half + 0.5).floor();
        ((pixel + half) * self.grain).round() as i32
    }

    /// A level or upright line on whole pixels; any other line as it is.
    fn crisp(&self, points: &mut [BackendCoord], width: u32) {
        let [(x, y), ..] = *points else { return };
        if points.iter().all(|point| point.1 == y) {
            let y = self.snap_line(y, width);
            for point in points {
                point.1 = y;
            }
        } else if points.iter().all(|point| point.0 == x) {
            let x = self.snap_line(x, width);
            for point in points {
                point.0 = x;
            }
        }
    }
}

/// Draws a chart on a backend that takes units, in the colours of a theme. `view` says how wide the plot is.
pub fn paint<C: Chart, DB: DrawingBackend>(
    chart: &C,
    inner: DB,
    palette: &Palette,
    view: &View,
    ratio: f64,
) -> Drawn<DB> {
    let size_px = (view.width_px, chart.layout(view).height_px);
    let area = Tinted::new(inner, palette, size_px, ratio).into_drawing_area();
    chart.draw(&area, view)?;
    area.present()
}

type Done<DB> = Result<(), DrawingErrorKind<<DB as DrawingBackend>::ErrorType>>;

impl<DB: DrawingBackend> DrawingBackend for Tinted<'_, DB> {
    type ErrorType = DB::ErrorType;

    fn get_size(&self) -> (u32, u32) {
        self.size_units
    }

    fn ensure_prepared(&mut self) -> Done<DB> {
        self.inner.ensure_prepared()
    }

    fn present(&mut self) -> Done<DB> {
        self.inner.present()
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Done<DB> {
        let tint = self.palette.tint(Key::read(color), color.alpha);
        self.inner.draw_pixel(point, tint)
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Done<DB> {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Done<DB> {
        let snapped = |(x, y)| (self.snap(x), self.snap(y));
        let (from, to) = (snapped(upper_left), snapped(bottom_right));
        let (_, tint) = self.style(style);
        self.inner.draw_rect(from, to, &tint, fill)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        points: I,
        style: &S,
    ) -> Done<DB> {
        let (key, tint) = self.style(style);
        let mut points: Vec<_> = points.into_iter().collect();
        self.crisp(&mut points, tint.width);
        let pattern: Vec<f64> = key
            .dash
            .pattern_px()
            .iter()
            .map(|px| px * f64::from(UNITS_PER_PX))
            .collect();
        for stroke in dash::cut(points, &pattern) {
            self.inner.draw_path(stroke, &tint)?;
        }
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Done<DB> {
        let (key, tint) = self.style(style);
        if !key.square {
            return self.inner.draw_circle(center, radius, &tint, fill);
        }
        let (x, y, reach) = (center.0, center.1, radius as i32);
        let (from, to) = ((x - reach, y - reach), (x + reach, y + reach));
        self.inner.draw_rect(from, to, &tint, fill)
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        points: I,
        style: &S,
    ) -> Done<DB> {
        let (_, tint) = self.style(style);
        self.inner.fill_polygon(points, &tint)
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        at: BackendCoord,
    ) -> Done<DB> {
        let key = Key::read(style.color());
        if text == flag::GLYPH {
            let unit = f64::from(UNITS_PER_PX);
            let outline =
                flag::OUTLINE_PX.map(|(x, y)| (at.0 + (x * unit) as i32, at.1 + (y * unit) as i32));
            let tint = Tint {
                color: self.palette.tint(key, 1.0),
                width: 0,
            };
            return self.inner.fill_polygon(outline, &tint);
        }
        let x = at.0 + i32::from(key.nudge_px) * UNITS_PER_PX;
        let at = (x, at.1 + LOWER);
        let themed = |key: Key| Themed {
            style,
            color: self.palette.tint(key, 1.0),
            font: self.palette.font(),
        };
        if key.label {
            let edge = themed(Key {
                ink: Ink::Surface,
                readable: false,
                ..key
            });
            for (x, y) in EDGE {
                self.inner.draw_text(text, &edge, (at.0 + x, at.1 + y))?;
            }
        }
        self.inner.draw_text(text, &themed(key), at)
    }
}

/// A canvas rounds a baseline up where an SVG's is whole: without this its texts stand a pixel too high.
const LOWER: i32 = 6;

/// Around a label, 1.4 px away.
const EDGE: [BackendCoord; 8] = [
    (28, 0),
    (20, 20),
    (0, 28),
    (-20, 20),
    (-28, 0),
    (-20, -20),
    (0, -28),
    (20, -20),
];

#[cfg(test)]
mod tests;
