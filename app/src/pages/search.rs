//! What is found by words over everything: sessions, then events, each event with the piece of its text, leading to its
//! place in its session.

use std::fmt::Write as _;

use leptos::prelude::*;
use leptos_router::components::Form;
use leptos_router::hooks::use_query_map;
use loopscope_event::Offset;
use loopscope_protocol::{
    EventHit, MAX_QUESTION_CHARS, SearchAnswer, SessionSummary, percent_encode,
};

use super::status::refuse;
use crate::frame::{Crumb, page, problem};
use crate::part::{IntoPart as _, Part};
use crate::source::{SessionKey, source};
use crate::store::live;
use crate::text;
use crate::ui::{dialect_word, severity_mark, small_icon, status_pill};
use crate::visit::prefs;

/// What the address asks for: words, and before which event.
type Asked = (String, Option<Offset>);

/// The page.
#[component]
pub fn SearchPage() -> impl IntoView {
    let params = use_query_map();
    let asked: Memo<Asked> = Memo::new(move |_| {
        params.with(|params| {
            let before = params.get("before").and_then(|before| before.parse().ok());
            let text = params.get("q").unwrap_or_default();
            // What is beyond could not be asked for.
            let text = text.chars().take(MAX_QUESTION_CHARS).collect();
            (text, before.map(Offset))
        })
    });
    let source = source();
    let found = Resource::new(
        move || asked.get(),
        move |(text, before)| source.search(text, before),
    );
    let contents = view! {
        {field(asked)}
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                match found.await {
                    Ok(answer) => results(answer, &asked.get_untracked()),
                    Err(error) => {
                        let retry = Callback::new(move |()| found.refetch());
                        problem("The search failed", refuse(error).message, Some(retry))
                    }
                }
            })}
        </Transition>
    };
    page("Search", &[Crumb::Here("Search")], contents.part())
}

fn field(asked: Memo<Asked>) -> Part {
    let first = asked.with_untracked(|(text, _)| text.clone());
    let now = move || asked.with(|(text, _)| text.clone());
    view! {
        <Form method="GET" action="/search" attr:class="find" attr:role="search">
            <label class="search wide">
                {small_icon("search")}
                <input
                    type="search" name="q" value=first prop:value=now maxlength="256" autocomplete="off"
                    aria-label="Search terms" placeholder="Names, targets, ids, or text of events"
                />
            </label>
            <button class="btn primary">"Search"</button>
        </Form>
    }
    .part()
}

fn results(answer: SearchAnswer, (asked, before): &Asked) -> Part {
    if asked.trim().is_empty() {
        return hint(
            "Searches the names, targets and ids of sessions, and the text of every event.",
        );
    }
    let SearchAnswer {
        sessions,
        events,
        widened,
        next,
        behind,
    } = answer;
    let count = events.len();
    let behind = (behind > 0).then(|| {
        let count = text::plural(behind, "newest event");
        note(format!("Still indexing the {count}."))
    });
    let widened = widened.then(|| {
        note("No exact matches. Showing events with words that start with these.".to_owned())
    });
    let nothing = (sessions.is_empty() && count == 0).then(|| match next {
        Some(_) => hint("You do not have access to any of the newest events with these words."),
        None => hint("No sessions or events match all of these words."),
    });
    let found = (count > 0 || next.is_some()).then(|| {
        let which = if before.is_some() {
            "earlier ones"
        } else {
            "newest first"
        };
        view! {
            <section class="panel" aria-label="Events found">
                <div class="panel-head"><h2>"Events"</h2><span class="t3 small">{which}</span></div>
                <ul class="rows hits">{events.into_iter().map(event).collect_view()}</ul>
                {next.map(|next| earlier(asked, next))}
            </section>
        }
        .part()
    });
    view! { {behind}{nothing}{sessions_found(sessions)}{widened}{found} }.part()
}

fn hint(words: &'static str) -> Part {
    view! { <p class="empty" role="status">{words}</p> }.part()
}

fn note(words: String) -> Part {
    view! { <p class="t3 small" role="status">{words}</p> }.part()
}

/// The way to the next page.
fn earlier(asked: &str, next: Offset) -> Part {
    let mut href = "/search?q=".to_owned();
    percent_encode(asked, &mut href);
    let _ = write!(href, "&before={}", next.0);
    view! { <div class="panel-foot"><a class="btn ghost" href=href>"Earlier events"</a></div> }
        .part()
}

fn sessions_found(sessions: Vec<SessionSummary>) -> Option<Part> {
    let count = sessions.len();
    (count > 0).then(|| {
        view! {
            <section class="panel" aria-label="Sessions found">
                <div class="panel-head"><h2>"Sessions"</h2><span class="t3 small">{count}</span></div>
                <ul class="rows named">{sessions.into_iter().map(session).collect_view()}</ul>
            </section>
        }
        .part()
    })
}

fn session(row: SessionSummary) -> Part {
    let live = live();
    let href = SessionKey::of(&row).page("");
    let last = row.last_event_at;
    let age = move || text::age(live.now.get().since(last));
    let target = row.target.clone().filter(|target| *target != row.name);
    let below = target.unwrap_or_else(|| row.session_id.to_string());
    view! {
        <li>
            <a href=href data-row="">
                {status_pill(row.status)}
                <span class="label cut">{row.name}</span>
                <span class="mono t3 cut">{below}</span>
                <span class="t3 small no-phone">{dialect_word(row.dialect)}</span>
                <span class="t3 small age">{age}</span>
            </a>
        </li>
    }
    .part()
}

/// An event leads to its place among the events of its session, where it stands open.
fn event(hit: EventHit) -> Part {
    let (live, zone) = (live(), prefs().zone);
    let key = SessionKey {
        project: hit.project,
        id: hit.session_id,
    };
    let mut href = key.page("events");
    let _ = write!(href, "&event={}", hit.seq);
    let at = hit.timestamp;
    let when = move || text::day_and_second(at, live.now.get(), zone.get());
    let words = hit.snippet.into_iter().map(|part| {
        if part.marked {
            view! { <mark>{part.text}</mark> }.part()
        } else {
            part.text.part()
        }
    });
    view! {
        <li>
            <a href=href data-row="">
                <span class="t3 small num">{when}</span>
                <span class="mono cut name">{hit.severity.map(severity_mark)}{hit.name}</span>
                <span class="t2 cut of">{hit.session_name}</span>
                <span class="said">{words.collect_view()}</span>
            </a>
        </li>
    }
    .part()
}
