//! One event as a row that opens.

use leptos::prelude::*;
use loopscope_board::describe;
use loopscope_event::{Event, Seq};
use loopscope_protocol::Moment;

use super::super::replay::at;
use super::super::state::SessionState;
use super::super::tabs::Tab;
use crate::lasting::Lasting;
use crate::part::{IntoPart as _, Part};
use crate::text;
use crate::ui::{CopyButton, icon, json_tree, line_look, pretty, sentence, small_icon};
use crate::visit::prefs;

/// A row whose event is on its way.
pub(super) fn blank(seq: u64) -> Part {
    view! { <div class="vrow blank"><span class="seq mono num">{seq}</span><span class="time mono">"…"</span></div> }
        .part()
}

/// A row; `open` says whether its part below is shown, `press` shows or hides it.
pub(super) fn row(
    state: SessionState,
    event: Event,
    open: Lasting<Option<u64>>,
    press: Callback<u64>,
) -> Part {
    let zone = prefs().zone;
    let seq = event.seq.0;
    let line = describe(&event);
    let (look, word) = line_look(&line);
    let at = event.timestamp;
    let is_open = Memo::new(move |_| open.get() == Some(seq));
    let time = move || {
        let (seconds, fraction) = text::stamp_parts(at, zone.get());
        format!("{seconds}{fraction}")
    };
    view! {
        <button
            type="button" class=format!("vrow {}", look.tone) data-row=""
            aria-expanded=move || is_open.get().to_string() on:click=move |_| press.run(seq)
        >
            <span class="seq mono num">{seq}</span>
            <span class="time mono" title=move || text::full(at, zone.get())>{time}</span>
            {icon(look.icon)}
            <span class="kind mono cut"><span class="sr">{word}" "</span>{line.name.clone()}</span>
            <span class="say cut">{noted(state, seq)}{sentence(&line.sentence)}</span>
            <span class="fig">{line.figures.clone()}</span>
        </button>
        {move || is_open.get().then(|| opened(state, &event))}
    }
    .part()
}

/// The flag of an event that people left notes at.
fn noted(state: SessionState, seq: u64) -> Part {
    let texts = Memo::new(move |_| {
        state.notes.all.with(|all| {
            let own = all.iter().filter(|note| note.seq.0 == seq);
            own.map(|note| note.text.clone()).collect::<Vec<_>>()
        })
    });
    let flag = move || {
        texts.with(|texts| {
            (!texts.is_empty()).then(|| {
                let words = texts.join("; ");
                let title = words.clone();
                view! {
                    <span class="noted" title=title>
                        {small_icon("flag")}<span class="sr">"Note: "{words}". "</span>
                    </span>
                }
            })
        })
    };
    view! { {flag} }.part()
}

/// The part that opens: the envelope in a line, the payload as a tree.
fn opened(state: SessionState, event: &Event) -> Part {
    let seq = event.seq;
    let moment = moment_link(state, seq);
    let zone = prefs().zone;
    let at = event.timestamp;
    let value = event.data.value();
    let whole = event.clone();
    let copy_all = Callback::new(move |()| {
        serde_json::to_value(&whole)
            .map(|value| pretty(&value))
            .unwrap_or_default()
    });
    let payload = value.clone();
    let copy_payload = Callback::new(move |()| pretty(&payload));
    let iteration = (event.iteration > 0).then(|| format!("iteration {}", event.iteration));
    view! {
        <div class="vopen" tabindex="0" role="region" aria-label=format!("Event {}", event.seq)>
            <div class="json-head">
                <span>{move || text::full(at, zone.get())}</span>
                <span class="badge">{event.kind.as_str()}</span>
                {iteration.map(|iteration| view! { <span class="badge">{iteration}</span> })}
                <span class="mono cut">{event.event_id.to_string()}</span>
                <span class="end">
                    {moment}
                    <CopyButton text=copy_payload label="Copy the payload as JSON" word="Copy data" />
                    <CopyButton text=copy_all label="Copy the whole event as JSON" word="Copy event" />
                </span>
            </div>
            {json_tree(&value)}
        </div>
    }
    .part()
}

/// The way to the moment of an event.
fn moment_link(state: SessionState, seq: Seq) -> Part {
    let href = at(Tab::Events.href(state), seq);
    let go = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        state.seek(Moment::Seq(seq));
    };
    view! { <a class="btn tiny" href=href on:click=go>{small_icon("clock")}"Show this moment"</a> }
        .part()
}
