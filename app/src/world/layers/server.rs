//! Nothing stands above a page that is being written.

/// Opens the modal dialog with this id.
pub const fn show_dialog(_id: &str) {}

/// Closes the dialog with this id.
pub const fn close_dialog(_id: &str) {}

/// Closes a dialog where a press was beside it.
pub const fn close_where_outside(_event: &leptos::ev::MouseEvent, _id: &str) {}

/// Takes away what floats with this id.
pub const fn hide_popover(_id: &str) {}

/// Whether a dialog stands open.
pub const fn has_dialog() -> bool {
    false
}
