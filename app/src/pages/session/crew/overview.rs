//! A crew's first tab: six figures, what was found, who works at what, how good it is, what is happening.

use leptos::prelude::*;
use loopscope_board::Board;

use super::agents::AgentsPanel;
use super::cards::Cards;
use super::opportunities::OpportunitiesPanel;
use super::phases::PhasesPanel;
use super::quality::QualityPanel;
use crate::pages::session::state::SessionState;
use crate::pages::session::tabs::Tab;
use crate::panels::EventStream;
use crate::part::IntoPart as _;
use crate::text;

/// The tab. A panel without contents does not stand here, but for the two that a crew is about.
#[component]
pub(in crate::pages::session) fn CrewOverview(state: SessionState) -> impl IntoView {
    let events = state.part(|board| text::plural(board.seq().0, "event"));
    let has = move |of: fn(&Board) -> bool| state.part(of);
    let agents = has(|board| !board.agents().rows().is_empty());
    let phases = has(|board| !board.synthesis().rows().is_empty());
    let quality = has(|board| !board.quality().is_empty());
    view! {
        <Cards state />
        <div class="crew">
            <div class="col">
                <EventStream stream=state.stream note=events.into() all=Tab::Events.href(state) />
                {move || agents.get().then(|| view! { <AgentsPanel state /> })}
                {move || quality.get().then(|| view! { <QualityPanel state /> })}
            </div>
            <div class="col">
                <OpportunitiesPanel state />
                {move || phases.get().then(|| view! { <PhasesPanel state /> })}
            </div>
        </div>
    }
    .part()
}
