//! The runs: letter, dash and colour of each, and how it stands.

use leptos::prelude::*;
use loopscope_protocol::{SessionRef, SessionSummary};

use super::data::{letter, nth};
use super::state::CompareState;
use crate::part::{IntoPart as _, Part};
use crate::source::SessionKey;
use crate::store::live;
use crate::text;
use crate::ui::{small_icon, status_pill};
use crate::visit::prefs;

/// A run as it is listed.
#[derive(Clone, PartialEq)]
struct Listed {
    key: SessionKey,
    name: String,
}

/// The list.
#[component]
pub(super) fn Runs(state: CompareState) -> impl IntoView {
    let listed = state.part(|comparison| {
        let runs = comparison.runs.iter();
        let listed = runs.map(|run| Listed {
            key: SessionKey::of(&run.summary),
            name: run.summary.name.clone(),
        });
        listed.collect::<Vec<_>>()
    });
    let missing = state.part(|comparison| comparison.missing.clone());
    view! {
        <ul class="runs" aria-label="Runs">
            {move || listed.get().into_iter().enumerate().map(|(n, run)| one(state, n, run)).collect_view()}
        </ul>
        {move || missing.get().into_iter().map(|session| gone(state, session)).collect_view()}
    }
    .part()
}

fn one(state: CompareState, n: usize, run: Listed) -> Part {
    let live = live();
    let zone = prefs().zone;
    let summary = Memo::new(move |_| {
        state
            .comparison
            .with(|comparison| comparison.runs.get(n).map(|run| run.summary.clone()))
    });
    let status = Memo::new(move |_| summary.with(|run| run.as_ref().map(|run| run.status)));
    let began = move || {
        summary.with(|run| {
            run.as_ref()
                .map(|run| text::day_and_minute(run.started_at, live.now.get(), zone.get()))
        })
    };
    let target = move || summary.with(|run| run.as_ref().and_then(below));
    let href = run.key.page("");
    let without = without(state, &run.key.reference());
    let label = format!("Remove {} from the comparison", run.name);
    view! {
        <li class=format!("ser-{}", nth(n))>
            <span class="letter">{letter(n)}</span>
            <a class="label cut" href=href>{run.name}</a>
            {move || status.get().map(status_pill)}
            <span class="small t3">
                <svg class="sw" aria-hidden="true"><line x1="0" x2="100%" y1="3" y2="3"></line></svg>
                <span class="cut">{began}{target}</span>
                <a class="out" href=without aria-label=label>{small_icon("error")}</a>
            </span>
        </li>
    }
    .part()
}

/// What it works on, or its id: whatever the name does not say.
fn below(run: &SessionSummary) -> Option<String> {
    let target = run.target.as_deref().filter(|target| *target != run.name);
    let id = run.session_id.as_str();
    let word = target.or_else(|| (id != run.name).then_some(id))?;
    Some(format!(" · {word}"))
}

fn without(state: CompareState, session: &SessionRef) -> String {
    state.asked.with_untracked(|asked| {
        asked
            .with(|asked| asked.runs.sessions.retain(|known| known != session))
            .href()
    })
}

fn gone(state: CompareState, session: SessionRef) -> Part {
    let href = without(state, &session);
    view! {
        <p class="note tone-caution" role="status">
            {small_icon("warning")}
            <span>"Session "<span class="mono">{session.to_string()}</span>" does not exist or was deleted."</span>
            <a class="btn tiny" href=href>"Remove from comparison"</a>
        </p>
    }
    .part()
}
