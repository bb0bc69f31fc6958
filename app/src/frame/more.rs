//! The sheet of a phone: the pages and the acts that have no room in the bar at its foot.

use leptos::prelude::*;
use leptos_router::components::A;

use super::palette::commands;
use super::zones::open_zones;
use crate::part::{IntoPart as _, Part};
use crate::ui::icon;
use crate::visit::prefs;
use crate::world;

pub(super) const SHEET: &str = "more";

/// The sheet; closed until "More" is pressed.
#[component]
pub(super) fn More() -> impl IntoView {
    let (prefs, commands) = (prefs(), commands());
    let theme = move || format!("Theme: {}", prefs.theme.get().word().unwrap_or("system"));
    let zone = move || format!("Times: {}", prefs.zone.get().word());
    // What was chosen is done under the sheet, not behind it.
    let close = |_| world::hide_popover(SHEET);
    view! {
        <div class="sheet" id=SHEET popover="auto" on:click=close>
            <nav aria-label="More sections">
                <A href="/compare">{icon("compare")}<span>"Compare"</span></A>
                <A href="/systems">{icon("agents")}<span>"Agents"</span></A>
                <A href="/widgets">{icon("widgets")}<span>"Widgets"</span></A>
                <A href="/settings">{icon("settings")}<span>"Settings"</span></A>
            </nav>
            <div class="acts needs-scripts">
                {act("search", || "Commands".to_owned(), move || commands.toggle())}
                {act("system", theme, move || prefs.set_theme(prefs.theme.get_untracked().next()))}
                {act("clock", zone, open_zones)}
            </div>
        </div>
    }
    .part()
}

fn act(
    mark: &'static str,
    word: impl Fn() -> String + Send + Sync + 'static,
    run: impl Fn() + 'static,
) -> Part {
    view! { <button type="button" class="btn" on:click=move |_| run()>{icon(mark)}<span>{word}</span></button> }.part()
}
