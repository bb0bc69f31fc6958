//! The top bar: where one is, search, zone, theme, link.

use leptos::prelude::*;
use leptos_router::components::Form;

use super::badge::Badge;
use super::palette::commands;
use super::zones::ZoneButton;
use crate::part::{IntoPart as _, Part};
use crate::ui::{icon, small_icon};
use crate::visit::{Theme, prefs};

/// The top bar; `crumbs` say where one is.
#[component]
pub fn TopBar(
    /// The way to this page.
    crumbs: Part,
) -> impl IntoView {
    let commands = commands();
    view! {
        <header class="topbar">
            <div class="crumbs cut">{crumbs}</div>
            <Search />
            <button
                type="button" class="btn no-phone needs-scripts" aria-haspopup="dialog" aria-keyshortcuts="Control+K"
                on:click=move |_| commands.toggle()
            >
                "Commands"<kbd aria-hidden="true">"Ctrl K"</kbd>
            </button>
            <ZoneButton />
            <ThemeButton />
            <a class="btn ghost icon only-phone-flex" href="/search" aria-label="Search">
                {icon("search")}
            </a>
            <Badge />
        </header>
    }
    .part()
}

#[component]
fn Search() -> impl IntoView {
    view! {
        <Form method="GET" action="/search">
            <label class="search no-phone">
                {small_icon("search")}
                <input
                    type="search" id="search" name="q" placeholder="Search"
                    aria-label="Search sessions and events" autocomplete="off" aria-keyshortcuts="/"
                />
                <kbd aria-hidden="true">"/"</kbd>
            </label>
        </Form>
    }
    .part()
}

#[component]
fn ThemeButton() -> impl IntoView {
    let prefs = prefs();
    let (mark, word) = (
        move || match prefs.theme.get() {
            Theme::System => icon("system"),
            Theme::Dark => icon("moon"),
            Theme::Light => icon("sun"),
        },
        move || prefs.theme.get().word().unwrap_or("system"),
    );
    let press = move |_| prefs.set_theme(prefs.theme.get_untracked().next());
    view! {
        <button
            type="button" class="btn ghost icon no-phone needs-scripts" on:click=press
            aria-label=move || format!("Theme: {}", word())
            title=move || format!("Theme: {}", word())
        >
            {mark}
        </button>
    }
    .part()
}
