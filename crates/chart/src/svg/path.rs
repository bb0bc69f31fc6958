//! Path data with few bytes. In: points in units, all strokes of one kind. Out: one `<path>`, every
//! coordinate relative to the last. A point is a stroke of no length with a round (or square) cap, so that
//! it keeps its shape in the stretched drawing.

use std::fmt::Write as _;

use plotters_backend::{BackendCoord, BackendStyle};

use super::UNITS_PER_PX;
use crate::key::Key;

/// What a path does; widths in units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// An area.
    Fill,
    /// Rectangles with hard edges.
    Bar,
    /// Lines of this width.
    Line(u32),
    /// Points of this diameter.
    Dot(u32),
}

/// What strokes must have in common to share a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    kind: Kind,
    key: Key,
    alpha_percent: u8,
}

impl Head {
    pub(super) fn new(kind: Kind, key: Key, alpha: f64) -> Self {
        Self {
            kind,
            key,
            alpha_percent: (alpha.clamp(0.0, 1.0) * 100.0).round() as u8,
        }
    }

    pub(super) fn of<S: BackendStyle>(kind: Kind, style: &S) -> Self {
        let color = style.color();
        Self::new(kind, Key::read(color), color.alpha)
    }
}

/// One path being written.
pub(super) struct Path {
    head: Head,
    data: String,
    at: BackendCoord,
}

impl Path {
    pub(super) fn new(head: Head) -> Self {
        Self {
            head,
            data: String::new(),
            at: (0, 0),
        }
    }

    pub(super) fn head(&self) -> &Head {
        &self.head
    }

    /// A polyline, or the outline of an area.
    pub(super) fn line(&mut self, points: impl IntoIterator<Item = BackendCoord>, close: bool) {
        let mut start = None;
        for point in points {
            if start.is_none() {
                start = Some(point);
                self.data.push('m');
            }
            self.step(point);
        }
        if let (true, Some(start)) = (close, start) {
            self.data.push('z');
            self.at = start;
        }
    }

    pub(super) fn rect(&mut self, (left, top): BackendCoord, (right, bottom): BackendCoord) {
        let (width, height) = (right - left, bottom - top);
        self.data.push('m');
        self.step((left, top));
        for (letter, by) in [('h', width), ('v', height), ('h', -width)] {
            self.data.push(letter);
            push_int(&mut self.data, by);
        }
        self.data.push('z');
    }

    pub(super) fn dot(&mut self, center: BackendCoord) {
        self.data.push('m');
        self.step(center);
        self.data.push_str("h0");
    }

    /// Moves to a point, relative to where the pen is.
    fn step(&mut self, (x, y): BackendCoord) {
        for by in [x - self.at.0, y - self.at.1] {
            let after_figure = self.data.ends_with(|c: char| c.is_ascii_digit());
            if after_figure && by >= 0 {
                self.data.push(' ');
            }
            push_int(&mut self.data, by);
        }
        self.at = (x, y);
    }

    pub(super) fn write(self, out: &mut String) {
        if self.data.is_empty() {
            return;
        }
        let Head {
            kind,
            key,
            alpha_percent,
        } = self.head;
        out.push_str("<path class=\"");
        out.push_str(match kind {
            Kind::Fill => "",
            Kind::Bar => "bar ",
            Kind::Line(_) => "ln ",
            Kind::Dot(_) if key.square => "dot sq ",
            Kind::Dot(_) => "dot ",
        });
        out.push_str(key.ink.class());
        out.push('"');
        if let Kind::Line(width) | Kind::Dot(width) = kind {
            out.push_str(" stroke-width=\"");
            push_px(out, width as i32);
            out.push('"');
        }
        if let Kind::Line(_) = kind {
            push_dash(out, key.dash.pattern_px());
        }
        if alpha_percent < 100 {
            let text = format!("{alpha_percent:02}");
            // Formatting into a string cannot fail.
            let _ = write!(out, " opacity=\".{}\"", text.trim_end_matches('0'));
        }
        out.push_str(" d=\"");
        out.push_str(&self.data);
        out.push_str("\"/>");
    }
}

fn push_dash(out: &mut String, pattern: &[f64]) {
    if pattern.is_empty() {
        return;
    }
    for (i, length) in pattern.iter().enumerate() {
        let open = if i == 0 { " stroke-dasharray=\"" } else { " " };
        let _ = write!(out, "{open}{length}");
    }
    out.push('"');
}

/// Writes a whole number.
pub(super) fn push_int(out: &mut String, value: i32) {
    let _ = write!(out, "{value}");
}

/// Writes units as pixels, with as few decimals as they need.
pub(super) fn push_px(out: &mut String, units: i32) {
    let _ = write!(out, "{}", f64::from(units) / f64::from(UNITS_PER_PX));
}
