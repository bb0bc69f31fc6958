//! Frames: whatever changes asks for one, and at most one comes for all of it.

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::window;
use wasm_bindgen::prelude::*;

/// Whether a frame is due, and whether there are to be any more.
#[derive(Default)]
pub struct Frames {
    due: Cell<bool>,
    over: Cell<bool>,
}

impl Frames {
    /// Nothing is drawn any more.
    pub fn stop(&self) {
        self.over.set(true);
    }
}

/// What is drawn by frames.
pub trait Drawn: 'static {
    /// Its frames.
    fn frames(&self) -> &Frames;
    /// Draws one.
    fn frame(&self);
}

/// Asks for one frame, unless one is asked for.
pub fn schedule<P: Drawn>(panel: &Rc<P>) {
    let frames = panel.frames();
    if frames.over.get() || frames.due.replace(true) {
        return;
    }
    let panel = Rc::clone(panel);
    let frame = Closure::once_into_js(move || {
        panel.frames().due.set(false);
        if !panel.frames().over.get() {
            panel.frame();
        }
    });
    let _ = window().request_animation_frame(frame.unchecked_ref());
}
