//! What stands above the page: dialogs, and what the browser floats by itself.

use wasm_bindgen::JsCast as _;

use crate::world::{all, element};

/// Opens the modal dialog with this id.
pub fn show_dialog(id: &str) {
    if let Some(dialog) = element::<web_sys::HtmlDialogElement>(id)
        && !dialog.open()
    {
        let _ = dialog.show_modal();
        focus_first(&dialog);
    }
}

/// Where the focus begins in a dialog: where it says so, else where the browser puts it.
fn focus_first(dialog: &web_sys::HtmlDialogElement) {
    let first = dialog.query_selector("[data-first]").ok().flatten();
    if let Some(first) = first.and_then(|first| first.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = first.focus();
    }
}

/// Closes the dialog with this id; the focus goes back to where it was.
pub fn close_dialog(id: &str) {
    if let Some(dialog) = element::<web_sys::HtmlDialogElement>(id) {
        dialog.close();
    }
}

/// Closes a dialog where a press was beside it: on its backdrop.
pub fn close_where_outside(event: &leptos::ev::MouseEvent, id: &str) {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    if target.is_some_and(|target| target.id() == id) {
        close_dialog(id);
    }
}

/// Takes away what floats with this id.
pub fn hide_popover(id: &str) {
    // One that does not stand open refuses.
    let _ = element::<web_sys::HtmlElement>(id).map(|element| element.hide_popover());
}

/// Whether a dialog stands open.
pub fn has_dialog() -> bool {
    !all("dialog[open]").is_empty()
}
