//! Which session to add: the newest ones, or those that words find. Links and a form, so that it works without scripts.

use leptos::prelude::*;
use leptos_router::components::Form;
use loopscope_protocol::{MAX_COMPARED, SessionSummary, SessionsQuery};

use super::asked::Asked;
use crate::part::{IntoPart as _, Part};
use crate::source::{SessionKey, source};
use crate::store::{Live, live};
use crate::text;
use crate::ui::{dialect_word, small_icon, status_pill};
use crate::world;

/// How many sessions are offered.
const OFFERED: u32 = 12;

/// The panel, while a session is looked for or there are not two yet.
#[component]
pub(super) fn Picker(asked: Memo<Asked>) -> impl IntoView {
    let open = Memo::new(move |_| {
        asked.with(|asked| {
            let runs = asked.runs.sessions.len();
            (asked.adds || runs < 2) && runs < MAX_COMPARED
        })
    });
    view! { {move || open.get().then(|| panel(asked))} }.part()
}

fn panel(asked: Memo<Asked>) -> Part {
    let source = source();
    let find = Memo::new(move |_| asked.with(|asked| asked.find.clone()));
    let found = Resource::new(
        move || find.get(),
        move |find| {
            let query = SessionsQuery {
                text: Some(find).filter(|find| !find.is_empty()),
                limit: OFFERED + MAX_COMPARED as u32,
                ..SessionsQuery::default()
            };
            source.sessions(query)
        },
    );
    let list = move || {
        Suspend::new(async move {
            match found.await {
                Ok(page) => offers(asked, page.sessions),
                Err(error) => view! { <p class="empty">{error.message}</p> }.part(),
            }
        })
    };
    view! {
        <section class="panel pick" aria-label="Add a session">
            <div class="panel-head">
                <h2>"Add a session"</h2>
                <span class="more">{search(asked)}</span>
            </div>
            <Transition fallback=|| ()>{list}</Transition>
        </section>
    }
    .part()
}

fn search(asked: Memo<Asked>) -> Part {
    let first = asked.with_untracked(|asked| asked.find.clone());
    let hidden = move || {
        let fields = asked.with(|asked| asked.with(|asked| asked.adds = true).fields());
        let others = fields.into_iter().filter(|(name, _)| *name != "find");
        others
            .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
            .collect_view()
    };
    view! {
        <Form method="GET" action="/compare">
            <div class="row" on:change=|event| world::submit(&event)>
                {hidden}
                <label class="search wide">
                    {small_icon("search")}
                    <input type="search" name="find" placeholder="Name, target or id" aria-label="Find a session" value=first />
                </label>
                <button class="btn without-scripts">"Find"</button>
            </div>
        </Form>
    }
    .part()
}

fn offers(asked: Memo<Asked>, sessions: Vec<SessionSummary>) -> Part {
    // The list may be drawn anew when its place is another's already: what is shared is looked up now.
    let live = live();
    let empty = sessions.is_empty();
    let rows = move || {
        let chosen = asked.with(|asked| asked.runs.sessions.clone());
        let others = sessions
            .iter()
            .filter(|row| !chosen.contains(&SessionKey::of(row).reference()));
        others
            .take(OFFERED as usize)
            .map(|row| offer(asked, row, live))
            .collect_view()
    };
    view! {
        <ul class="rows picks">{rows}</ul>
        {empty.then(|| view! { <p class="empty">"No matching sessions."</p> })}
    }
    .part()
}

fn offer(asked: Memo<Asked>, row: &SessionSummary, live: Live) -> Part {
    let session = SessionKey::of(row).reference();
    let href = move || {
        asked.with(|asked| {
            let with = asked.with(|asked| {
                asked.runs.sessions.push(session.clone());
                // Whoever has two can see them first.
                asked.adds = asked.adds && asked.runs.sessions.len() > 2;
            });
            with.href()
        })
    };
    let last = row.last_event_at;
    let age = move || text::age(live.now.get().since(last));
    let below = row
        .target
        .clone()
        .unwrap_or_else(|| row.session_id.to_string());
    view! {
        <li>
            <a href=href>
                {small_icon("plus")}
                <span class="label cut">{row.name.clone()}</span>
                <span class="mono t3 cut">{below}</span>
                {status_pill(row.status)}
                <span class="t3 small no-phone">{dialect_word(row.dialect)}</span>
                <span class="t3 small age">{age}</span>
            </a>
        </li>
    }
    .part()
}
