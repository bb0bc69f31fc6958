//! The opportunities as cards, newest first.

use leptos::prelude::*;
use loopscope_board::Board;
use loopscope_protocol::OpportunityRow;

use crate::pages::session::state::SessionState;
use crate::pages::session::tabs::Tab;
use crate::panels::opportunity_card;
use crate::part::IntoPart as _;
use crate::text;

/// How many the panel of the Overview shows.
const SHORT: usize = 4;
/// How many the tab shows at first, and more with each step.
const STEP: usize = 60;

const NOTHING: &str = "No opportunities discovered yet.";

fn newest(board: &Board, most: usize) -> Vec<OpportunityRow> {
    board.opportunities().newest(most).cloned().collect()
}

/// The panel of the Overview.
#[component]
pub(super) fn OpportunitiesPanel(state: SessionState) -> impl IntoView {
    let rows = state.part(|board| newest(board, SHORT));
    let all = state.part(|board| board.opportunities().rows().len() as u64);
    let href = Tab::Opportunities.href(state);
    let more = move || {
        (all.get() > SHORT as u64)
            .then(|| view! { <a href=href.clone()>"All "{text::count(all.get())}</a> })
    };
    view! {
        <section class="panel" aria-label="Opportunities">
            <div class="panel-head">
                <h2>"Discovered opportunities"</h2>
                <span class="t3 small">{move || text::count(all.get())}</span>
                <span class="more">{more}</span>
            </div>
            {move || rows.with(Vec::is_empty).then(|| view! { <p class="empty">{NOTHING}</p> })}
            <ul class="opps">
                {move || rows.with(|rows| rows.iter().map(|row| opportunity_card(row, None)).collect_view())}
            </ul>
        </section>
    }
    .part()
}

/// The tab.
#[component]
pub(in crate::pages::session) fn OpportunitiesTab(state: SessionState) -> impl IntoView {
    let most = RwSignal::new(STEP);
    let rows = Memo::new(move |_| state.board.with(|board| newest(board, most.get())));
    let counts = state.part(|board| {
        let opportunities = board.opportunities();
        (opportunities.rows().len(), opportunities.left_out())
    });
    let more = move || {
        (counts.get().0 > most.get()).then(|| view! {
            <p class="row"><button type="button" class="btn" on:click=move |_| most.update(|most| *most += STEP)>"Show more"</button></p>
        })
    };
    view! {
        <ul class="opps whole" aria-label="Opportunities">
            {move || rows.with(|rows| rows.iter().map(|row| opportunity_card(row, None)).collect_view())}
        </ul>
        {more}
        {move || (counts.get().1 > 0).then(|| view! {
            <p class="small t3">{text::count(counts.get().1)}" older ones are no longer listed; they are in the events."</p>
        })}
    }
    .part()
}
