//! What this browser remembers of its reader: the look, how close rows stand, the zone of times, whether it shows notices.
//! It is kept in cookies, so that the first HTML is already right.

use leptos::prelude::*;

use crate::frame::open_zones;
use crate::part::{IntoPart as _, Part};
use crate::text::Zone;
use crate::ui::Notices;
use crate::visit::{Density, Theme, prefs};

/// The panel.
pub(super) fn panel() -> Part {
    let prefs = prefs();
    let looks = [
        (Theme::System, "System"),
        (Theme::Dark, "Dark"),
        (Theme::Light, "Light"),
    ];
    let looks = looks.map(|(theme, word)| {
        choice(
            word,
            move || prefs.theme.get() == theme,
            move || prefs.set_theme(theme),
        )
    });
    let rows = [
        (Density::Roomy, "Comfortable"),
        (Density::Compact, "Compact"),
    ];
    let rows = rows.map(|(density, word)| {
        choice(
            word,
            move || prefs.density.get() == density,
            move || prefs.set_density(density),
        )
    });
    view! {
        <section class="panel here" aria-label="This browser">
            <div class="panel-head"><h2>"This browser"</h2><span class="t3 small">"stored in this browser only"</span></div>
            <p class="pad t2 without-scripts">"Theme, row height and time zone need JavaScript, which is disabled in this browser."</p>
            <dl class="pad choices needs-scripts">
                <div><dt>"Theme"</dt><dd><div class="group" role="group" aria-label="Theme">{looks}</div></dd></div>
                <div><dt>"Row height"</dt><dd><div class="group" role="group" aria-label="Row height">{rows}</div></dd></div>
                <div><dt>"Time zone"</dt><dd>{zones()}</dd></div>
                <div>
                    <dt>"Notifications"</dt>
                    <dd><Notices title="Notifies you when a question arrives or an alert fires while this page is in the background" /></dd>
                </div>
            </dl>
        </section>
    }
    .part()
}

fn choice(
    word: &'static str,
    is_chosen: impl Fn() -> bool + Send + Sync + 'static,
    choose: impl Fn() + 'static,
) -> Part {
    view! {
        <button type="button" class="btn tiny" aria-pressed=move || is_chosen().to_string() on:click=move |_| choose()>
            {word}
        </button>
    }
    .part()
}

fn zones() -> Part {
    let prefs = prefs();
    let other = move || match prefs.zone.get() {
        Zone::Named(name) => name.city(),
        _ => "Other…".to_owned(),
    };
    let is_other = move || matches!(prefs.zone.get(), Zone::Named(_)).to_string();
    view! {
        <div class="group" role="group" aria-label="Time zone">
            {choice("UTC", move || prefs.zone.get() == Zone::Utc, move || prefs.set_zone(Zone::Utc))}
            {choice("Local", move || prefs.zone.get().is_own(), move || prefs.set_zone(Zone::own()))}
            <button type="button" class="btn tiny" aria-haspopup="dialog" aria-pressed=is_other on:click=|_| open_zones()>
                {other}
            </button>
        </div>
    }
    .part()
}
