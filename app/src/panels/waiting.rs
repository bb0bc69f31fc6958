//! The questions that wait for a person, over all sessions: a row each, to the inbox. Nothing where none waits.

use leptos::prelude::*;
use loopscope_protocol::DecisionRow;

use crate::asks::{ask_href, choice_words, inbox, left, waits};
use crate::part::{IntoPart as _, Part};
use crate::store::live;
use crate::text;
use crate::ui::sentence;

/// The most rows that are shown.
const MOST: usize = 6;

/// The panel.
#[component]
pub fn WaitingPanel() -> impl IntoView {
    let inbox = inbox();
    let rows = Memo::new(move |_| {
        inbox.rows.with(|rows| {
            let rows = rows.iter().filter(|row| waits(row)).take(MOST);
            rows.cloned().collect::<Vec<_>>()
        })
    });
    let is_empty = move || rows.with(Vec::is_empty);
    view! {
        <section class="panel waits" class:hidden=is_empty aria-label="Waiting decisions">
            <div class="panel-head">
                <h2>"Waiting for you"</h2>
                <span class="t3 small">{move || text::plural(inbox.waiting.get(), "decision")}</span>
                <span class="more"><a href="/decisions">"All decisions"</a></span>
            </div>
            <ul class="rows">
                <For each=move || rows.get() key=|row| (row.session_id.clone(), row.decision_id.clone()) let(row)>
                    {one(row)}
                </For>
            </ul>
        </section>
    }
    .part()
}

fn one(row: DecisionRow) -> Part {
    let now = live().now;
    let then = row
        .default
        .as_ref()
        .filter(|_| row.expires_at.is_some())
        .map(|default| format!(" · then: {}", choice_words(&row, default)));
    let (href, question, name) = (
        ask_href(&row),
        sentence(&row.question),
        row.session_name.clone(),
    );
    let time = move || left(&row, now.get()).unwrap_or_else(|| "no limit".to_owned());
    view! {
        <li>
            <a class="asked" href=href data-row="">
                <span><span class="q cut">{question}</span><span class="left">{time}</span></span>
                <span class="meta"><span class="cut">{name}{then}</span></span>
            </a>
        </li>
    }
    .part()
}
