//! Keys that work on every page, and the dialog that lists them.

use leptos::ev;
use leptos::prelude::*;

use super::palette::Commands;
use crate::part::IntoPart as _;
use crate::world;

pub(super) const DIALOG: &str = "keys";

/// Keys, and what they do.
type Keys = (&'static [&'static str], &'static str);

/// Every key and what it does, by where it does it.
const KEYS: [(&str, &[Keys]); 4] = [
    (
        "Everywhere",
        &[
            (&["Ctrl", "K"], "Commands, pages, sessions"),
            (&["/"], "Search"),
            (&["j"], "Next row"),
            (&["k"], "Previous row"),
            (&["Enter"], "Open the row"),
            (&["x"], "Select or deselect the row"),
            (&["p"], "Pause or resume the live stream"),
            (&["Esc"], "Close the open dialog"),
            (&["?"], "Keyboard shortcuts"),
        ],
    ),
    (
        "Session",
        &[
            (&["["], "Previous tab"),
            (&["]"], "Next tab"),
            (&["Space"], "Play or pause the session"),
            (&[",", "."], "One event back, one forward"),
            (&["l"], "Back to the latest moment"),
            (&["a"], "Add a note at this moment"),
        ],
    ),
    (
        "Timeline and charts",
        &[
            (&["W", "S"], "Zoom in, zoom out"),
            (&["A", "D"], "Pan earlier, pan later"),
            (&["F"], "Fit the selection, or everything"),
            (&["←", "→"], "Previous, next bar or point"),
        ],
    ),
    ("Questions", &[(&["1", "9"], "Answer with an option")]),
];

/// The dialog; closed until `?` is pressed.
#[component]
pub fn KeysDialog() -> impl IntoView {
    let groups = KEYS.map(|(place, keys)| {
        let rows = keys.iter().map(|(keys, does)| {
            let keys = keys.iter().map(|key| view! { <kbd>{*key}</kbd> });
            view! { <dt>{keys.collect_view()}</dt><dd>{*does}</dd> }
        });
        view! {
            <section>
                <h3 class="small t3">{place}</h3>
                <dl class="keys">{rows.collect_view()}</dl>
            </section>
        }
    });
    view! {
        <dialog class="dialog wide" id=DIALOG aria-labelledby="keys-title">
            <div>
                <h2 id="keys-title">"Keyboard shortcuts"</h2>
                <div class="keys-groups">{groups}</div>
                <form method="dialog" class="end"><button class="btn">"Close"</button></form>
            </div>
        </dialog>
    }
    .part()
}

/// Starts listening to keys; in the browser, once.
pub fn listen_to_keys(commands: Commands) {
    Effect::new(move || {
        let handle = window_event_listener(ev::keydown, move |event| {
            let is_palette = (event.ctrl_key() || event.meta_key())
                && !event.alt_key()
                && !event.shift_key()
                && event.key().eq_ignore_ascii_case("k");
            if is_palette {
                // Some browsers search the web with it.
                event.prevent_default();
                commands.toggle();
                return;
            }
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
        "x" => world::click("tr:focus-within input[type='checkbox']"),
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
