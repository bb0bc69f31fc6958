//! The server's surface: none. Its functions stand for those of a browser and are never run.

use leptos::html;
use leptos::prelude::*;
use loopscope_chart::AnyChart;

use super::Surface;

/// Nothing follows anything.
pub(super) const fn attach(_surface: Surface, _chart: Signal<AnyChart>) {}

/// Nobody points.
pub(super) const fn place_of(_stage: NodeRef<html::Div>, _client_x: i32) -> Option<f64> {
    None
}

/// Puts a text on the clipboard.
pub(in super::super) const fn copy(_text: &str) {}

/// Hands a text to the reader as a file.
pub(in super::super) const fn save(_name: &str, _text: &str) {}

/// Gives a figure the full screen, or takes it away.
pub(in super::super) const fn toggle_full_screen(_figure: NodeRef<html::Figure>) {}

/// Keeps the height of the screen while the figure has all of it.
pub(in super::super) const fn follow_full_screen(
    _figure: NodeRef<html::Figure>,
    _tall: RwSignal<Option<f64>>,
) {
}
