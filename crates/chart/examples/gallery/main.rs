//! The gallery: every chart in both themes, to be looked at.
//!
//! In: a folder to write to (`target` without one). Out: `gallery-dark.html` and `gallery-light.html`, without
//! scripts and without styles in their elements. `cargo run -p loopscope-chart --example gallery`, then open
//! them, or take their picture: `chromium --headless --screenshot --window-size=1240,2400 gallery-dark.html`.

mod samples;

use std::fmt::Write as _;

use loopscope_chart::{Chart, Row, View, svg};

const PAGE_CSS: &str = "
body { margin: 0; padding: 24px; background: var(--canvas); color: var(--text); font: var(--weight-body) var(--type-body)/var(--lh-body) var(--font-ui); font-variant-numeric: tabular-nums; text-rendering: geometricPrecision; }
.charts { margin-bottom: 12px; }
h2 { font-size: inherit; line-height: inherit; font-weight: var(--weight-strong); margin: 0; }
.c3 { grid-column: span 3; } .c4 { grid-column: span 4; } .c5 { grid-column: span 5; }
.spark { width: 64px; height: 24px; }
";

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1);
    let folder = std::path::Path::new(folder.as_deref().unwrap_or("target"));
    let groups = samples::all();
    for theme in ["dark", "light"] {
        let mut page = format!(
            "<!doctype html><html lang=\"en\" data-theme=\"{theme}\"><meta charset=\"utf-8\"><title>Charts</title><style>"
        );
        page.push_str(include_str!("../../../../style/tokens.css"));
        page.push_str(include_str!("../../../../style/chart.css"));
        page.push_str(PAGE_CSS);
        page.push_str("</style>");
        for group in &groups {
            let _ = write!(page, "<div class=\"charts\">{}</div>", group.concat());
        }
        let path = folder.join(format!("gallery-{theme}.html"));
        std::fs::write(&path, &page)?;
        println!("{}: {} bytes", path.display(), page.len());
    }
    Ok(())
}

/// A chart in its panel, `span` twelfths wide.
fn panel(chart: &impl Chart, span: u8) -> String {
    let mut out = format!(
        "<figure class=\"chart c{span}\"><figcaption class=\"chart-head\"><h2>{}</h2><span class=\"unit\">{}</span>",
        chart.name(),
        chart.note()
    );
    if chart.needs_legend() {
        out.push_str("<ul class=\"legend\">");
        for Row {
            label, ink, text, ..
        } in chart.legend(None)
        {
            let class = ink.class();
            let _ = write!(
                out,
                "<li class=\"{class}\"><i class=\"sw\"></i>{label} <b>{text}</b></li>"
            );
        }
        out.push_str("</ul>");
    }
    let (class, summary) = (chart.layout(&View::UNKNOWN).class(), chart.summary());
    let drawing = svg(chart, &View::UNKNOWN);
    let _ = write!(
        out,
        "</figcaption><div class=\"{class}\" role=\"img\" aria-label=\"{summary}\">{drawing}</div></figure>"
    );
    out
}
