//! Zooming by hand: wheel, brush, double click and keys. In: what a reader does over a plot. Out: the stretch of the
//! axis that is asked for, and the brush while it is drawn.
//!
//! The wheel belongs to the page until the plot has the focus (a click gives it), or with Ctrl or Cmd.

use std::cell::Cell;

use wasm_bindgen::JsCast as _;
use web_sys::{Event, KeyboardEvent, MouseEvent, WheelEvent};

use super::super::figure::Zoom;

/// A brush that is narrower than this share of the plot is a click.
const NARROW: f64 = 0.01;

/// By how much a press of a key zooms.
const STEP: f64 = 0.5;

/// See the module.
pub(super) struct Zooming {
    told: Option<Zoom>,
    /// From where to where the brush was drawn so far, in fractions of the plot.
    brush: Cell<Option<(f64, f64)>>,
}

/// Who is told, and what.
type Asked = (Zoom, Option<(f64, f64)>);

impl Zooming {
    pub(super) const fn new(told: Option<Zoom>) -> Self {
        Self {
            told,
            brush: Cell::new(None),
        }
    }

    pub(super) fn is_brushing(&self) -> bool {
        self.brush.get().is_some()
    }

    /// The brush as it stands.
    pub(super) fn brush(&self, height_px: f64) -> String {
        let Some((from, to)) = self.brush.get() else {
            return String::new();
        };
        let (left, width) = (from.min(to) * 100.0, (to - from).abs() * 100.0);
        format!(
            "<rect class=\"brush\" x=\"{left:.2}%\" width=\"{width:.2}%\" height=\"{height_px}\"/>"
        )
    }

    /// What an event asks for. `over`: where the pointer is over the plot, and whether that has the focus; `at`: where
    /// the crosshair is; `x`: the number on the axis at a place.
    pub(super) fn asked(
        &self,
        event: &Event,
        over: Option<(f64, bool)>,
        at: Option<f64>,
        x: impl Fn(f64) -> Option<f64>,
    ) -> Option<Asked> {
        let told = self.told?;
        let stretch = |from, to| Some((told, Some((x(from)?, x(to)?))));
        // The same place stays where it is.
        let around = |place: f64, factor: f64| {
            stretch(place - place * factor, place + (1.0 - place) * factor)
        };
        match &*event.type_() {
            "wheel" => {
                let (place, has_focus) = over?;
                let wheel: &WheelEvent = event.unchecked_ref();
                if !(has_focus || wheel.ctrl_key() || wheel.meta_key()) {
                    return None;
                }
                around(place, (wheel.delta_y() * 0.002).clamp(-1.0, 1.0).exp())
            }
            "pointercancel" => {
                self.brush.set(None);
                None
            }
            "dblclick" => over.map(|_| (told, None)),
            "pointerdown" => {
                let mouse: &MouseEvent = event.unchecked_ref();
                let (place, _) = over.filter(|_| mouse.button() == 0)?;
                let place = place.clamp(0.0, 1.0);
                self.brush.set(Some((place, place)));
                None
            }
            "pointermove" => {
                let (from, _) = self.brush.get()?;
                self.brush.set(Some((from, over?.0.clamp(0.0, 1.0))));
                None
            }
            "pointerup" | "pointerleave" => {
                let (from, to) = self.brush.take()?;
                let is_wide = (to - from).abs() >= NARROW;
                is_wide.then(|| stretch(from.min(to), from.max(to)))?
            }
            "keydown" => {
                let key: &KeyboardEvent = event.unchecked_ref();
                let is_plain = !(key.ctrl_key() || key.meta_key() || key.alt_key());
                let middle = at.unwrap_or(0.5);
                match &*key.key() {
                    "+" | "=" if is_plain => around(middle, STEP),
                    "-" if is_plain => around(middle, 1.0 / STEP),
                    "0" if is_plain => Some((told, None)),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}
