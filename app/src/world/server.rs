//! The server's world: a clock, and nothing that needs a page.

use std::time::SystemTime;

use loopscope_event::Timestamp;

use super::Notices;

/// The wall clock.
pub fn now() -> Timestamp {
    let micros = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| since.as_micros() as i64);
    Timestamp::from_micros(micros)
}

/// The cookies of the document.
pub const fn cookies() -> String {
    String::new()
}

/// Scheme, host and port of the page.
pub const fn origin() -> String {
    String::new()
}

/// A server is at no address.
pub const fn take_own_address() {}

/// The address of the page.
pub const fn href() -> String {
    String::new()
}

/// What stands behind the `?` of the page's address.
pub const fn query() -> String {
    String::new()
}

/// Keeps a preference for a year.
pub const fn set_cookie(_name: &str, _value: &str) {}

/// Writes something on `<html>`.
pub const fn set_root_data(_name: &str, _value: Option<&str>) {}

/// Puts a text on the clipboard.
pub const fn copy(_text: &str) {}

/// What the server wrote on `<html>`.
pub const fn root_data(_name: &str) -> Option<String> {
    None
}

/// What a form's field holds when the form is sent.
pub const fn field(_event: &leptos::ev::SubmitEvent, _name: &str) -> String {
    String::new()
}

/// What the field with this id holds.
pub const fn value_of(_id: &str) -> String {
    String::new()
}

/// Sets what the text field with this id holds.
pub const fn set_value_of(_id: &str, _value: &str) {}

/// A word that no other page makes.
pub const fn fresh_key() -> String {
    String::new()
}

/// Whether the browser shows notices for this page.
pub const fn notices() -> Notices {
    Notices::Unasked
}

/// Asks whether notices may be shown.
pub fn ask_notices() -> impl Future<Output = ()> {
    std::future::ready(())
}

/// Shows a notice where nobody looks at the page.
pub const fn notify(_title: &str, _body: &str, _tag: &str) {}

/// Done after so many milliseconds.
pub fn sleep(_millis: i32) -> impl Future<Output = ()> {
    std::future::ready(())
}

/// Runs once before the next picture is drawn.
pub fn next_frame(_run: impl FnOnce() + 'static) {}

/// Gives the focus to the element with this id.
pub const fn focus(_id: &str) {}

/// Whether the key was meant for a field.
pub const fn is_typing(_event: &leptos::ev::KeyboardEvent) -> bool {
    false
}

/// Whether the key would press what has the focus.
pub const fn is_on_button(_event: &leptos::ev::KeyboardEvent) -> bool {
    false
}

/// Where a place of the window lies along an element.
pub const fn share_of(_place: leptos::prelude::NodeRef<leptos::html::Div>, _client_x: f64) -> f64 {
    0.0
}

/// Has an element get what the pointer does.
pub const fn hold_pointer(
    _place: leptos::prelude::NodeRef<leptos::html::Div>,
    _event: &leptos::ev::PointerEvent,
) {
}

/// Milliseconds that only rise.
pub const fn uptime_ms() -> f64 {
    0.0
}

/// Whether nothing has the focus.
pub const fn is_focus_lost() -> bool {
    false
}

/// Scrolls what is around an element so that it is seen.
pub const fn scroll_into_view(_selector: &str) {}

/// Whether there is an element of a selector.
pub const fn has(_selector: &str) -> bool {
    false
}

/// Moves the focus among the elements of a selector.
pub const fn step_focus(_selector: &str, _by: i32) {}

/// Presses the element before or after the current one of a selector.
pub const fn step_click(_selector: &str, _by: i32) {}

/// Presses the first element of a selector.
pub const fn click(_selector: &str) {}

/// Runs whenever the element comes into view.
pub fn when_seen(
    _place: leptos::prelude::NodeRef<leptos::html::Div>,
    _run: impl Fn() + Send + Sync + Clone + 'static,
) {
}

/// How far an element is scrolled, and how much of it is seen, in pixels.
pub const fn scrolled(_place: leptos::prelude::NodeRef<leptos::html::Div>) -> (f64, f64) {
    (0.0, 0.0)
}

/// Scrolls an element.
pub const fn scroll_to(_place: leptos::prelude::NodeRef<leptos::html::Div>, _top: f64) {}

/// Sets the height of a part of an element, in pixels.
pub const fn set_height(
    _place: leptos::prelude::NodeRef<leptos::html::Div>,
    _part: &str,
    _height: f64,
) {
}

/// Submits the form that a changed field belongs to.
pub const fn submit(_event: &leptos::ev::Event) {}

/// Nothing is out of view.
pub fn show_current(_row: &str) {}
