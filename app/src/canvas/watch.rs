//! Eyes: what watches the size of an element, or whether it is on screen, until it is dropped.

use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::{
    Element, IntersectionObserver, IntersectionObserverEntry, ResizeObserver, ResizeObserverEntry,
};

/// What an observer calls, with its entries.
type Seen = Closure<dyn Fn(Array)>;

/// See the module.
pub struct Watch {
    eye: Eye,
    /// Kept for as long as the observer may call it.
    _seen: Seen,
}

enum Eye {
    Size(ResizeObserver),
    Screen(IntersectionObserver),
}

impl Watch {
    /// Tells the width of an element, in pixels, now and whenever its size changes.
    pub fn size(element: &Element, changed: impl Fn(f64) + 'static) -> Option<Self> {
        let seen = Seen::new(move |entries: Array| {
            if let Ok(entry) = entries.pop().dyn_into::<ResizeObserverEntry>() {
                changed(entry.content_rect().width());
            }
        });
        let observer = ResizeObserver::new(seen.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Self {
            eye: Eye::Size(observer),
            _seen: seen,
        })
    }

    /// Tells whether an element is on screen, now and whenever that changes.
    pub fn screen(element: &Element, changed: impl Fn(bool) + 'static) -> Option<Self> {
        let seen = Seen::new(move |entries: Array| {
            if let Ok(entry) = entries.pop().dyn_into::<IntersectionObserverEntry>() {
                changed(entry.is_intersecting());
            }
        });
        let observer = IntersectionObserver::new(seen.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Self {
            eye: Eye::Screen(observer),
            _seen: seen,
        })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        match &self.eye {
            Eye::Size(observer) => observer.disconnect(),
            Eye::Screen(observer) => observer.disconnect(),
        }
    }
}
