//! Figures that leave the page: as a text on the clipboard, as a file. In: CSV. Out: nothing to wait for.

use leptos::prelude::{document, window};
use wasm_bindgen::prelude::*;

/// Puts a text on the clipboard, where the page may.
pub(super) fn copy(text: &str) {
    let navigator = window().navigator();
    // Without a secure context there is no clipboard.
    if js_sys::Reflect::has(&navigator, &"clipboard".into()).unwrap_or(false) {
        let _ = navigator.clipboard().write_text(text);
    }
}

/// Hands a text to the reader as a file, named after the chart.
pub(super) fn save(chart: &str, text: &str) {
    // A browser that refuses leaves the table on the screen.
    let _ = try_save(&file_name(chart), text);
}

fn try_save(name: &str, text: &str) -> Result<(), JsValue> {
    let options = web_sys::BlobPropertyBag::new();
    options.set_type("text/csv;charset=utf-8");
    let parts = js_sys::Array::of1(&text.into());
    let blob = web_sys::Blob::new_with_str_sequence_and_options(&parts, &options)?;
    let url = web_sys::Url::create_object_url_with_blob(&blob)?;
    let link: web_sys::HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    web_sys::Url::revoke_object_url(&url)
}

/// `findings-and-fixes.csv`: nothing in it but letters, figures and dashes.
fn file_name(chart: &str) -> String {
    let words: Vec<_> = chart
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    format!("{}.csv", words.join("-"))
}
