//! What lies over a plot: the crosshair, and the read-out beside it in the figure under the pointer.
//!
//! In: a place and what is known of the point there. Out: SVG whose geometry is in attributes, as the plot's; and the
//! same in words.

use std::fmt::Write as _;

use loopscope_chart::{ReadOut, Row, TEXT_PX, width_px};

use super::escape;

const ROW_PX: f64 = 20.0;
const PAD_PX: f64 = 10.0;
const SWATCH_PX: f64 = 14.0;
/// Of a series' name, and of a flag's words.
const MOST_LETTERS: usize = 32;

/// What is shown over a plot.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Shown {
    /// Where the crosshair is: a fraction of the plot's width.
    pub(in super::super) place: f64,
    /// What the read-out says; nothing in the figures that are not pointed at.
    pub(in super::super) read_out: Option<ReadOut>,
}

/// The crosshair, full and with a read-out, or faint. The plot is so wide and high.
pub(in super::super) fn svg(shown: &Shown, (width_px, height_px): (f64, f64)) -> String {
    let x = (shown.place * 10_000.0).round() / 100.0;
    let (class, top) = if shown.read_out.is_some() {
        ("cross", -6)
    } else {
        ("cross faint", 0)
    };
    let mut out = format!(
        "<line class=\"{class}\" x1=\"{x}%\" x2=\"{x}%\" y1=\"{top}\" y2=\"{height_px}\"/>"
    );
    if let Some(read_out) = &shown.read_out {
        tip(&mut out, read_out, x, width_px);
    }
    out
}

/// A read-out in words.
pub(in super::super) fn words(read_out: &ReadOut) -> String {
    let rows: Vec<_> = read_out
        .rows
        .iter()
        .map(|row| format!("{} {}", row.label, row.text))
        .collect();
    let mut words = format!("{}: {}", read_out.title, rows.join(", "));
    for flag in &read_out.flags {
        words.push_str(". Flag: ");
        words.push_str(flag);
    }
    words
}

/// The read-out, right of the crosshair, left of it where the plot ends; where neither has room, as far over as it must.
fn tip(out: &mut String, read_out: &ReadOut, x: f64, plot_px: f64) {
    let many = (read_out.of > 1).then(|| format!("1 of {} points", read_out.of));
    let width = width_of(read_out, many.as_deref());
    let lines = read_out.rows.len() + read_out.flags.len() + usize::from(many.is_some());
    let height = lines as f64 * ROW_PX + 28.0;
    let at_px = x / 100.0 * plot_px;
    let left = if x < 60.0 { PAD_PX } else { -PAD_PX - width };
    // Never past the panel's edges: a phone's page would scroll sideways.
    let left = left
        .min(plot_px + 8.0 - at_px - width)
        .max(-at_px - 24.0)
        .round();
    let (start, end) = (left + PAD_PX, left + width - PAD_PX);
    let title = escape(&read_out.title);
    let _ = write!(
        out,
        "<svg class=\"tip\" x=\"{x}%\" y=\"-4\" overflow=\"visible\"><rect class=\"box\" x=\"{left}\" width=\"{width}\" height=\"{height}\" rx=\"6\"/><text class=\"val\" x=\"{start}\" y=\"18\">{title}</text>"
    );
    let mut y = 38.0;
    for row in &read_out.rows {
        line(out, row, start, end, y);
        y += ROW_PX;
    }
    for flag in &read_out.flags {
        let (at, words) = (y - 10.0, escape(&cut(flag)));
        let text = start + SWATCH_PX;
        let _ = write!(
            out,
            "<svg x=\"{start}\" y=\"{at}\" overflow=\"visible\"><path class=\"flag\" d=\"M0 0L8 0L6 3L8 6L1 6L1 10L0 10z\"/></svg><text x=\"{text}\" y=\"{y}\">{words}</text>"
        );
        y += ROW_PX;
    }
    if let Some(many) = many {
        let _ = write!(out, "<text x=\"{start}\" y=\"{y}\">{many}</text>");
    }
    out.push_str("</svg>");
}

fn line(out: &mut String, row: &Row, start: f64, end: f64, y: f64) {
    let _ = write!(out, "<g class=\"{}\">", row.ink.class());
    let _ = if row.square {
        let (x, y) = (start + 0.5, y - 7.5);
        write!(
            out,
            "<rect class=\"swatch\" x=\"{x}\" y=\"{y}\" width=\"7\" height=\"7\"/>"
        )
    } else {
        let (x, y) = (start + 4.0, y - 4.0);
        write!(
            out,
            "<circle class=\"swatch\" cx=\"{x}\" cy=\"{y}\" r=\"3.5\"/>"
        )
    };
    let (label, text) = (escape(&cut(&row.label)), escape(&row.text));
    let x = start + SWATCH_PX;
    let _ = write!(
        out,
        "<text x=\"{x}\" y=\"{y}\">{label}</text><text class=\"val\" x=\"{end}\" y=\"{y}\" text-anchor=\"end\">{text}</text></g>"
    );
}

/// The first words of a text that may be long.
fn cut(text: &str) -> String {
    let mut letters = text.chars();
    let start: String = letters.by_ref().take(MOST_LETTERS).collect();
    if letters.next().is_some() {
        format!("{}…", start.trim_end())
    } else {
        start
    }
}

/// As wide as its widest line, and not narrower than reads well.
fn width_of(read_out: &ReadOut, many: Option<&str>) -> f64 {
    let text = |text: &str| width_px(text, TEXT_PX);
    let rows = read_out
        .rows
        .iter()
        .map(|row| SWATCH_PX + text(&cut(&row.label)) + 16.0 + text(&row.text));
    let flags = read_out
        .flags
        .iter()
        .map(|flag| SWATCH_PX + text(&cut(flag)));
    let heads = [text(&read_out.title), text(many.unwrap_or_default())];
    let widest = rows.chain(flags).chain(heads).fold(108.0, f64::max);
    (widest + 2.0 * PAD_PX).ceil()
}
