//! The browser's timeline: ties a panel to the page. In: its element, the signals it follows, the observers of its size.
//! Out: calls to the panel; everything is let go with the component.

use std::rc::Rc;

use leptos::html;
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use wasm_bindgen::prelude::*;
use web_sys::{Event, ResizeObserver};

use super::super::page::Page;
use super::panel::Panel;
use crate::visit::prefs;

/// Whether the drawing is all there is.
pub(in super::super) const IS_STILL: bool = false;

/// What the whole of it listens to.
const EVENTS: [&str; 10] = [
    "click",
    "dblclick",
    "keydown",
    "pointercancel",
    "pointerdown",
    "pointerleave",
    "pointermove",
    "pointerup",
    "wheel",
    "scroll",
];

/// The canvas is painted within a frame: no drawing is needed.
pub(in super::super) const fn still(_page: Page) -> String {
    String::new()
}

/// Lets the timeline follow its signals as soon as it is in the page.
pub(in super::super) fn follow(root: NodeRef<html::Section>, page: Page) {
    Effect::new(move || {
        let Some(root) = root.get() else { return };
        let Some(panel) = Panel::new(&root, page) else {
            return;
        };
        let own = SendWrapper::new(Rc::clone(&panel));
        Effect::new(move || {
            page.shown.track();
            own.changed();
        });
        let own = SendWrapper::new(Rc::clone(&panel));
        let (zone, theme) = (prefs().zone, prefs().theme);
        Effect::new(move || {
            page.looking.track();
            page.selected.track();
            page.state.live.now.track();
            zone.track();
            own.schedule();
        });
        let own = SendWrapper::new(Rc::clone(&panel));
        Effect::new(move || {
            theme.track();
            own.recolour();
        });
        let ties = SendWrapper::new(Ties::new(panel));
        on_cleanup(move || drop(ties.take()));
    });
}

/// What binds a panel to the page, undone when dropped.
struct Ties {
    panel: Rc<Panel>,
    listener: Closure<dyn Fn(Event)>,
    size: Option<(ResizeObserver, Closure<dyn Fn()>)>,
    /// Kept: a list that is collected listens no more.
    scheme: Option<(web_sys::MediaQueryList, Closure<dyn Fn()>)>,
}

impl Ties {
    fn new(panel: Rc<Panel>) -> Self {
        let own = Rc::clone(&panel);
        let listener = Closure::<dyn Fn(Event)>::new(move |event| own.happened(&event));
        let callback = listener.as_ref().unchecked_ref();
        for name in EVENTS {
            // Scrolling does not rise: it is heard on its way down.
            let _ = panel.root().add_event_listener_with_callback_and_bool(
                name,
                callback,
                name == "scroll",
            );
        }
        let own = Rc::clone(&panel);
        let on_size = Closure::<dyn Fn()>::new(move || own.resized());
        let size = ResizeObserver::new(on_size.as_ref().unchecked_ref()).ok();
        if let Some(size) = &size {
            size.observe(panel.scroll());
        }
        let own = Rc::clone(&panel);
        let on_scheme = Closure::<dyn Fn()>::new(move || own.recolour());
        let list = window().match_media("(prefers-color-scheme: dark)");
        let list = list.ok().flatten();
        if let Some(list) = &list {
            let callback = on_scheme.as_ref().unchecked_ref();
            let _ = list.add_event_listener_with_callback("change", callback);
        }
        Self {
            panel,
            listener,
            size: size.map(|observer| (observer, on_size)),
            scheme: list.map(|list| (list, on_scheme)),
        }
    }
}

impl Drop for Ties {
    fn drop(&mut self) {
        self.panel.stop();
        if let Some((observer, _)) = &self.size {
            observer.disconnect();
        }
        if let Some((list, closure)) = &self.scheme {
            let callback = closure.as_ref().unchecked_ref();
            let _ = list.remove_event_listener_with_callback("change", callback);
        }
        let callback = self.listener.as_ref().unchecked_ref();
        for name in EVENTS {
            let _ = self
                .panel
                .root()
                .remove_event_listener_with_callback_and_bool(name, callback, name == "scroll");
        }
    }
}
