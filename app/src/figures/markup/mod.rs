//! The insides of a figure as HTML and SVG. In: a chart, or a part of what is known of it. Out: markup without a style
//! attribute; every text in it has gone through [`escape`], for names of series come from producers.

#[cfg(any(feature = "browser", test))]
pub(crate) mod menu;
#[cfg(any(feature = "browser", test))]
pub(crate) mod overlay;
#[cfg(any(feature = "browser", test))]
pub(crate) mod table;

use std::fmt::Write as _;

use loopscope_chart::{AnyChart, Chart as _, Row, View};

/// Title, note, legend and tools. `hidden`: the series that were put away.
pub(super) fn head(chart: &AnyChart, hidden: &[String]) -> String {
    let (name, note) = (escape(chart.name()), escape(chart.note()));
    let legend = if chart.needs_legend() {
        legend(&chart.legend(None), hidden)
    } else {
        String::new()
    };
    format!(
        "<h2>{name}</h2><span class=\"unit\">{note}</span><ul class=\"legend\" title=\"Click: show or hide. Shift-click: only this one.\">{legend}</ul><span class=\"tools\">{}{}{}{}</span>",
        tool("all", &format!("{name}: reset zoom"), ALL),
        tool("full", &format!("{name}: full screen"), EXPAND),
        tool("table", &format!("{name} as a table"), TABLE),
        tool("more", &format!("{name}: more"), MORE),
    )
}

/// Every series with its value, a button that puts it away and takes it back.
pub(super) fn legend(rows: &[Row], hidden: &[String]) -> String {
    let mut out = String::new();
    for (i, row) in rows.iter().enumerate() {
        series(&mut out, i, row, !hidden.contains(&row.label));
    }
    out
}

/// One series' button.
fn series(out: &mut String, i: usize, row: &Row, pressed: bool) {
    let swatch = if row.square { "sw" } else { "sw round" };
    let (label, text) = (escape(&row.label), escape(&row.text));
    let _ = write!(
        out,
        "<li><button type=\"button\" class=\"{}\" data-act=\"series\" data-series=\"{i}\" aria-pressed=\"{pressed}\"><i class=\"{swatch}\"></i>{label} <b>{text}</b></button></li>",
        row.ink.class(),
    );
}

/// The plot's layers: the server's drawing, the browser's canvas, and what lies over both.
pub(super) fn plot(chart: &AnyChart, view: &View, drawing: &str) -> String {
    let height = chart.layout(view).height_px;
    format!(
        "<div class=\"stage\"><div class=\"drawing\">{drawing}</div><canvas aria-hidden=\"true\"></canvas><svg class=\"over\" width=\"100%\" height=\"{height}\" aria-hidden=\"true\"></svg></div>"
    )
}

/// Nothing that came from a producer is ever markup, in a text or in a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

fn tool(act: &str, label: &str, drawing: &str) -> String {
    format!(
        "<button type=\"button\" class=\"btn ghost tiny icon {act}\" data-act=\"{act}\" aria-label=\"{label}\" title=\"{label}\"><svg class=\"i s\" viewBox=\"0 0 16 16\" aria-hidden=\"true\">{drawing}</svg></button>"
    )
}

const TABLE: &str =
    r#"<rect x="2.5" y="3" width="11" height="10" rx="1"/><path d="M2.5 6.5h11M6.5 6.5v6.5"/>"#;
const EXPAND: &str = r#"<path d="M9.5 2.5h4v4M13.5 2.5L9 7M6.5 13.5h-4v-4M2.5 13.5L7 9"/>"#;

const ALL: &str = r#"<path d="M2.5 5v6M13.5 5v6M5 8h6M6.5 6L4.5 8l2 2M9.5 6l2 2-2 2"/>"#;
const MORE: &str = r#"<circle cx="3.5" cy="8" r=".8"/><circle cx="8" cy="8" r=".8"/><circle cx="12.5" cy="8" r=".8"/>"#;

#[cfg(test)]
mod tests;
