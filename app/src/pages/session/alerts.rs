//! The alerts of a session: what fires, and what did, from its own events.

use leptos::prelude::*;
use loopscope_board::AlertLine;

use super::state::SessionState;
use crate::part::{IntoPart as _, Part};
use crate::text;
use crate::ui::{icon, severity_look};
use crate::visit::prefs;

/// The tab.
#[component]
pub(super) fn AlertsTab(state: SessionState) -> impl IntoView {
    let rows = state.part(|board| {
        let rows = board.alerts().rows().iter().rev();
        rows.cloned().collect::<Vec<_>>()
    });
    let list = move |rows: &Vec<AlertLine>| rows.iter().map(|row| one(row, state)).collect_view();
    view! {
        <section class="panel" aria-label="Alerts">
            <div class="panel-head">
                <h2>"Alerts"</h2>
                <span class="more"><a href="/alerts?tab=rules">"Rules"</a></span>
            </div>
            <ul class="rows">{move || rows.with(list)}</ul>
            {move || rows.with(Vec::is_empty).then(|| view! { <p class="empty">"No rule fired in this session."</p> })}
        </section>
    }
    .part()
}

fn one(row: &AlertLine, state: SessionState) -> Part {
    let look = severity_look(row.severity);
    let (tone, mark, word) = match row.resolved_at {
        Some(_) => ("tone-success", "success", "resolved"),
        None => (look.tone, look.icon, row.severity.as_str()),
    };
    let (now, zone) = (state.now, prefs().zone);
    let (fired, over) = (row.fired_at, row.resolved_at);
    let when = move || {
        let at = text::day_and_second(fired, now.get(), zone.get());
        match over {
            Some(over) => format!("{at}, for {}", text::span(over.since(fired))),
            None => format!("{at}, since {}", text::span(now.get().since(fired))),
        }
    };
    let times = (row.count > 1).then(|| format!(" · {} times", text::count(row.count)));
    view! {
        <li class=format!("alarm {tone}")>
            <span class="ct">{icon(mark)}<span class="sr">{word}</span></span>
            <span class="two grow">
                <span class="label cut">{row.rule.clone()}<span class="t2 said">{row.summary.clone()}</span></span>
                <span class="small t3 cut">{when}{times}</span>
            </span>
        </li>
    }
    .part()
}
