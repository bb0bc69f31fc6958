//! A figure's menu: how the chart is drawn, and how it is saved. In: what can be changed of the chart. Out: its buttons
//! and its slider; which of them are on is written by who shows them, so that nothing with the focus is ever replaced.

use std::fmt::Write as _;

use loopscope_chart::{Row, Ways};

use super::series;

/// The menu; `rows`: series that no legend beside the chart can put away.
pub(in super::super) fn html(ways: Ways, rows: &[Row]) -> String {
    let mut out = String::new();
    let mut toggle = |act: &str, word: &str| {
        let _ = write!(
            out,
            "<button type=\"button\" class=\"btn ghost tiny\" data-act=\"{act}\" aria-pressed=\"false\">{word}</button>"
        );
    };
    if ways.log_y {
        toggle("log", "Log scale, Y axis");
    }
    if ways.log_x {
        toggle("log-x", "Log scale, X axis");
    }
    if ways.smooth {
        out.push_str(
            "<label><span>Smoothing <b>0%</b></span><input type=\"range\" data-act=\"smooth\" min=\"0\" max=\"99\" value=\"0\"></label>",
        );
    }
    if !rows.is_empty() {
        out.push_str("<ul class=\"legend\">");
        for (i, row) in rows.iter().enumerate() {
            series(&mut out, i, row, true);
        }
        out.push_str("</ul>");
    }
    out.push_str("<p>Save as</p><div class=\"row\">");
    for (act, word) in [("svg", "SVG"), ("png", "PNG"), ("save", "CSV")] {
        let _ = write!(
            out,
            "<button type=\"button\" class=\"btn tiny\" data-act=\"{act}\" aria-label=\"Save as {word}\">{word}</button>"
        );
    }
    out.push_str("</div>");
    out
}
