//! A figure on the full screen. In: the figure. Out: the height of the screen while it has all of it.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

/// Gives a figure the full screen, or takes it away.
pub(in super::super) fn toggle_full_screen(figure: NodeRef<html::Figure>) {
    if document().fullscreen_element().is_some() {
        document().exit_fullscreen();
    } else if let Some(figure) = figure.get_untracked() {
        // A browser that refuses shows the figure where it is.
        let _ = figure.request_fullscreen();
    }
}

/// Keeps the height of the screen while the figure has all of it.
pub(in super::super) fn follow_full_screen(
    figure: NodeRef<html::Figure>,
    tall: RwSignal<Option<f64>>,
) {
    let changed = move || {
        let own = figure.get_untracked().is_some_and(|figure| {
            let element: &web_sys::Element = figure.unchecked_ref();
            document().fullscreen_element().as_ref() == Some(element)
        });
        let height = window().inner_height().ok().and_then(|px| px.as_f64());
        let now = height.filter(|_| own);
        if tall.get_untracked() != now {
            tall.set(now);
        }
    };
    // Enters and leaves, and is resized on the way.
    Effect::new(move || {
        let resize = window_event_listener(leptos::ev::resize, move |_| changed());
        let change = window_event_listener_untyped("fullscreenchange", move |_| changed());
        on_cleanup(move || {
            resize.remove();
            change.remove();
        });
    });
}
