//! The output of the newest check, as a terminal that follows; and how the checks went.

use leptos::html;
use leptos::prelude::*;
use loopscope_board::{Board, OutputLine, Tone, ValidationRow};

use crate::pages::session::state::SessionState;
use crate::pages::session::tabs::Tab;
use crate::part::{IntoPart as _, Part};
use crate::text;
use crate::ui::{icon, small_icon};
use crate::world;

/// How many lines the panel of the Overview shows.
const SHORT: usize = 60;
/// Beyond any end, in pixels.
const END: f64 = 1e7;

/// The newest check: its name, how it stands, how many lines.
fn newest(board: &Board) -> (Option<ValidationRow>, u64, bool) {
    let validations = board.validations();
    (
        validations.rows().back().cloned(),
        validations.line_count(),
        validations.is_running(),
    )
}

/// The terminal. With `whole`, all lines that are kept and the list of checks.
#[component]
pub(in crate::pages::session) fn Validation(state: SessionState, whole: bool) -> impl IntoView {
    let newest = state.part(newest);
    let place = NodeRef::<html::Div>::new();
    let follow = RwSignal::new(true);
    let lines = Memo::new(move |_| {
        state.board.with(|board| {
            let validations = board.validations();
            let first = validations.line_count() - validations.lines().len() as u64;
            let numbered = validations.lines().iter().cloned().enumerate();
            let numbered = numbered.map(|(index, line)| (first + index as u64 + 1, line));
            let mut lines: Vec<(u64, OutputLine)> = numbered.collect();
            if !whole && lines.len() > SHORT {
                lines.drain(..lines.len() - SHORT);
            }
            lines
        })
    });
    Effect::new(move || {
        lines.track();
        if follow.get() {
            world::next_frame(move || world::scroll_to(place, END));
        }
    });
    let note = move || {
        newest.with(|(row, count, _)| {
            let name = row
                .as_ref()
                .and_then(|row| row.name.clone().or_else(|| row.target.clone()));
            let lines = text::plural(*count, "line");
            name.map_or_else(|| lines.clone(), |name| format!("{name}, {lines}"))
        })
    };
    let class = if whole { "term whole" } else { "term" };
    let all = (!whole).then(|| view! { <a href=Tab::Validation.href(state)>"All"</a> });
    view! {
        <section class="panel" aria-label="Validation">
            <div class="panel-head">
                <h2>"Validation"</h2><span class="t3 small">{note}</span>
                <span class="more">
                    {move || newest.with(|(row, _, running)| verdict(row.as_ref(), *running))}
                    <button
                        type="button" class="btn ghost tiny" aria-pressed=move || follow.get().to_string()
                        on:click=move |_| follow.update(|follow| *follow = !*follow)
                    >{small_icon("down")}"Follow"</button>
                    {all}
                </span>
            </div>
            <div class=class role="log" aria-label="Validation output" aria-live="off" tabindex="0" node_ref=place>
                <For each=move || lines.get() key=|(number, line)| (*number, line.text.clone()) let((number, line))>
                    {one(number, &line)}
                </For>
                {move || lines.with(Vec::is_empty).then(|| view! { <p class="none">"No output yet."</p> })}
            </div>
        </section>
        {whole.then(|| view! { <Checks state /> })}
    }
    .part()
}

fn one(number: u64, line: &OutputLine) -> Part {
    let class = match line.tone {
        Tone::Good => "ok",
        Tone::Bad => "no",
        Tone::Caution => "wa",
        Tone::Neutral if line.text.starts_with("$ ") => "cmd",
        Tone::Neutral => "dim",
    };
    view! { <p><span class="ln-n">{number}</span><span class=class>{line.text.clone()}</span></p> }
        .part()
}

fn verdict(row: Option<&ValidationRow>, running: bool) -> Option<Part> {
    let (tone, mark, word) = match (row?, running) {
        (_, true) => ("tone-running", "running", "Validating…".to_owned()),
        (row, _) => result(row),
    };
    Some(view! { <span class=format!("verdict {tone}")>{icon(mark)}{word}</span> }.part())
}

fn result(row: &ValidationRow) -> (&'static str, &'static str, String) {
    match (row.passed, row.timed_out, row.exit_code) {
        (Some(true), ..) => ("tone-success", "success", "passed".to_owned()),
        (_, true, _) => ("tone-failed", "error", "timed out".to_owned()),
        (Some(false), _, Some(code)) => ("tone-failed", "error", format!("failed, exit {code}")),
        (Some(false), ..) => ("tone-failed", "error", "failed".to_owned()),
        (None, ..) if row.ended_at.is_some() => ("tone-idle", "idle", "ended".to_owned()),
        (None, ..) => ("tone-running", "running", "running".to_owned()),
    }
}

/// All checks, the newest first.
#[component]
fn Checks(state: SessionState) -> impl IntoView {
    let rows = state.part(|board| {
        let rows = board.validations().rows().iter().rev();
        rows.cloned().collect::<Vec<_>>()
    });
    let sums = state.part(|board| (board.validations().passed(), board.validations().failed()));
    let note = move || {
        let (passed, failed) = sums.get();
        format!(
            "{} passed, {} failed",
            text::count(passed),
            text::count(failed)
        )
    };
    let now = state.clock();
    let zone = crate::visit::prefs().zone;
    let row = move |row: &ValidationRow| {
        let (tone, mark, word) = result(row);
        let (name, target) = (row.name.clone(), row.target.clone());
        let name = name
            .or_else(|| target.clone())
            .unwrap_or_else(|| "check".to_owned());
        let took = row
            .started_at
            .map(|from| row.ended_at.unwrap_or_else(|| now.get()).since(from));
        let score = row.score.map(|score| text::decimal(score, 2));
        let started = row.started_at.map(|at| text::second(at, zone.get()));
        let below = row.error.clone().or(target).unwrap_or_default();
        let parts = row.checks.iter().map(|(name, passed, score)| {
            let tone = match passed {
                Some(true) => "badge tone tone-success",
                Some(false) => "badge tone tone-failed",
                None => "badge",
            };
            let word = match passed {
                Some(true) => " passed",
                Some(false) => " failed",
                None => "",
            };
            let score = score.map(|score| format!(" {}", text::decimal(score, 2)));
            view! { <span class=tone>{name.clone()}{word}{score}</span> }
        });
        view! {
            <li class=tone>
                <span class="sev">{icon(mark)}<span class="sr">{word.clone()}</span></span>
                <span class="two"><span class="label cut">{name}</span><span class="small t3 cut mono">{below}</span></span>
                <span class="row">{parts.collect_view()}</span>
                <span class="small t2 num">{score}" "{word}</span>
                <span class="small t3 num">{started}" · "{took.map(text::span)}</span>
            </li>
        }
    };
    view! {
        <section class="panel" aria-label="Checks">
            <div class="panel-head"><h2>"Checks"</h2><span class="t3 small">{note}</span></div>
            <ul class="rows checks">{move || rows.with(|rows| rows.iter().map(row).collect_view())}</ul>
        </section>
    }
    .part()
}
