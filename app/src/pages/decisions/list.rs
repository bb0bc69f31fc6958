//! The list of questions: a link each, so that the address holds the selection and it works without scripts.

use leptos::prelude::*;
use loopscope_protocol::DecisionRow;

use crate::asks::{Inbox, answer_line, ask_href, choice_words, left, waits};
use crate::part::{IntoPart as _, Part};
use crate::store::live;
use crate::text;
use crate::ui::{sentence, small_icon};
use crate::visit::prefs;

/// The most answered ones that are drawn.
const MOST: usize = 100;

/// The panel.
#[component]
pub(super) fn List(
    inbox: Inbox,
    is_answered: Memo<bool>,
    selected: Memo<Option<DecisionRow>>,
) -> impl IntoView {
    let part = move |answered: bool| {
        Memo::new(move |_| {
            inbox.rows.with(|rows| {
                let rows = rows.iter().filter(|row| waits(row) != answered);
                rows.take(MOST).cloned().collect::<Vec<_>>()
            })
        })
    };
    let (waiting, answered) = (part(false), part(true));
    let current = Memo::new(move |_| selected.with(|row| row.as_ref().map(key)));
    let nothing = move || {
        (!is_answered.get() && waiting.with(Vec::is_empty))
            .then(|| view! { <p class="empty">"Nothing is waiting for you."</p> })
    };
    let section = move |rows: Memo<Vec<DecisionRow>>, title: &'static str| {
        view! {
            <h2 class="section">{title}</h2>
            <ul class="rows">
                <For each=move || rows.get() key=key let(row)>{item(row, rows, current)}</For>
            </ul>
        }
    };
    view! {
        <section class="panel list" aria-label="Inbox">
            {move || (!is_answered.get()).then(|| section(waiting, "Waiting"))}
            {nothing}
            {move || answered.with(|rows| !rows.is_empty()).then(|| section(answered, "Answered"))}
        </section>
    }
    .part()
}

fn key(row: &DecisionRow) -> (String, String) {
    (row.session_id.to_string(), row.decision_id.clone())
}

/// One link; what it says is told anew while the link itself stays.
fn item(
    row: DecisionRow,
    rows: Memo<Vec<DecisionRow>>,
    current: Memo<Option<(String, String)>>,
) -> Part {
    let (href, own) = (ask_href(&row), key(&row));
    let found = own.clone();
    let newest = Memo::new(move |before: Option<&DecisionRow>| {
        let found = rows.with(|rows| rows.iter().find(|row| key(row) == found).cloned());
        // It is about to leave the list.
        found
            .or_else(|| before.cloned())
            .unwrap_or_else(|| row.clone())
    });
    view! {
        <li>
            <a
                class="item" href=href data-row=""
                aria-current=move || current.with(|current| current.as_ref() == Some(&own)).then_some("true")
            >
                {move || newest.with(lines)}
            </a>
        </li>
    }
    .part()
}

fn lines(row: &DecisionRow) -> Part {
    let (live, zone) = (live(), prefs().zone);
    let question = sentence(&row.question);
    if !waits(row) {
        let (look, answer) = answer_line(row);
        let at = row.made_at.unwrap_or(row.asked_at);
        let when = move || text::day_and_minute(at, live.now.get(), zone.get());
        let by = match row.by.as_deref() {
            Some("timeout") => "nobody".to_owned(),
            by => by.unwrap_or_default().to_owned(),
        };
        return view! {
            <span class="t"><span class="cut t2">{question}</span><span class="small t3 nowrap">{when}</span></span>
            <span class=format!("t small {}", look.tone)>
                <span class="cut ct">{small_icon(look.icon)}" "{answer}</span><span class="t3 cut who">{by}</span>
            </span>
        }
        .part();
    }
    let row = row.clone();
    let then = row
        .default
        .as_ref()
        .filter(|_| row.expires_at.is_some())
        .map(|default| format!("then: {}", choice_words(&row, default)));
    let name = row.session_name.clone();
    let time = move || left(&row, live.now.get()).unwrap_or_else(|| "no limit".to_owned());
    view! {
        <span class="t tone-halted">
            <span class="label cut">{question}</span><span class="small label ct nowrap">{time}</span>
        </span>
        <span class="t small t3"><span class="cut">{name}</span><span class="cut who">{then}</span></span>
    }
    .part()
}
