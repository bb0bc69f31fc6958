//! What fired a moment ago, bottom right: one line what, one line where, gone by itself or by a press.

use leptos::prelude::*;
use loopscope_protocol::AlertRow;

use super::alarms;
use crate::part::{IntoPart as _, Part};
use crate::source::SessionKey;
use crate::ui::{icon, severity_look, small_icon};
use crate::world;

/// The most at once.
pub(super) const MOST: usize = 3;
/// How long one stays.
const MILLIS: i32 = 12_000;

/// The toasts; once a page.
#[component]
pub fn Toasts() -> impl IntoView {
    let fresh = alarms().fresh;
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || fresh.get() key=|row| row.alert_id.clone() let(row)>{one(row)}</For>
        </div>
    }
    .part()
}

fn one(row: AlertRow) -> Part {
    let alarms = alarms();
    let look = severity_look(row.severity);
    let (id, later) = (row.alert_id.clone(), row.alert_id.clone());
    Effect::new(move || {
        let id = later.clone();
        leptos::task::spawn_local(async move {
            world::sleep(MILLIS).await;
            alarms.dismiss(&id);
        });
    });
    let key = SessionKey {
        project: row.project.clone(),
        id: row.session_id.clone(),
    };
    view! {
        <div class=format!("toast {}", look.tone)>
            <span class="ct">{icon(look.icon)}</span>
            <a class="grow" href=key.page("alerts")>
                <b class="label cut">{row.rule.clone()}</b>
                <span class="small t2 cut">{row.summary.clone()}" · "{row.session_name.clone()}</span>
            </a>
            <button type="button" class="btn ghost tiny" aria-label="Dismiss" on:click=move |_| alarms.dismiss(&id)>
                {small_icon("error")}
            </button>
        </div>
    }
    .part()
}
