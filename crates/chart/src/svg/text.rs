//! Texts, grouped by what they have in common. In: a text, where it stands in units, how far it is nudged in
//! px. Out: `<text>` in a `<g>`; its x is a per cent of the width, or px where it stands at the left edge.

use std::fmt::Write as _;

use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{BackendCoord, BackendTextStyle};

use super::{UNITS_PER_PX, WIDTH_UNITS};
use crate::flag;
use crate::ink::Ink;
use crate::key::Key;

/// What texts must have in common to share a group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Head {
    ink: Ink,
    readable: bool,
    label: bool,
    anchor: &'static str,
    /// From the given y to the baseline, in px.
    baseline_px: f64,
}

impl Head {
    pub(super) fn of<S: BackendTextStyle>(style: &S) -> Self {
        let key = Key::read(style.color());
        let size_px = style.size() / f64::from(UNITS_PER_PX);
        let anchor = style.anchor();
        Self {
            ink: key.ink,
            readable: key.readable,
            label: key.label,
            anchor: match anchor.h_pos {
                HPos::Left => "start",
                HPos::Center => "middle",
                HPos::Right => "end",
            },
            baseline_px: match anchor.v_pos {
                VPos::Top => (size_px * 0.85).round(),
                VPos::Center => (size_px * 0.36).round(),
                VPos::Bottom => -(size_px * 0.2).round(),
            },
        }
    }
}

/// An open group of texts.
pub(super) struct Texts {
    head: Head,
}

impl Texts {
    pub(super) fn open(head: Head, out: &mut String) -> Self {
        let shade = if head.readable { " readable" } else { "" };
        let label = if head.label { " label" } else { "" };
        let _ = write!(out, "<g class=\"{}{shade}{label}\"", head.ink.class());
        if head.anchor != "start" {
            let _ = write!(out, " text-anchor=\"{}\"", head.anchor);
        }
        out.push('>');
        Self { head }
    }

    pub(super) fn head(&self) -> &Head {
        &self.head
    }

    pub(super) fn push(&self, out: &mut String, text: &str, nudge_px: i8, (x, y): BackendCoord) {
        if text == flag::GLYPH {
            return push_flag(out, (x, y));
        }
        out.push_str("<text");
        if x == 0 {
            let _ = write!(out, " x=\"{nudge_px}\"");
        } else {
            let percent = f64::from(x) * 100.0 / f64::from(WIDTH_UNITS);
            let _ = write!(out, " x=\"{}%\"", round(percent, 100.0));
            if nudge_px != 0 {
                let _ = write!(out, " dx=\"{nudge_px}\"");
            }
        }
        let y_px = f64::from(y) / f64::from(UNITS_PER_PX) + self.head.baseline_px;
        let _ = write!(out, " y=\"{}\">", round(y_px, 10.0));
        escape(out, text);
        out.push_str("</text>");
    }

    pub(super) const CLOSE: &str = "</g>";
}

/// A flag keeps its shape in a drawing that is stretched: its own `<svg>` stands at a per cent of the width.
fn push_flag(out: &mut String, (x, y): BackendCoord) {
    let percent = f64::from(x) * 100.0 / f64::from(WIDTH_UNITS);
    let y_px = f64::from(y) / f64::from(UNITS_PER_PX);
    let _ = write!(
        out,
        "<svg x=\"{}%\" y=\"{}\" overflow=\"visible\"><path d=\"",
        round(percent, 100.0),
        round(y_px, 10.0)
    );
    for (i, (x, y)) in flag::OUTLINE_PX.iter().enumerate() {
        let _ = write!(out, "{}{x} {y}", if i == 0 { "M" } else { "L" });
    }
    out.push_str("z\"/></svg>");
}

fn round(value: f64, grain: f64) -> f64 {
    // Adding zero turns -0 into 0.
    (value * grain).round() / grain + 0.0
}

/// Nothing that came from a producer is ever markup.
fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}
