//! The button that lets the browser show a notice when something comes and nobody looks at the page.

use leptos::prelude::*;

use super::small_icon;
use crate::part::IntoPart as _;
use crate::world;

/// The button; not there until scripts run, nor where the browser shows no notices.
#[component]
pub fn Notices(
    /// What it is good for.
    title: &'static str,
) -> impl IntoView {
    // Known to the browser only, so after the first picture.
    let state = RwSignal::new(world::Notices::Missing);
    Effect::new(move || state.set(world::notices()));
    let press = move |_| {
        leptos::task::spawn_local(async move {
            world::ask_notices().await;
            state.set(world::notices());
        });
    };
    let class = move || match state.get() {
        world::Notices::Missing => "btn ghost hidden",
        _ => "btn ghost",
    };
    let words = move || match state.get() {
        world::Notices::Allowed => ("success", "Notifications on"),
        world::Notices::Blocked => ("alerts", "Notifications blocked"),
        _ => ("alerts", "Notifications"),
    };
    view! {
        <button
            type="button" class=class on:click=press
            disabled=move || state.get() == world::Notices::Blocked
            aria-pressed=move || (state.get() == world::Notices::Allowed).to_string()
            title=title
        >
            {move || small_icon(words().0)}
            {move || words().1}
        </button>
    }
    .part()
}
