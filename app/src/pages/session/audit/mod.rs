//! The audit of a session: what waits in the queue, every command with its whole life, and replay from another run.

mod queue;
mod replay;

use leptos::prelude::*;
use loopscope_board::CommandRow;

use self::queue::Queue;
use self::replay::Replay;
use super::controls::{command_look, life};
use super::state::SessionState;
use crate::part::{IntoPart as _, Part};
use crate::text;
use crate::ui::icon;
use crate::visit::prefs;

/// The tab.
#[component]
pub(super) fn Audit(state: SessionState) -> impl IntoView {
    let ids = state.part(|board| {
        let rows = board.commands().rows().iter().rev();
        rows.map(|row| row.command_id.clone()).collect::<Vec<_>>()
    });
    let left_out = state.part(|board| board.commands().left_out());
    let runner = state.part(|board| board.commands().attached().cloned());
    let zone = prefs().zone;
    let attached = move || {
        match runner.get() {
        Some(runner) => view! {
            <p class="note tone-success">
                {icon("success")}
                <span class="grow">
                    <b class="label">{runner.name.clone()}</b>" receives the commands of this session by "{runner.via.clone()}
                    ", since "{move || text::second(runner.since, zone.get())}"."
                </span>
            </p>
        }
        .part(),
        None => view! {
            <p class="note tone-warning">
                {icon("clock")}<span class="grow">"No program is attached. Commands are queued until one attaches."</span>
            </p>
        }
        .part(),
    }
    };
    let over = state.part(|board| board.status().is_ended());
    let nothing = move || ids.with(Vec::is_empty);
    view! {
        {move || (!over.get()).then(attached)}
        <Queue state />
        <section class="panel" aria-label="Commands">
            <div class="panel-head">
                <h2>"Commands"</h2><span class="t3 small">"newest first"</span>
                <span class="more"><Replay state /></span>
            </div>
            <p class="empty" class:hidden=move || !nothing()>"No commands yet."</p>
            <ul class="rows audit">
                <For each=move || ids.get() key=Clone::clone let(id)>{entry(state, id)}</For>
            </ul>
            {move || (left_out.get() > 0).then(|| view! {
                <p class="panel-foot">{text::count(left_out.get())}" older ones are no longer listed; they are in the events."</p>
            })}
        </section>
    }
    .part()
}

fn entry(state: SessionState, id: String) -> Part {
    let row = Memo::new(move |_| state.board.with(|board| board.commands().get(&id).cloned()));
    let look = move || row.with(|row| row.as_ref().map(|row| command_look(row.state).0.tone));
    view! { <li class=look>{move || row.get().map(|row| one(&row))}</li> }.part()
}

fn one(row: &CommandRow) -> Part {
    let (look, word) = command_look(row.state);
    let parameters = parameters_line(row);
    let why = row
        .reason
        .clone()
        .map(|reason| view! { <p class="why">"“"{reason}"”"</p> });
    let error = row
        .error
        .clone()
        .map(|error| view! { <p class="ct tone-failed lines">{error}</p> });
    let result = row.result.as_ref().map(|result| {
        view! { <p class="mono t2 lines">"→ "{result.as_str().to_owned()}</p> }
    });
    let replay = row
        .replay_of
        .is_some()
        .then_some("a replay of another run's command");
    let expires = row.expires_at.filter(|_| !row.state.is_over());
    let zone = prefs().zone;
    let expires =
        expires.map(|at| view! { <span>"expires "{move || text::second(at, zone.get())}</span> });
    view! {
        <div class="what">
            <p>
                <span class=format!("pill {}", look.tone)>{icon(look.icon)}<span>{word}</span></span>
                " "<b class="label mono">{row.kind.clone()}</b>" "<span class="mono t2 lines">{parameters}</span>
            </p>
            {why}{error}{result}
        </div>
        {life_of(row)}
        <p class="who small t3">
            <span>"by "<b class="label">{row.by.clone().unwrap_or_else(|| "somebody".to_owned())}</b></span>
            {replay.map(|replay| view! { <span>{replay}</span> })}
            {expires}
            <span class="mono cut" title=row.command_id.clone()>{row.command_id.clone()}</span>
        </p>
    }
    .part()
}

/// A command's parameters in one line; nothing where there are none but the reason, which is said beside them.
fn parameters_line(row: &CommandRow) -> String {
    if row.kind.eq_ignore_ascii_case("HALT") && row.reason.is_some() {
        return String::new();
    }
    let text = row.parameters.as_ref().map(|json| json.as_str().to_owned());
    text.filter(|text| text != "{}").unwrap_or_default()
}

/// The steps of a life: each with its time, and how long after the one before.
fn life_of(row: &CommandRow) -> Part {
    let zone = prefs().zone;
    let steps = life(row);
    let items = steps.iter().enumerate().map(|(index, (word, at))| {
        let (word, at) = (*word, *at);
        let after = index.checked_sub(1).and_then(|before| steps.get(before));
        let after = after.map(|(_, before)| format!("+{}", text::span(at.since(*before))));
        let time = move || {
            let (seconds, fraction) = text::stamp_parts(at, zone.get());
            format!("{seconds}{fraction}")
        };
        view! {
            <li>
                <span class="step">{word}</span>
                <span class="mono t3">{time}</span>
                <span class="small t2 num">{after}</span>
            </li>
        }
    });
    view! { <ol class="life" aria-label="Life">{items.collect_view()}</ol> }.part()
}
