//! The inbox: questions over all sessions, what waits first; the selected one with its options.

mod detail;
mod list;

use leptos::ev;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use loopscope_protocol::{DecisionRow, DecisionsPage};

use self::detail::Detail;
use self::list::List;
use super::status::refuse;
use crate::asks::{Inbox, inbox, waits};
use crate::frame::{Crumb, page, problem};
use crate::part::{IntoPart as _, Part};
use crate::source::source;
use crate::store::live;
use crate::text;
use crate::ui::Notices;
use crate::world;

/// The page.
#[component]
pub fn DecisionsListPage() -> impl IntoView {
    let source = source();
    let decisions = Resource::new(|| (), move |()| source.decisions());
    let contents = view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                match decisions.await {
                    Ok(page) => contents(page),
                    Err(error) => {
                        let retry = Callback::new(move |()| decisions.refetch());
                        let message = refuse(error).message;
                        problem("The decisions could not be loaded", message, Some(retry))
                    }
                }
            })}
        </Transition>
    };
    page("Decisions", &[Crumb::Here("Decisions")], contents)
}

fn contents(page: DecisionsPage) -> Part {
    let inbox = inbox();
    live().set_clock(page.server_time);
    inbox.load(page);
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|query| {
            let session = query.get("session")?;
            Some((session, query.get("decision")?))
        })
    });
    let is_answered =
        Memo::new(move |_| query.with(|query| query.get("show")).as_deref() == Some("answered"));
    // What was answered here stays in view until another one is chosen.
    inbox.touched.set(None);
    let touched = move || {
        let (session, decision) = inbox.touched.get()?;
        (!is_answered.get()).then(|| (session.to_string(), decision))
    };
    let selected = Memo::new(move |_| {
        inbox
            .rows
            .with(|rows| pick(rows, asked.get().or_else(touched), is_answered.get()))
    });
    listen_to_options();
    view! {
        <Toolbar inbox is_answered />
        <div class="inbox">
            <List inbox is_answered selected />
            <Detail selected is_answered />
        </div>
    }
    .part()
}

/// The question that is shown: the one the address names, else the first of what is shown.
fn pick(
    rows: &[DecisionRow],
    asked: Option<(String, String)>,
    answered: bool,
) -> Option<DecisionRow> {
    let named = asked.and_then(|(session, decision)| {
        let is_it =
            |row: &&DecisionRow| row.session_id.as_str() == session && row.decision_id == decision;
        rows.iter().find(is_it)
    });
    let first = || rows.iter().find(|row| waits(row) != answered);
    named.or_else(first).cloned()
}

/// The keys 1–9 press the options that are shown.
fn listen_to_options() {
    Effect::new(|| {
        let handle = window_event_listener(ev::keydown, |event| {
            let plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
            let key = event.key();
            let is_option = key.len() == 1 && ("1"..="9").contains(&key.as_str());
            let free = !event.repeat() && !world::is_typing(&event) && !world::has_dialog();
            if plain && is_option && free {
                world::click(&format!("[data-option=\"{key}\"]:not([disabled])"));
            }
        });
        on_cleanup(move || handle.remove());
    });
}

#[component]
fn Toolbar(inbox: Inbox, is_answered: Memo<bool>) -> impl IntoView {
    let answered = Memo::new(move |_| {
        inbox
            .rows
            .with(|rows| rows.iter().filter(|row| !waits(row)).count() as u64)
    });
    let waiting = move || text::count(inbox.waiting.get());
    view! {
        <div class="toolbar">
            <div class="group" role="group" aria-label="Show">
                <a class="btn" href="/decisions" aria-current=move || (!is_answered.get()).then_some("true")>
                    "Waiting "<span class="t3">{waiting}</span>
                </a>
                <a class="btn" href="/decisions?show=answered" aria-current=move || is_answered.get().then_some("true")>
                    "Answered "<span class="t3">{move || text::count(answered.get())}</span>
                </a>
            </div>
            <span class="end"><Notices title="Notifies you when a question arrives while this page is in the background" /></span>
        </div>
    }
    .part()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, state: &str) -> DecisionRow {
        let json = format!(
            r#"{{"session_id":"s","session_name":"s","decision_id":"{id}","state":"{state}","question":"?","asked_at":"2026-01-01T00:00:00Z"}}"#
        );
        serde_json::from_str(&json).unwrap()
    }

    #[test]
    fn the_address_chooses_else_the_first_that_is_shown() {
        let rows = [row("a", "pending"), row("b", "pending"), row("c", "made")];
        let picked = |asked: Option<&str>, answered| {
            let asked = asked.map(|id| ("s".to_owned(), id.to_owned()));
            pick(&rows, asked, answered).map(|row| row.decision_id)
        };
        assert_eq!(picked(None, false).as_deref(), Some("a"));
        assert_eq!(picked(None, true).as_deref(), Some("c"));
        assert_eq!(picked(Some("b"), false).as_deref(), Some("b"));
        assert_eq!(picked(Some("c"), false).as_deref(), Some("c"));
        assert_eq!(picked(Some("gone"), false).as_deref(), Some("a"));
        assert_eq!(pick(&[], None, false), None);
    }
}
