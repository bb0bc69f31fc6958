//! A button that puts a text on the clipboard and says that it did.

use leptos::prelude::*;

use super::small_icon;
use crate::part::IntoPart as _;
use crate::world;

/// Copies what `text` gives. `label` is its accessible name; `word` is shown, or only the icon.
#[component]
pub fn CopyButton(
    /// What is copied, asked for when it is pressed.
    #[prop(into)]
    text: Callback<(), String>,
    /// The accessible name.
    label: &'static str,
    /// The word beside the icon.
    #[prop(optional)]
    word: &'static str,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let press = move |_| {
        world::copy(&text.run(()));
        copied.set(true);
        set_timeout(
            move || copied.set(false),
            std::time::Duration::from_millis(1500),
        );
    };
    let class = if word.is_empty() {
        "btn ghost tiny icon"
    } else {
        "btn tiny copyb"
    };
    let mark = move || small_icon(if copied.get() { "success" } else { "copy" });
    view! {
        <button type="button" class=class aria-label=label title=label on:click=press>
            {mark}
            {(!word.is_empty()).then_some(word)}
            <span class="sr" role="status">{move || copied.get().then_some("Copied")}</span>
        </button>
    }
    .part()
}
