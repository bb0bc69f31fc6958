//! Figures that leave the page: as a text on the clipboard, as a file. In: CSV, SVG, PNG. Out: nothing to wait for.

use leptos::prelude::{document, window};
use wasm_bindgen::prelude::*;
use web_sys::Blob;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Figures, with commas between them.
    Csv,
    /// A drawing.
    Svg,
    /// A picture.
    Png,
}

impl Kind {
    /// Its media type, and the end of its name.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Csv => ("text/csv;charset=utf-8", "csv"),
            Self::Svg => ("image/svg+xml;charset=utf-8", "svg"),
            Self::Png => ("image/png", "png"),
        }
    }
}

/// Puts a text on the clipboard, where the page may.
pub(super) fn copy(text: &str) {
    let navigator = window().navigator();
    // Without a secure context there is no clipboard.
    if js_sys::Reflect::has(&navigator, &"clipboard".into()).unwrap_or(false) {
        let _ = navigator.clipboard().write_text(text);
    }
}

/// Hands a text to the reader as a file, named after the chart.
pub(super) fn save(chart: &str, kind: Kind, text: &str) {
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(kind.words().0);
    let parts = js_sys::Array::of1(&text.into());
    if let Ok(blob) = Blob::new_with_str_sequence_and_options(&parts, &options) {
        hand_over(chart, kind, &blob);
    }
}

/// Hands what is in memory to the reader as a file, named after the chart.
pub(super) fn hand_over(chart: &str, kind: Kind, blob: &Blob) {
    // A browser that refuses leaves the chart on the screen.
    let _ = try_hand_over(&file_name(chart, kind), blob);
}

fn try_hand_over(name: &str, blob: &Blob) -> Result<(), JsValue> {
    let url = web_sys::Url::create_object_url_with_blob(blob)?;
    let link: web_sys::HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    web_sys::Url::revoke_object_url(&url)
}

/// `findings-and-fixes.csv`: nothing in it but letters, figures and dashes.
fn file_name(chart: &str, kind: Kind) -> String {
    let words: Vec<_> = chart
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let words = if words.is_empty() {
        "chart".to_owned()
    } else {
        words.join("-")
    };
    format!("{words}.{}", kind.words().1)
}
