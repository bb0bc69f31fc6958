//! An orchestrator's first tab: how far it is and with what, what it asks, what it checks, what it changed.

use leptos::prelude::*;

use super::agents::AgentsPanel;
use super::checkpoints::Checkpoints;
use super::decisions::WaitingDecisions;
use super::files::{FilesPanel, LatestDiff};
use super::progress::Progress;
use super::skills::SkillsPanel;
use super::validation::Validation;
use crate::pages::session::state::SessionState;
use crate::pages::session::tabs::Tab;
use crate::panels::EventStream;
use crate::part::IntoPart as _;
use crate::text;

/// How many checkpoints it shows.
const CHECKPOINTS: usize = 5;

/// The tab. A panel without contents does not stand here.
#[component]
pub(in crate::pages::session) fn WorkOverview(state: SessionState) -> impl IntoView {
    let events = state.part(|board| text::plural(board.seq().0, "event"));
    let has = move |of: fn(&loopscope_board::Board) -> bool| state.part(of);
    let skills = has(|board| !board.skills().rows().is_empty());
    let agents = has(|board| !board.agents().rows().is_empty());
    let checkpoints = has(|board| !board.checkpoints().rows().is_empty());
    let validation = has(|board| {
        !(board.validations().rows().is_empty() && board.validations().lines().is_empty())
    });
    let files = has(|board| !board.files().rows().is_empty());
    let is_narrow = Memo::new(move |_| !files.get() && !validation.get());
    view! {
        <Progress state />
        <div class="three" class:narrow=move || is_narrow.get()>
            <div class="col">
                {move || skills.get().then(|| view! { <SkillsPanel state /> })}
                {move || agents.get().then(|| view! { <AgentsPanel state /> })}
                {move || checkpoints.get().then(|| view! { <Checkpoints state most=CHECKPOINTS /> })}
            </div>
            <div class="col">
                {move || validation.get().then(|| view! { <Validation state whole=false /> })}
                {move || files.get().then(|| view! { <LatestDiff state /> })}
                <EventStream stream=state.stream note=events.into() all=Tab::Events.href(state) />
            </div>
            <div class="col">
                <WaitingDecisions state />
                {move || files.get().then(|| view! { <FilesPanel state /> })}
            </div>
        </div>
    }
    .part()
}
