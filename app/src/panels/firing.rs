//! The alerts that fire, over all sessions. Nothing where none does.

use leptos::prelude::*;
use loopscope_protocol::{AlertRow, AlertState};

use crate::alarms::{alarms, alert_row};
use crate::part::IntoPart as _;
use crate::text;

/// The most rows that are shown.
const MOST: usize = 6;

/// The panel.
#[component]
pub fn FiringPanel() -> impl IntoView {
    let alarms = alarms();
    let rows = Memo::new(move |_| {
        alarms.rows.with(|rows| {
            let rows = rows.iter().filter(|row| row.state == AlertState::Firing);
            rows.cloned().collect::<Vec<AlertRow>>()
        })
    });
    let is_empty = move || rows.with(Vec::is_empty);
    let shown = move || {
        rows.with(|rows| {
            rows.iter()
                .take(MOST)
                .map(|row| alert_row(row, true))
                .collect_view()
        })
    };
    view! {
        <section class="panel firing" class:hidden=is_empty aria-label="Firing alerts">
            <div class="panel-head">
                <h2>"Alerts"</h2>
                <span class="t3 small">{move || format!("{} firing", text::count(rows.with(Vec::len) as u64))}</span>
                <span class="more"><a href="/alerts">"All alerts"</a></span>
            </div>
            <ul class="rows">{shown}</ul>
        </section>
    }
    .part()
}
