//! A word to everyone who paints when the theme changes: the attributes of the root, or what the system prefers. It is
//! watched for as long as the page lives.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::Once;

use leptos::prelude::{document, window};
use wasm_bindgen::prelude::*;

thread_local! {
    static PANELS: RefCell<Vec<Weak<dyn Recoloured>>> = const { RefCell::new(Vec::new()) };
    static TURN: Cell<u32> = const { Cell::new(0) };
}

static WATCHING: Once = Once::new();

/// What is painted in the theme's colours.
pub trait Recoloured: 'static {
    /// Asks for the colours anew.
    fn recolour(self: Rc<Self>);
}

/// How often the theme has changed: what was asked of the style sheets holds for one turn.
pub fn theme_turn() -> u32 {
    TURN.get()
}

/// Tells a panel from now on when the theme has changed.
pub fn follow_theme<P: Recoloured>(panel: &Rc<P>) {
    let panel: Rc<dyn Recoloured> = Rc::<P>::clone(panel);
    PANELS.with_borrow_mut(|panels| {
        panels.retain(|panel| panel.strong_count() > 0);
        panels.push(Rc::downgrade(&panel));
    });
    WATCHING.call_once(watch);
}

/// What an element of a class has by the page's style sheets.
pub fn computed<const N: usize>(class: &str, properties: [&str; N]) -> Option<[String; N]> {
    let probe = document().create_element("span").ok()?;
    probe.set_class_name(class);
    document().body()?.append_child(&probe).ok()?;
    let style = window().get_computed_style(&probe).ok().flatten();
    let value = |name: &str| style.as_ref()?.get_property_value(name).ok();
    let found = properties.map(|name| value(name).unwrap_or_default());
    probe.remove();
    style.is_some().then_some(found)
}

/// The page's font.
pub fn font() -> String {
    let body = document().body();
    let style = body.and_then(|body| window().get_computed_style(&body).ok().flatten());
    let font = style.and_then(|style| style.get_property_value("font-family").ok());
    font.filter(|font| !font.is_empty())
        .unwrap_or_else(|| "sans-serif".to_owned())
}

fn watch() {
    let changed = Closure::<dyn Fn()>::new(|| {
        TURN.set(TURN.get().wrapping_add(1));
        let panels = PANELS.with_borrow(Clone::clone);
        for panel in panels.iter().filter_map(Weak::upgrade) {
            panel.recolour();
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
