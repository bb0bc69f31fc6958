//! Keys that work on every page, and the dialog that lists them.

use leptos::ev;
use leptos::prelude::*;

use crate::part::IntoPart as _;
use crate::world;

const DIALOG: &str = "keys";

/// Every key and what it does.
const KEYS: [(&[&str], &str); 12] = [
    (&["/"], "Search sessions"),
    (&["j"], "Next row"),
    (&["k"], "Previous row"),
    (&["Enter"], "Open the row"),
    (&["["], "Previous tab"),
    (&["]"], "Next tab"),
    (&["p"], "Pause or resume the live stream"),
    (&["Space"], "Play or pause the session"),
    (&[",", "."], "One event back, one on"),
    (&["l"], "Back to the newest moment"),
    (&["a"], "Leave a note at the moment shown"),
    (&["?"], "This list"),
];

/// The dialog; closed until `?` is pressed.
#[component]
pub fn KeysDialog() -> impl IntoView {
    let rows = KEYS.map(|(keys, does)| {
        let keys = keys
            .iter()
            .map(|key| view! { <kbd>{*key}</kbd> })
            .collect_view();
        view! { <dt>{keys}</dt><dd>{does}</dd> }
    });
    view! {
        <dialog class="dialog" id=DIALOG aria-labelledby="keys-title">
            <div>
                <h2 id="keys-title">"Keys"</h2>
                <dl class="keys">{rows}</dl>
                <form method="dialog" class="end"><button class="btn">"Close"</button></form>
            </div>
        </dialog>
    }
    .part()
}

/// Starts listening to keys; in the browser, once.
pub fn listen_to_keys() {
    Effect::new(|| {
        let handle = window_event_listener(ev::keydown, |event| {
            let plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
            let is_space = event.key() == " ";
            // What has the focus may have taken the key already, or be about to.
            let is_taken = event.default_prevented()
                || world::is_typing(&event)
                || is_space && world::is_on_button(&event);
            if plain && !is_taken && press(&event.key()) {
                event.prevent_default();
            }
        });
        on_cleanup(move || handle.remove());
    });
}

/// Does what the key stands for. Out: whether it stands for anything.
fn press(key: &str) -> bool {
    match key {
        "/" => world::focus("search"),
        "?" => world::show_dialog(DIALOG),
        "j" => world::step_focus("[data-row]", 1),
        "k" => world::step_focus("[data-row]", -1),
        "[" => world::step_click(".tabs.main-tabs a", -1),
        "]" => world::step_click(".tabs.main-tabs a", 1),
        "p" => world::click("[data-pause]"),
        " " if world::has("[data-play]") => world::click("[data-play]"),
        "," => world::click("[data-step=back]"),
        "." => world::click("[data-step=on]"),
        "l" => world::click("[data-live]"),
        "a" => world::click("[data-annotate]"),
        _ => return false,
    }
    true
}
