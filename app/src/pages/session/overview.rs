//! The first tab: charts, live events, findings.

use leptos::prelude::*;
use loopscope_board::{Board, FindingRow};

use super::findings::state_of;
use super::metrics::FirstMetrics;
use super::state::SessionState;
use super::tabs::Tab;
use crate::figures::SessionCharts;
use crate::panels::EventStream;
use crate::part::{IntoPart as _, Part};
use crate::text;
use crate::ui::{sentence, severity_mark};

/// How many findings the panel shows.
const FINDINGS: usize = 8;

/// The tab.
#[component]
pub(super) fn Overview(state: SessionState) -> impl IntoView {
    let rate = state.part(|board| text::plural(board.seq().0, "event"));
    view! {
        <SessionCharts board=state.board now=state.now touched=Signal::derive(move || state.replay.is_on()) />
        <div class="charts">
            <div class="c8"><EventStream stream=state.stream note=rate.into() all=Tab::Events.href(state) /></div>
            <div class="c4"><FindingsPanel state /></div>
        </div>
    }
    .part()
}

/// The tab of a program that speaks no dialect of its own: its numbers first, then whatever else it told.
#[component]
pub(super) fn PlainOverview(state: SessionState) -> impl IntoView {
    let has_metrics = state.part(|board| !board.metrics().is_empty());
    let has_findings = state.part(|board| !board.findings().is_empty());
    let rate = state.part(|board| text::plural(board.seq().0, "event"));
    let width = move || if has_findings.get() { "c8" } else { "c12" };
    view! {
        {move || has_metrics.get().then(|| view! { <FirstMetrics state /> })}
        <SessionCharts
            board=state.board now=state.now touched=Signal::derive(move || state.replay.is_on()) only_told=true
        />
        <div class="charts">
            <div class=width><EventStream stream=state.stream note=rate.into() all=Tab::Events.href(state) /></div>
            {move || has_findings.get().then(|| view! { <div class="c4"><FindingsPanel state /></div> })}
        </div>
    }
    .part()
}

#[component]
fn FindingsPanel(state: SessionState) -> impl IntoView {
    let counts = state.part(|board| {
        (
            board.findings().open(),
            board.findings().fixed(),
            board.findings().len(),
        )
    });
    let rows = state.part(newest);
    let note = move || {
        let (open, fixed, _) = counts.get();
        format!("{open} open, {fixed} fixed")
    };
    let href = Tab::Findings.href(state);
    let all = move || {
        let (.., all) = counts.get();
        (all > 0).then(|| view! { <a href=href.clone()>"All "{all}</a> })
    };
    let nothing = move || {
        rows.with(Vec::is_empty).then(|| {
            view! {
                <p class="empty">"No individual findings were reported. See the charts for counts."</p>
            }
        })
    };
    view! {
        <section class="panel fill-height" aria-label="Findings">
            <div class="panel-head">
                <h2>"Findings"</h2><span class="t3 small">{note}</span><span class="more">{all}</span>
            </div>
            {nothing}
            <ul class="rows finds">{move || rows.with(|rows| rows.iter().map(row).collect_view())}</ul>
        </section>
    }
    .part()
}

fn newest(board: &Board) -> Vec<FindingRow> {
    let sorted = board.findings().sorted();
    sorted.into_iter().take(FINDINGS).cloned().collect()
}

fn row(row: &FindingRow) -> Part {
    let class = if row.fixed_in.is_some() {
        "cut t2"
    } else {
        "cut"
    };
    let title = row.finding.description.clone();
    view! {
        <li>
            {severity_mark(row.rank)}
            <span class=class title=title>{sentence(&row.finding.description)}</span>
            {state_of(row)}
        </li>
    }
    .part()
}
