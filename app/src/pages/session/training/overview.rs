//! A training run's first tab: its figures, charts, seeds and their life, actions, alerts, environments, live events.

use leptos::prelude::*;

use super::cards::Cards;
use super::charts::{AccuracyChart, SmallCharts};
use super::lanes::Lanes;
use super::recent::{Actions, AlertsPanel, Environments};
use super::seeds::SeedsPanel;
use crate::figures::Crosshair;
use crate::pages::session::state::SessionState;
use crate::pages::session::tabs::Tab;
use crate::panels::EventStream;
use crate::part::IntoPart as _;
use crate::text;
use crate::ui::dash;

/// The tab.
#[component]
pub(in crate::pages::session) fn TrainingOverview(state: SessionState) -> impl IntoView {
    Crosshair::provide();
    let events = state.part(|board| text::plural(board.seq().0, "event"));
    let has_seeds = state.part(|board| !board.training().seeds().is_empty());
    let has_envs = state.part(|board| board.training().envs().len() > 1);
    view! {
        <Cards state />
        <div class="run-bar"><Run state /><Actions state /></div>
        <div class="charts">
            <AccuracyChart state />
            <SeedsPanel state />
            <SmallCharts state />
        </div>
        {move || has_seeds.get().then(|| view! { <Lanes state /> })}
        <div class="charts">
            <div class="c7">
                <EventStream stream=state.stream note=events.into() all=Tab::Events.href(state) />
            </div>
            <div class="c5 col">
                <AlertsPanel state />
                {move || has_envs.get().then(|| view! { <Environments state /> })}
            </div>
        </div>
    }
    .part()
}

/// How far the run is, and how it is set up.
#[component]
fn Run(state: SessionState) -> impl IntoView {
    let facts = state.part(|board| {
        let run = board.training();
        let config = run.config();
        let episodes = run.episodes_completed().map(|done| match config.episodes {
            Some(all) => format!("{done} / {all}"),
            None => done.to_string(),
        });
        let envs = config.envs.unwrap_or(run.envs().len() as u64);
        vec![
            ("Episodes", episodes),
            ("Batch", run.batch().map(text::count)),
            ("Environments", (envs > 0).then(|| text::count(envs))),
            ("Group", config.group.clone()),
            ("Device", config.device.clone()),
        ]
    });
    let mode = state.part(|board| board.training().mode());
    let shown = move || {
        let facts = facts.get().into_iter().enumerate();
        // What every run has stands even before it is known.
        let there = facts.filter(|(place, (_, value))| *place == 0 || value.is_some());
        there
            .map(|(_, (name, value))| {
                view! { <div><dt>{name}</dt>" "<dd>{dash(value)}</dd></div> }.part()
            })
            .collect_view()
    };
    view! {
        <dl class="facts">
            {shown}
            <div><dt>"Mode"</dt>" "<dd><span class="did-act tone-work-1">{mode}</span></dd></div>
        </dl>
    }
    .part()
}
