//! When a page may have slept. In: what is to be done then. Out: nothing; it is done at each of those moments.

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;

/// Runs whenever the page may have been asleep: seen again, focused again, or back on the network.
pub(super) fn on_wake(run: impl Fn() + 'static) {
    let run = Closure::<dyn Fn()>::new(run);
    let callback = run.as_ref().unchecked_ref();
    for name in ["focus", "online", "pageshow"] {
        let _ = window().add_event_listener_with_callback(name, callback);
    }
    let _ = document().add_event_listener_with_callback("visibilitychange", callback);
    // It listens for as long as the page lives.
    run.forget();
}
