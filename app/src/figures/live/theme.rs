//! The theme as a palette. In: the page's style sheets. Out: a colour for every ink, asked for once a theme, and a
//! word to everyone who paints when the theme changes.

use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::sync::Once;

use leptos::prelude::{document, window};
use loopscope_chart::{Ink, Palette, Rgba};
use wasm_bindgen::prelude::*;

use super::color;
use super::panel::Panel;

thread_local! {
    static PALETTE: RefCell<Option<Rc<Palette>>> = const { RefCell::new(None) };
    static PANELS: RefCell<Vec<Weak<Panel>>> = const { RefCell::new(Vec::new()) };
}

static WATCHING: Once = Once::new();

/// The palette of the theme that is on.
pub(super) fn palette() -> Rc<Palette> {
    PALETTE.with_borrow_mut(|kept| Rc::clone(kept.get_or_insert_with(|| Rc::new(read()))))
}

/// Tells this panel from now on when the theme has changed.
pub(super) fn follow(panel: &Rc<Panel>) {
    let first = PANELS.with_borrow_mut(|panels| {
        panels.retain(|panel| panel.strong_count() > 0);
        panels.push(Rc::downgrade(panel));
        panels.len() == 1
    });
    if first {
        // The theme may have changed while nobody painted.
        PALETTE.set(None);
        WATCHING.call_once(watch);
    }
}

/// Watches what a theme depends on: the attribute on the root, and what the system prefers. For as long as the page
/// lives.
fn watch() {
    let changed = Closure::<dyn Fn()>::new(|| {
        PALETTE.set(None);
        let panels = PANELS.with_borrow(Clone::clone);
        for panel in panels.iter().filter_map(Weak::upgrade) {
            panel.repaint();
        }
    });
    let callback = changed.as_ref().unchecked_ref();
    let options = web_sys::MutationObserverInit::new();
    options.set_attributes(true);
    if let (Ok(observer), Some(root)) = (
        web_sys::MutationObserver::new(callback),
        document().document_element(),
    ) {
        let _ = observer.observe_with_options(&root, &options);
    }
    for query in ["(prefers-color-scheme: dark)", "(prefers-contrast: more)"] {
        if let Ok(Some(list)) = window().match_media(query) {
            let _ = list.add_event_listener_with_callback("change", callback);
            // Kept: a list that is collected listens no more.
            std::mem::forget(list);
        }
    }
    changed.forget();
}

/// Asks the style sheets, by an element that takes on one ink after the other.
fn read() -> Palette {
    let black = Rgba {
        rgb: (0, 0, 0),
        alpha: 1.0,
    };
    let ask = |ink: Ink, readable: bool| {
        let probe = document().create_element("span").ok()?;
        let shade = if readable { " readable" } else { "" };
        probe.set_class_name(&format!("ink-probe {}{shade}", ink.class()));
        document().body()?.append_child(&probe).ok()?;
        let style = window().get_computed_style(&probe).ok().flatten();
        let color = style.and_then(|style| style.get_property_value("color").ok());
        probe.remove();
        color::parse(&color?)
    };
    let font = document()
        .body()
        .and_then(|body| window().get_computed_style(&body).ok().flatten())
        .and_then(|style| style.get_property_value("font-family").ok())
        .filter(|font| !font.is_empty());
    Palette::new(
        |ink, readable| ask(ink, readable).unwrap_or(black),
        font.unwrap_or_else(|| "sans-serif".to_owned()),
    )
}
