//! A question as a card: what is asked, the time left with its default, options to press, what it knew.

use leptos::prelude::*;
use loopscope_event::{Duration, Timestamp};
use loopscope_protocol::{DecisionChoice, DecisionRow};

use super::inbox::{Inbox, Note, Which, inbox};
use super::words::{answer_line, choice_words, default_index, left, waits};
use crate::acts::{EARLIER, may_act};
use crate::part::{IntoPart as _, Part};
use crate::store::live;
use crate::text;
use crate::ui::{icon, json_tree, sentence, small_icon};
use crate::visit::prefs;
use crate::world;

/// The card of a question as it stands; another state is another card. With `keys`, its options answer to 1–9.
pub fn ask_card(row: &DecisionRow, keys: bool) -> Part {
    let inbox = inbox();
    let which = (row.session_id.clone(), row.decision_id.clone());
    let body = if waits(row) {
        open(row, keys, inbox, &which)
    } else {
        answered(row, inbox, &which)
    };
    let context = row.context.as_ref().map(|context| {
        view! {
            <div class="context">
                <h3 class="small t2 label">"Context when it asked"</h3>
                {json_tree(&context.value())}
            </div>
        }
    });
    view! {
        <div class="decide">
            <div class="stack-s">
                <h2>{sentence(&row.question)}</h2>
                {row.description.as_ref().map(|text| view! { <p class="t2 lines">{sentence(text)}</p> })}
            </div>
            {body}
            {context}
        </div>
    }
    .part()
}

fn open(row: &DecisionRow, keys: bool, inbox: Inbox, which: &Which) -> Part {
    let may = may_act();
    let default = default_index(row);
    let timed = row.expires_at.is_some();
    let reason = format!("reason-{}", row.decision_id);
    let options = row.options.iter().enumerate().map(|(index, option)| {
        let (row, choice, field) = (row.clone(), option.choice.clone(), reason.clone());
        let press = move |_| inbox.answer(&row, &choice, &world::value_of(&field));
        let key = (keys && index < 9).then(|| index + 1);
        one_option(option, key, timed && default == Some(index), may, press)
    });
    let options = options.collect_view();
    let which = which.clone();
    let said = move || {
        Some(match inbox.note(&which)? {
            Note::Sending => view! { <p class="small t2" role="status">"Sending…"</p> }.part(),
            Note::Refused(why) | Note::TooLate(_, why) => {
                view! { <p class="note tone-error" role="alert">{icon("error")}<span class="grow">{why}</span></p> }.part()
            }
        })
    };
    let has_role = prefs().may_steer;
    let cannot = move || {
        let why = if has_role {
            EARLIER
        } else {
            "Your token is read-only: answering needs the control role."
        };
        (!may.get()).then(|| view! { <p class="small t2">{why}</p> })
    };
    view! {
        {countdown(row)}
        <div class="opts tone-halted">{options}</div>
        {row.options.is_empty().then(|| view! { <p class="t2">"The program offered no options."</p> })}
        {cannot}
        {move || may.get().then(|| view! {
            <label class="entry">
                <span class="small t2">"Reason, recorded in the audit log "<span class="t3">"(optional)"</span></span>
                <input type="text" id=reason.clone() maxlength="2000" autocomplete="off" placeholder="Why" />
            </label>
        })}
        {said}
    }
    .part()
}

fn one_option(
    option: &DecisionChoice,
    key: Option<usize>,
    default: bool,
    may: Signal<bool>,
    press: impl Fn(leptos::ev::MouseEvent) + 'static,
) -> Part {
    let class = if default { "opt default" } else { "opt" };
    let more = option.description.clone().into_iter();
    let more = more.chain(option.consequences.iter().cloned());
    let more = more.map(|line| view! { <span class="d">{line}</span> });
    let mark = match (default, option.recommended) {
        (true, true) => Some("recommended, default"),
        (true, false) => Some("default"),
        (false, true) => Some("recommended"),
        (false, false) => None,
    };
    let mark_class = if default {
        "small label ct"
    } else {
        "small t2"
    };
    view! {
        <button
            type="button" class=class disabled=move || !may.get() on:click=press
            data-option=key.map(|key| key.to_string()) aria-keyshortcuts=key.map(|key| key.to_string())
        >
            <kbd aria-hidden="true">{key}</kbd>
            <span><span class="n">{option.label.clone()}</span>{more.collect_view()}</span>
            {mark.map(|mark| view! { <span class=mark_class>{mark}</span> })}
        </button>
    }
    .part()
}

/// The time left, as words and as a bar, and what stands when it is over.
fn countdown(row: &DecisionRow) -> Option<Part> {
    let now = live().now;
    let expires = row.expires_at?;
    let whole = expires.since(row.asked_at).as_micros().max(1) as f64;
    let then = row
        .default
        .as_ref()
        .map(|default| format!("then “{}” is chosen", choice_words(row, default)));
    let share = move || {
        let rest = expires.since(now.get()).as_micros() as f64 / whole;
        format!("{:.1}%", rest.clamp(0.0, 1.0) * 100.0)
    };
    let row = row.clone();
    let words = move || left(&row, now.get());
    Some(
        view! {
            <div class="stack-s tone-halted">
                <p class="left"><span class="label ct" role="timer">{words}</span><span class="t3 small">{then}</span></p>
                <svg class="meter" aria-hidden="true"><rect width=share></rect></svg>
            </div>
        }
        .part(),
    )
}

fn answered(row: &DecisionRow, inbox: Inbox, which: &Which) -> Part {
    let zone = prefs().zone;
    let (look, line) = answer_line(row);
    let by = match row.by.as_deref() {
        Some("timeout") => Some("nobody answered in time".to_owned()),
        Some(by) => Some(format!("by {by}")),
        None => None,
    };
    let at = row.made_at;
    let when = move || at.map(|at: Timestamp| text::second(at, zone.get()));
    let after = at.map(|at| at.since(row.asked_at).max(Duration::default()));
    let after = after.map(|after| format!("{} after it was asked", text::span(after)));
    let (winner, chosen) = (
        row.by.clone().unwrap_or_else(|| "somebody".to_owned()),
        line.clone(),
    );
    let which = which.clone();
    let late = move || match inbox.note(&which)? {
        Note::TooLate(mine, _) => Some(view! {
            <p class="note tone-warning" role="alert">
                {icon("warning")}
                <span class="grow">{format!("{winner} chose “{chosen}” before your “{mine}”.")}</span>
            </p>
        }),
        _ => None,
    };
    view! {
        <p class=format!("outcome {}", look.tone)>{small_icon(look.icon)}<b class="label">{line}</b></p>
        <p class="small t2">
            {[by, after].into_iter().flatten().collect::<Vec<_>>().join(", ")}" "<span class="t3">{when}</span>
        </p>
        {row.reason.clone().map(|reason| view! { <p class="small t2">"Reason: "{reason}</p> })}
        {late}
    }
    .part()
}
