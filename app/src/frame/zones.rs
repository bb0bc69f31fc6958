//! Which zone times are shown in: UTC, the reader's own, or any other by its name.

use leptos::prelude::*;

use crate::part::IntoPart as _;
use crate::text::Zone;
use crate::visit::prefs;
use crate::world;

const DIALOG: &str = "zones";

/// Opens the dialog.
pub fn open_zones() {
    world::show_dialog(DIALOG);
}

/// A zone's name as people say it: `America/New York`.
pub(super) fn spoken(name: &str) -> String {
    name.replace('_', " ")
}

/// The button of the top bar.
#[component]
pub(super) fn ZoneButton() -> impl IntoView {
    let prefs = prefs();
    let word = move || prefs.zone.get().word();
    view! {
        <button
            type="button" class="btn ghost no-phone needs-scripts" on:click=|_| open_zones()
            aria-label=move || format!("Time zone: {}", word())
            title="Time zone of the times shown"
        >
            {word}
        </button>
    }
    .part()
}

/// The dialog; closed until it is opened.
#[component]
pub fn ZonesDialog() -> impl IntoView {
    let prefs = prefs();
    let wrong = RwSignal::new(false);
    let known = RwSignal::new(Vec::<String>::new());
    let set = move |zone: Zone| {
        prefs.set_zone(zone);
        wrong.set(false);
        world::close_dialog(DIALOG);
    };
    let pressed = move |is: fn(Zone) -> bool| move || is(prefs.zone.get()).to_string();
    let other = move || match prefs.zone.get() {
        Zone::Named(name) => name.as_str(),
        _ => "",
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let name = world::field(&event, "zone");
        match Zone::named(&name.trim().replace(' ', "_")) {
            Some(zone) => set(zone),
            None => wrong.set(true),
        }
    };
    // The browser knows the names; they are listed once somebody wants them.
    let list = move |_| {
        if known.with_untracked(Vec::is_empty) {
            known.set(world::zone_names());
        }
    };
    let options = move || {
        let names = known.get().into_iter();
        names
            .map(|name| view! { <option value=name></option> })
            .collect_view()
    };
    view! {
        <dialog class="dialog" id=DIALOG aria-labelledby="zones-title">
            <div>
                <h2 id="zones-title">"Time zone"</h2>
                <div class="row">
                    <button
                        type="button" class="btn" aria-pressed=pressed(|zone| zone == Zone::Utc)
                        on:click=move |_| set(Zone::Utc)
                    >
                        "UTC"
                    </button>
                    <button type="button" class="btn" aria-pressed=pressed(Zone::is_own) on:click=move |_| set(Zone::own())>
                        "Local time"
                    </button>
                </div>
                <form class="stack" on:submit=submit>
                    <label class="entry">
                        <span class="small t2">"Other time zone"</span>
                        <input
                            type="text" name="zone" list="zone-names" placeholder="Europe/Berlin" autocomplete="off"
                            prop:value=other
                            aria-invalid=move || wrong.get().to_string() aria-describedby="zone-wrong" on:focus=list
                        />
                    </label>
                    <datalist id="zone-names">{options}</datalist>
                    <p class="small t2" id="zone-wrong" role="status">
                        {move || wrong.get().then_some("Unknown time zone. Use a name such as America/New_York.")}
                    </p>
                    <div class="end">
                        <button type="button" class="btn" on:click=|_| world::close_dialog(DIALOG)>"Cancel"</button>
                        <button class="btn primary">"Apply"</button>
                    </div>
                </form>
            </div>
        </dialog>
    }
    .part()
}
