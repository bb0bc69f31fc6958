//! Icons: one sprite in the page, drawn by reference, coloured by the text.

use leptos::prelude::*;

use crate::part::{IntoPart as _, Part};

/// The drawings, on a 16 px grid.
const SPRITE: &str = concat!(
    r#"<symbol id="i-agents" viewBox="0 0 16 16"><path d="M8 1.8l5.3 3.1v6.2L8 14.2l-5.3-3.1V4.9z"/><circle cx="8" cy="8" r="1.7"/></symbol>"#,
    r#"<symbol id="i-alerts" viewBox="0 0 16 16"><path d="M4 11V7.2a4 4 0 018 0V11l1.3 1.5H2.7zM6.7 14.5h2.6"/></symbol>"#,
    r#"<symbol id="i-attack" viewBox="0 0 16 16"><circle cx="8" cy="8" r="4.7"/><path d="M8 1.5v4M8 10.5v4M1.5 8h4M10.5 8h4"/></symbol>"#,
    r#"<symbol id="i-chev" viewBox="0 0 16 16"><path d="M3.5 6L8 10.5 12.5 6"/></symbol>"#,
    r#"<symbol id="i-clock" viewBox="0 0 16 16"><circle cx="8" cy="8" r="5.8"/><path d="M8 4.8V8l2.2 1.6"/></symbol>"#,
    r#"<symbol id="i-close" viewBox="0 0 16 16"><path d="M4 4l8 8M12 4l-8 8"/></symbol>"#,
    r#"<symbol id="i-compare" viewBox="0 0 16 16"><path d="M2 12c4 0 4-8 6.5-8S12 8 14 8M2 5c3 0 4 6 7 6s3-2 5-5"/></symbol>"#,
    r#"<symbol id="i-converged" viewBox="0 0 16 16"><circle cx="8" cy="8" r="5.8"/><path d="M5.4 8.2l1.9 1.9 3.5-4"/></symbol>"#,
    r#"<symbol id="i-copy" viewBox="0 0 16 16"><rect x="5.5" y="5.5" width="8" height="8" rx="1.5"/><path d="M3 10.5h-.5V3.5a1 1 0 011-1h7v.5"/></symbol>"#,
    r#"<symbol id="i-critical" viewBox="0 0 16 16"><path d="M5.3 1.8h5.4l3.5 3.5v5.4l-3.5 3.5H5.3l-3.5-3.5V5.3z" fill="currentColor" stroke="none"/></symbol>"#,
    r#"<symbol id="i-decisions" viewBox="0 0 16 16"><path d="M8 14V9.5M8 9.5C8 6.5 4 7 4 3.8M8 9.5c0-3 4-2.5 4-5.7"/><circle cx="4" cy="2.8" r="1"/><circle cx="12" cy="2.8" r="1"/></symbol>"#,
    r#"<symbol id="i-diagnose" viewBox="0 0 16 16"><circle cx="7" cy="7" r="4.5"/><path d="M10.5 10.5L14 14"/></symbol>"#,
    r#"<symbol id="i-down" viewBox="0 0 16 16"><path d="M8 3v9.5M4 9l4 4 4-4"/></symbol>"#,
    r#"<symbol id="i-download" viewBox="0 0 16 16"><path d="M8 2.5v7.5M5 7.2l3 3 3-3M2.5 13.5h11"/></symbol>"#,
    r#"<symbol id="i-error" viewBox="0 0 16 16"><path d="M4 4l8 8M12 4l-8 8"/></symbol>"#,
    r#"<symbol id="i-failed" viewBox="0 0 16 16"><circle cx="8" cy="8" r="5.8"/><path d="M5.9 5.9l4.2 4.2M10.1 5.9l-4.2 4.2"/></symbol>"#,
    r#"<symbol id="i-file" viewBox="0 0 16 16"><path d="M4 1.8h5l3.5 3.5v9H4zM9 1.8v3.5h3.5"/></symbol>"#,
    r#"<symbol id="i-fileadd" viewBox="0 0 16 16"><path d="M4 1.8h5l3.5 3.5v9H4zM6 9.5h4M8 7.5v4"/></symbol>"#,
    r#"<symbol id="i-filedel" viewBox="0 0 16 16"><path d="M4 1.8h5l3.5 3.5v9H4zM6 9.5h4"/></symbol>"#,
    r#"<symbol id="i-filemove" viewBox="0 0 16 16"><path d="M4 1.8h5l3.5 3.5v9H4zM6 9.5h4M8.4 7.7l1.8 1.8-1.8 1.8"/></symbol>"#,
    r#"<symbol id="i-filter" viewBox="0 0 16 16"><path d="M2 4h12M4.5 8h7M7 12h2"/></symbol>"#,
    r#"<symbol id="i-fix" viewBox="0 0 16 16"><path d="M13.3 4.6l-2.5 2.5-1.9-1.9 2.5-2.5a3.7 3.7 0 00-4.6 4.8l-4.3 4.3 1.7 1.7 4.3-4.3a3.7 3.7 0 004.8-4.6z"/></symbol>"#,
    r#"<symbol id="i-flag" viewBox="0 0 16 16"><path d="M4 14V2.5M4 3h8l-2 3 2 3H4"/></symbol>"#,
    r#"<symbol id="i-halted" viewBox="0 0 16 16"><path d="M5.5 3.5v9M10.5 3.5v9"/></symbol>"#,
    r#"<symbol id="i-high" viewBox="0 0 16 16"><path d="M8 2l6.5 11.5h-13z" fill="currentColor" stroke="none"/></symbol>"#,
    r#"<symbol id="i-idle" viewBox="0 0 16 16"><circle cx="8" cy="8" r="5.5"/></symbol>"#,
    r#"<symbol id="i-info" viewBox="0 0 16 16"><circle cx="8" cy="8" r="5"/></symbol>"#,
    r#"<symbol id="i-inject" viewBox="0 0 16 16"><path d="M8 2v7.5M5 6.8l3 3 3-3M2.5 10v3.5h11V10"/></symbol>"#,
    r#"<symbol id="i-keys" viewBox="0 0 16 16"><rect x="1.5" y="3.5" width="13" height="9" rx="1.5"/><path d="M4.5 6.5h.01M8 6.5h.01M11.5 6.5h.01M5 9.5h6"/></symbol>"#,
    r#"<symbol id="i-loop" viewBox="0 0 16 16"><path d="M13 8a5 5 0 11-1.6-3.7M13 2v3h-3"/></symbol>"#,
    r#"<symbol id="i-low" viewBox="0 0 16 16"><path d="M2 4.5h12L8 13z" fill="currentColor" stroke="none"/></symbol>"#,
    r#"<symbol id="i-medium" viewBox="0 0 16 16"><path d="M8 1.5L14.5 8 8 14.5 1.5 8z" fill="currentColor" stroke="none"/></symbol>"#,
    r#"<symbol id="i-moon" viewBox="0 0 16 16"><path d="M13 9.5A5.5 5.5 0 116.5 3 4.5 4.5 0 0013 9.5z"/></symbol>"#,
    r#"<symbol id="i-more" viewBox="0 0 16 16"><path d="M3.5 8h.01M8 8h.01M12.5 8h.01" stroke-width="2.500"/></symbol>"#,
    r#"<symbol id="i-overview" viewBox="0 0 16 16"><rect x="2.5" y="2.5" width="4.5" height="4.5" rx="1"/><rect x="9" y="2.5" width="4.5" height="4.5" rx="1"/><rect x="2.5" y="9" width="4.5" height="4.5" rx="1"/><rect x="9" y="9" width="4.5" height="4.5" rx="1"/></symbol>"#,
    r#"<symbol id="i-plus" viewBox="0 0 16 16"><path d="M8 3v10M3 8h10"/></symbol>"#,
    r#"<symbol id="i-redirect" viewBox="0 0 16 16"><path d="M2.5 12.5V9a2.5 2.5 0 012.5-2.5h8M10 3.5l3 3-3 3"/></symbol>"#,
    r#"<symbol id="i-rollback" viewBox="0 0 16 16"><path d="M3 6.5h6.5a3.5 3.5 0 010 7H6M5.8 3.5L2.8 6.5l3 3"/></symbol>"#,
    r#"<symbol id="i-running" viewBox="0 0 16 16"><path d="M5 3.5l7.5 4.5L5 12.5z"/></symbol>"#,
    r#"<symbol id="i-save" viewBox="0 0 16 16"><path d="M4 2.5h8v11L8 10.5l-4 3z"/></symbol>"#,
    r#"<symbol id="i-search" viewBox="0 0 16 16"><circle cx="7" cy="7" r="4.5"/><path d="M10.5 10.5L14 14"/></symbol>"#,
    r#"<symbol id="i-send" viewBox="0 0 16 16"><path d="M2.5 8h10M8.5 4l4 4-4 4"/></symbol>"#,
    r#"<symbol id="i-sessions" viewBox="0 0 16 16"><path d="M2.5 4h11M2.5 8h11M2.5 12h6.5"/></symbol>"#,
    r#"<symbol id="i-settings" viewBox="0 0 16 16"><path d="M2.5 5h6M12.5 5h1M2.5 11h1M7.5 11h6"/><circle cx="10.5" cy="5" r="1.9"/><circle cx="5.5" cy="11" r="1.9"/></symbol>"#,
    r#"<symbol id="i-skip" viewBox="0 0 16 16"><path d="M3.5 4l5 4-5 4zM12 4v8"/></symbol>"#,
    r#"<symbol id="i-stepback" viewBox="0 0 16 16"><path d="M10.5 3.5L5.5 8l5 4.5M3.5 3.5v9"/></symbol>"#,
    r#"<symbol id="i-stepon" viewBox="0 0 16 16"><path d="M5.5 3.5l5 4.5-5 4.5M12.5 3.5v9"/></symbol>"#,
    r#"<symbol id="i-stop" viewBox="0 0 16 16"><rect x="4" y="4" width="8" height="8" rx="1"/></symbol>"#,
    r#"<symbol id="i-success" viewBox="0 0 16 16"><path d="M3 8.5l3.3 3.3L13 4.8"/></symbol>"#,
    r#"<symbol id="i-sun" viewBox="0 0 16 16"><circle cx="8" cy="8" r="2.8"/><path d="M8 1.5v1.7M8 12.8v1.7M1.5 8h1.7M12.8 8h1.7M3.4 3.4l1.2 1.2M11.4 11.4l1.2 1.2M3.4 12.6l1.2-1.2M11.4 4.6l1.2-1.2"/></symbol>"#,
    r#"<symbol id="i-system" viewBox="0 0 16 16"><circle cx="8" cy="8" r="5.5"/><path d="M8 2.5a5.5 5.5 0 010 11z" fill="currentColor" stroke="none"/></symbol>"#,
    r#"<symbol id="i-up" viewBox="0 0 16 16"><path d="M8 13V3.5M4 7l4-4 4 4"/></symbol>"#,
    r#"<symbol id="i-validate" viewBox="0 0 16 16"><path d="M8 1.8l5 1.9v4c0 3.3-2.2 5.5-5 6.6-2.8-1.1-5-3.3-5-6.6v-4z"/><path d="M5.8 8l1.7 1.7 2.9-3.3"/></symbol>"#,
    r#"<symbol id="i-widgets" viewBox="0 0 16 16"><rect x="2.5" y="2.5" width="11" height="11" rx="1.5"/><path d="M5.5 10.5V8M8 10.5V5.5M10.5 10.5V7"/></symbol>"#,
    r#"<symbol id="i-warning" viewBox="0 0 16 16"><path d="M8 2l6.3 11.3H1.7z"/><path d="M8 6.5v3M8 11.3v.2"/></symbol>"#,
);

/// The sprite; once a page.
#[component]
pub fn Sprite() -> impl IntoView {
    view! { <svg class="sprite" aria-hidden="true" inner_html=SPRITE></svg> }.part()
}

fn drawing(class: &'static str, name: &'static str) -> Part {
    view! {
        <svg class=class viewBox="0 0 16 16" aria-hidden="true">
            <use_ href=format!("#i-{name}") />
        </svg>
    }
    .part()
}

/// An icon of 16 px. Decoration: the word stands beside it.
pub fn icon(name: &'static str) -> Part {
    drawing("i", name)
}

/// An icon of 12 px.
pub fn small_icon(name: &'static str) -> Part {
    drawing("i s", name)
}

/// The product's mark: a loop with something in it.
pub fn brand() -> Part {
    view! {
        <svg viewBox="0 0 20 20" aria-hidden="true">
            <path d="M15.9 6.2A7 7 0 1 0 3.5 13" />
            <path d="M4.1 13.8A7 7 0 0 0 16.5 12.6" />
            <circle class="solid" cx="16.7" cy="9.4" r="1.7" />
        </svg>
    }
    .part()
}

/// The mark of a link: `full` live, `half` catching up, `dashes` waiting, `cross` lost.
pub fn glyph(shape: &'static str, moves: bool) -> Part {
    let class = if moves { "glyph live-dot" } else { "glyph" };
    let inside = match shape {
        "full" => r#"<circle class="full" cx="6" cy="6" r="4"/>"#,
        "half" => r#"<circle cx="6" cy="6" r="4"/><path class="full" d="M6 2a4 4 0 010 8z"/>"#,
        "cross" => r#"<path d="M2.500 2.500l7 7M9.500 2.500l-7 7"/>"#,
        _ => r#"<circle class="dashes" cx="6" cy="6" r="4"/>"#,
    };
    view! { <svg class=class viewBox="0 0 12 12" aria-hidden="true" inner_html=inside></svg> }
        .part()
}
