//! The questions of one session: those that wait as cards, the others as a list.

use leptos::prelude::*;
use loopscope_board::Board;
use loopscope_protocol::DecisionRow;

use crate::asks::{answer_line, ask_card, of_board, waits};
use crate::pages::session::state::SessionState;
use crate::pages::session::tabs::Tab;
use crate::part::{IntoPart as _, Part};
use crate::text;
use crate::ui::{priority_badge, sentence, small_icon};
use crate::visit::prefs;

fn open(board: &Board) -> Vec<DecisionRow> {
    let mut rows = of_board(board);
    // The one that waits longest is asked first.
    rows.reverse();
    rows.retain(waits);
    rows
}

fn closed(board: &Board) -> Vec<DecisionRow> {
    let mut rows = of_board(board);
    rows.retain(|row| !waits(row));
    rows
}

/// A card of its own; it stays the same element for as long as the question waits.
fn card(row: &DecisionRow) -> Part {
    let zone = prefs().zone;
    let at = row.asked_at;
    let asked = move || format!("asked at {}", text::second(at, zone.get()));
    view! {
        <section class="panel askcard" aria-label="Decision">
            <div class="panel-head">
                <h2>"Decision"</h2><span class="t3 small">{asked}</span>
                <span class="more">{row.priority.as_deref().map(priority_badge)}</span>
            </div>
            <div class="pad">{ask_card(row, false)}</div>
        </section>
    }
    .part()
}

/// What waits, on the Overview; nothing where nothing does.
#[component]
pub(super) fn WaitingDecisions(state: SessionState) -> impl IntoView {
    let rows = state.part(open);
    view! {
        <For each=move || rows.get() key=|row| row.decision_id.clone() let(row)>{card(&row)}</For>
    }
    .part()
}

/// The tab.
#[component]
pub(in crate::pages::session) fn DecisionsTab(state: SessionState) -> impl IntoView {
    let rows = state.part(closed);
    let open_rows = state.part(open);
    let is_empty = move || rows.with(Vec::is_empty);
    let waiting = Memo::new(move |_| open_rows.with(|rows| !rows.is_empty()));
    view! {
        <div class="cards"><WaitingDecisions state /></div>
        {move || (!waiting.get()).then(|| view! { <p class="small t2">"No questions are waiting in this session."</p> })}
        <section class="panel" class:hidden=is_empty aria-label="Answered">
            <div class="panel-head">
                <h2>"Answered"</h2><span class="t3 small">{move || rows.with(Vec::len)}</span>
                <span class="more"><a href=Tab::Audit.href(state)>"Audit"</a></span>
            </div>
            <ul class="rows answered">{move || rows.with(|rows| rows.iter().map(line).collect_view())}</ul>
        </section>
    }
    .part()
}

fn line(row: &DecisionRow) -> Part {
    let zone = prefs().zone;
    let (look, words) = answer_line(row);
    let at = row.made_at.unwrap_or(row.asked_at);
    let by = match row.by.as_deref() {
        Some("timeout") => Some("no answer in time".to_owned()),
        by => by.map(|by| format!("by {by}")),
    };
    view! {
        <li>
            <span class="mono time">{move || text::second(at, zone.get())}</span>
            <span class="two">
                <span class="q">{sentence(&row.question)}</span>
                <span class="small t3">{row.reason.clone()}</span>
            </span>
            <span class=format!("ct {}", look.tone)>{small_icon(look.icon)}" "{words}</span>
            <span class="small t3">{by}</span>
        </li>
    }
    .part()
}
