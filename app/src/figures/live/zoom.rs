//! Zooming and moving by wheel and keys. In: an event over a plot, where the pointer and the crosshair are. Out: the
//! stretch that is asked for, in fractions of the plot.
//!
//! The wheel belongs to the page until the plot has the focus (a click gives it), or with Ctrl or Cmd.

use web_sys::{KeyboardEvent, WheelEvent};

use super::hand::Asked;

/// By how much a press of a key zooms, and moves.
const STEP: f64 = 0.5;
const MOVE: f64 = 0.2;

/// The same place stays where it is.
fn around(place: f64, factor: f64) -> Asked {
    Asked::Stretch(place - place * factor, place + (1.0 - place) * factor)
}

/// What a turn of the wheel asks for, with the pointer at a place.
pub(super) fn wheel(event: &WheelEvent, place: f64, has_focus: bool) -> Asked {
    if !(has_focus || event.ctrl_key() || event.meta_key()) {
        return Asked::Nothing;
    }
    let (x, y) = (event.delta_x(), event.delta_y());
    let sideways = if event.shift_key() && x == 0.0 { y } else { x };
    if sideways.abs() > y.abs() || (event.shift_key() && sideways != 0.0) {
        let by = (sideways * 0.001).clamp(-0.5, 0.5);
        return Asked::Stretch(by, 1.0 + by);
    }
    around(place, (y * 0.002).clamp(-1.0, 1.0).exp())
}

/// What a key asks for, with the crosshair at a place, else in the middle.
pub(super) fn key(event: &KeyboardEvent, place: f64) -> Asked {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return Asked::Nothing;
    }
    match (&*event.key(), event.shift_key()) {
        ("+" | "=", _) => around(place, STEP),
        ("-" | "_", _) => around(place, 1.0 / STEP),
        ("0", _) => Asked::All,
        ("ArrowLeft", true) => Asked::Stretch(-MOVE, 1.0 - MOVE),
        ("ArrowRight", true) => Asked::Stretch(MOVE, 1.0 + MOVE),
        _ => Asked::Nothing,
    }
}
