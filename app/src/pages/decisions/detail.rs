//! The selected question: who asks, when, and its card.

use leptos::prelude::*;
use loopscope_protocol::DecisionRow;

use crate::asks::{ask_card, ask_href, session_of};
use crate::part::{IntoPart as _, Part};
use crate::text;
use crate::ui::{CopyButton, priority_badge};
use crate::visit::prefs;

/// The panel; a question that changes is drawn anew, the countdown moves by itself.
#[component]
pub(super) fn Detail(
    selected: Memo<Option<DecisionRow>>,
    is_answered: Memo<bool>,
) -> impl IntoView {
    view! {
        <article class="panel detail" aria-label="Decision">
            {move || selected.with(|row| match row {
                Some(row) => one(row),
                None => nothing(is_answered.get()),
            })}
        </article>
    }
    .part()
}

fn one(row: &DecisionRow) -> Part {
    let zone = prefs().zone;
    let key = session_of(row);
    let (session, moment) = (key.page(""), key.page("decisions"));
    let at = row.asked_at;
    let asked = move || {
        format!(
            "asked at {}{}",
            text::second(at, zone.get()),
            zone.get().suffix()
        )
    };
    let href = ask_href(row);
    let link = Callback::new(move |()| {
        prefs()
            .origin
            .with_value(|origin| format!("{origin}{href}"))
    });
    view! {
        <div class="panel-head">
            <a class="small t2 cut link" href=session>{row.session_name.clone()}</a>
            <span class="t3 small cut no-phone">{asked}</span>
            <span class="more">
                {row.priority.as_deref().map(priority_badge)}
                <CopyButton text=link label="Copy link" />
                <a class="btn ghost tiny no-phone" href=moment>"View in session"</a>
            </span>
        </div>
        <div class="big">
            {ask_card(row, true)}
            <dl class="kv foot">
                <dt>"Decision id"</dt><dd class="mono">{row.decision_id.clone()}</dd>
                <dt>"Session"</dt><dd class="mono">{row.session_id.to_string()}</dd>
            </dl>
        </div>
    }
    .part()
}

fn nothing(answered: bool) -> Part {
    let words = if answered {
        "No questions have been answered yet."
    } else {
        "When a program asks a question, it appears here and in the page title."
    };
    view! {
        <div class="blank">
            <h2>{if answered { "No answers yet" } else { "Nothing to decide" }}</h2>
            <p class="t2">{words}</p>
            <p class="small t3">
                "A program asks with a "<span class="mono">"decision:point"</span>
                " event that has a question and options."
            </p>
        </div>
    }
    .part()
}
