//! The head: what it is, where it stands, since when, how far.

use leptos::prelude::*;
use loopscope_board::Board;
use loopscope_event::{Dialect, Timestamp};

use super::controls::{Controls, Receipt};
use super::replay::Told;
use super::state::SessionState;
use crate::part::IntoPart as _;
use crate::text;
use crate::ui::{CopyButton, dialect_word, sentence, small_icon, status_pill, title_word};
use crate::visit::prefs;

/// The head.
#[component]
pub(super) fn Head(state: SessionState) -> impl IntoView {
    let name = state.part(|board| board.display_name().to_owned());
    let status = state.part(Board::status);
    let dialect = state.part(|board| dialect_word(board.header().dialect));
    let export = state.key.with_value(|key| key.api("/export", ""));
    view! {
        <header class="head">
            <div class="title">
                <h1 class="cut">{name}</h1>
                {move || status_pill(status.get())}
                <span class="badge no-phone">{dialect}</span>
                <span class="no-phone">
                    <CopyButton
                        text=Callback::new(move |()| state.key.with_value(|key| key.id.to_string())) label="Copy session id"
                    />
                    <a
                        class="btn ghost tiny icon export" href=export download="" rel="external"
                        aria-label="Export this session" title="Export this session as a file"
                    >
                        {small_icon("down")}
                    </a>
                </span>
            </div>
            <Controls state />
            <div class="second">
                <Facts state />
                <div class="side"><Told state /><Receipt state /><Running state /></div>
            </div>
        </header>
    }
    .part()
}

#[component]
fn Facts(state: SessionState) -> impl IntoView {
    let zone = prefs().zone;
    let now = state.now;
    let target = state.part(|board| board.header().target.clone());
    let times = state.part(|board| (board.header().started_at, board.header().ended_at));
    let started = move || {
        let (started, _) = times.get();
        format!(
            "{}{}",
            text::day_and_second(started, now.get(), zone.get()),
            zone.get().suffix()
        )
    };
    let elapsed = move || {
        let (started, ended): (Timestamp, _) = times.get();
        text::clock_span(ended.unwrap_or_else(|| now.get()).since(started))
    };
    let iteration = state.part(|board| (board.current_iteration(), board.header().max_iterations));
    let iteration = move || match iteration.get() {
        (number, Some(most)) => format!("{number} / {most}"),
        (number, None) => number.to_string(),
    };
    // Skills stand for passes where a run has skills.
    let skills = state.part(|board| {
        let skills = board.skills();
        let is_work = board.header().dialect == Dialect::Orchestrator;
        is_work.then(|| (skills.ended(), board.steps_total()))
    });
    let agents = state.part(|board| {
        let is_crew = board.header().dialect == Dialect::Agents;
        is_crew.then(|| (board.agents().at_work(), board.agents().rows().len() as u64))
    });
    let epoch = state.part(|board| {
        let is_training = board.header().dialect == Dialect::Training;
        is_training.then(|| super::training::epoch(board.training()))
    });
    // A program that never told of a pass goes round in none.
    let is_plain = state
        .part(|board| board.header().dialect == Dialect::Generic && board.current_iteration() == 0);
    let far = move || match skills.get() {
        _ if agents.get().is_some() => {
            let (running, known) = agents.get().unwrap_or_default();
            let known = text::plural(known, "agent");
            ("At work", format!("{} of {known}", text::count(running)))
        }
        _ if epoch.with(Option::is_some) => ("Epoch", epoch.get().unwrap_or_default()),
        Some((done, Some(total))) => ("Skills", format!("{done} of {total} done")),
        Some((done, None)) => ("Skills", format!("{done} done")),
        None if is_plain.get() => (
            "Events",
            text::count(state.board.with(|board| board.seq().0)),
        ),
        None => ("Iteration", iteration()),
    };
    view! {
        <dl class="facts">
            {move || target.get().map(|target| view! {
                <div><dt>"Target"</dt>" "<dd class="mono">{target}</dd></div>
            })}
            <div><dt>"Started"</dt>" "<dd>{started}</dd></div>
            <div><dt>"Elapsed"</dt>" "<dd>{elapsed}</dd></div>
            <div><dt>{move || far().0}</dt>" "<dd>{move || far().1}</dd></div>
        </dl>
    }
    .part()
}

/// The step that runs now: its name, its tool, how far it is.
#[component]
fn Running(state: SessionState) -> impl IntoView {
    // A run of skills says so on its Overview.
    let step = state.part(|board| {
        let is_work = board.header().dialect == Dialect::Orchestrator;
        let step = board.running_steps().last().cloned();
        step.filter(|_| !is_work)
    });
    let line = move || {
        step.get().map(|step| {
            let command = step.command.clone().map(|command| format!(" with `{command}`"));
            let words = format!("{}{}", title_word(&step.step), command.unwrap_or_default());
            let done = match (step.done, step.total) {
                (Some(done), Some(total)) => format!(" · {} of {}", text::count(done), text::count(total)),
                _ => String::new(),
            };
            let since = step.started_at;
            let spent = move || text::clock_span(state.now.get().since(since));
            view! {
                <p class="doing no-phone cut">{sentence(&words)}{done}" · "<span class="t3">{spent}</span></p>
            }
        })
    };
    view! { {line} }.part()
}
