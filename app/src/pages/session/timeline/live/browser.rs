//! The browser's timeline: ties a panel to the page. In: its element, the signals it follows, the observers of its size.
//! Out: calls to the panel; everything is let go with the component.

use std::rc::Rc;

use leptos::html;
use leptos::prelude::*;
use send_wrapper::SendWrapper;

use super::super::page::Page;
use super::panel::Panel;
use crate::canvas::{Ears, Watch, follow_theme, schedule};
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
        follow_theme(&panel);
        let own = SendWrapper::new(Rc::clone(&panel));
        Effect::new(move || {
            page.shown.track();
            own.changed();
        });
        let own = SendWrapper::new(Rc::clone(&panel));
        Effect::new(move || own.noted(page.notes.get(), prefs().zone.get()));
        let own = SendWrapper::new(Rc::clone(&panel));
        let zone = prefs().zone;
        Effect::new(move || {
            page.looking.track();
            page.selected.track();
            page.state.live.now.track();
            zone.with(|_| ());
            schedule(&own);
        });
        let ties = SendWrapper::new(Ties::new(panel));
        on_cleanup(move || drop(ties.take()));
    });
}

/// What binds a panel to the page, undone when dropped.
struct Ties {
    panel: Rc<Panel>,
    _ears: Ears,
    _size: Option<Watch>,
}

impl Ties {
    fn new(panel: Rc<Panel>) -> Self {
        let own = Rc::clone(&panel);
        let ears = Ears::new(move |event| own.happened(event)).on(panel.root(), &EVENTS);
        let own = Rc::clone(&panel);
        let size = Watch::size(panel.scroll(), move |_| own.resized());
        Self {
            panel,
            _ears: ears,
            _size: size,
        }
    }
}

impl Drop for Ties {
    fn drop(&mut self) {
        self.panel.stop();
    }
}
