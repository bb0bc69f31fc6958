//! What lies over a plot: the crosshair, and the read-out beside it in the figure under the pointer.
//!
//! In: a place and what is known of the point there. Out: SVG whose geometry is in attributes, as the plot's.

use leptos::prelude::*;
use loopscope_chart::{ReadOut, Row, TEXT_PX, width_px};

const ROW_PX: f64 = 20.0;
const PAD_PX: f64 = 10.0;
const SWATCH_PX: f64 = 14.0;

/// What is shown over a plot.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shown {
    /// Where the crosshair is: a fraction of the plot's width.
    pub(super) place: f64,
    /// What the read-out says; nothing in the figures that are not pointed at.
    pub(super) read_out: Option<ReadOut>,
}

/// The crosshair, full and with a read-out, or faint.
pub(super) fn overlay(shown: Shown, height_px: f64) -> AnyView {
    let x = format!("{:.2}%", shown.place * 100.0);
    let (class, top) = if shown.read_out.is_some() {
        ("cross", "-6")
    } else {
        ("cross faint", "0")
    };
    let right = shown.place < 0.6;
    view! {
        <line class=class x1=x.clone() x2=x.clone() y1=top y2=height_px></line>
        {shown.read_out.map(|read_out| tip(read_out, x, right))}
    }
    .into_any()
}

/// The read-out, right of the crosshair or left of it.
fn tip(read_out: ReadOut, x: String, right: bool) -> impl IntoView {
    let many = (read_out.of > 1).then(|| format!("1 of {} points", read_out.of));
    let width = width_of(&read_out, many.as_deref());
    let rows = read_out.rows.len() + usize::from(many.is_some());
    let height = rows as f64 * ROW_PX + 28.0;
    let left = if right { PAD_PX } else { -PAD_PX - width };
    let (start, end) = (left + PAD_PX, left + width - PAD_PX);
    let last = read_out.rows.len() as f64 * ROW_PX + 38.0;
    let items: Vec<_> = read_out
        .rows
        .into_iter()
        .enumerate()
        .map(|(i, row)| line(row, start, end, i as f64 * ROW_PX + 38.0))
        .collect();
    view! {
        <svg class="tip" x=x y="-4" overflow="visible">
            <rect class="box" x=left width=width height=height rx="6"></rect>
            <text class="val" x=start y="18">
                {read_out.title}
            </text>
            {items}
            {many.map(|many| view! { <text x=start y=last>{many}</text> })}
        </svg>
    }
}

fn line(row: Row, start: f64, end: f64, y: f64) -> impl IntoView {
    let swatch = if row.square {
        view! { <rect class="swatch" x=start + 0.5 y=y - 7.5 width="7" height="7"></rect> }
            .into_any()
    } else {
        view! { <circle class="swatch" cx=start + 4.0 cy=y - 4.0 r="3.5"></circle> }.into_any()
    };
    view! {
        <g class=row.ink.class()>
            {swatch}
            <text x=start + SWATCH_PX y=y>
                {row.label}
            </text>
            <text class="val" x=end y=y text-anchor="end">
                {row.text}
            </text>
        </g>
    }
}

/// As wide as its widest line, and not narrower than reads well.
fn width_of(read_out: &ReadOut, many: Option<&str>) -> f64 {
    let text = |text: &str| width_px(text, TEXT_PX);
    let rows = read_out
        .rows
        .iter()
        .map(|row| SWATCH_PX + text(&row.label) + 16.0 + text(&row.text));
    let heads = [text(&read_out.title), text(many.unwrap_or_default())];
    let widest = rows.chain(heads).fold(108.0, f64::max);
    (widest + 2.0 * PAD_PX).ceil()
}

#[cfg(test)]
mod tests {
    use loopscope_chart::Ink;

    use super::*;

    #[test]
    fn a_read_out_is_as_wide_as_what_it_says() {
        let row = |label: &str| Row {
            label: label.to_owned(),
            ink: Ink::Fix,
            square: false,
            text: "1,284".to_owned(),
        };
        let read_out = |label| ReadOut {
            title: "Iteration 5".to_owned(),
            rows: vec![row("Fixes"), row(label)],
            of: 1,
        };
        let narrow = width_of(&read_out("Findings"), None);
        assert!((narrow - 128.0).abs() < 1.0, "{narrow}");
        assert!(width_of(&read_out("A step with a long name"), None) > narrow);
    }
}
