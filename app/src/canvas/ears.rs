//! Ears: one closure that hears events of several targets, until it is dropped.

use wasm_bindgen::prelude::*;
use web_sys::{Event, EventTarget};

/// See the module.
pub struct Ears {
    closure: Closure<dyn Fn(Event)>,
    bound: Vec<(EventTarget, &'static str)>,
}

impl Ears {
    /// Hears nothing yet.
    pub fn new(heard: impl Fn(&Event) + 'static) -> Self {
        Self {
            closure: Closure::new(move |event| heard(&event)),
            bound: Vec::new(),
        }
    }

    /// Hears these events of a target, too.
    #[must_use]
    pub fn on(mut self, target: &EventTarget, names: &[&'static str]) -> Self {
        let callback = self.closure.as_ref().unchecked_ref();
        for name in names {
            let _ = target.add_event_listener_with_callback_and_bool(
                name,
                callback,
                on_its_way_down(name),
            );
            self.bound.push((target.clone(), name));
        }
        self
    }
}

/// Scrolling does not rise to whoever is above.
fn on_its_way_down(name: &str) -> bool {
    name == "scroll"
}

impl Drop for Ears {
    fn drop(&mut self) {
        let callback = self.closure.as_ref().unchecked_ref();
        for (target, name) in &self.bound {
            let _ = target.remove_event_listener_with_callback_and_bool(
                name,
                callback,
                on_its_way_down(name),
            );
        }
    }
}
