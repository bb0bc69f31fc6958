//! What is looked at: the usual lists with their counts, and those that someone saved under a name.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use loopscope_protocol::{Facets, NewView, SavedView, SavedViews, SessionStatus, SessionsQuery};

use super::extras::Extras;
use crate::acts;
use crate::part::{IntoPart as _, Part};
use crate::text;
use crate::ui::{icon, small_icon};
use crate::visit::prefs;
use crate::world;

const DIALOG: &str = "save-view";

/// The usual lists.
pub(super) fn usual(query: &SessionsQuery, facets: &Facets, extras: Extras) -> Part {
    let all: u64 = facets.status.iter().map(|(_, count)| count).sum();
    let views = [
        ("All", None),
        ("Running", Some(SessionStatus::Running)),
        ("Converged", Some(SessionStatus::Converged)),
        ("Failed", Some(SessionStatus::Failed)),
    ];
    let views = views.map(|(word, status)| {
        let wanted: Vec<_> = status.into_iter().collect();
        let of = |status: SessionStatus| {
            let known = facets.status.iter().find(|(word, _)| word == status.as_str());
            known.map_or(0, |(_, count)| *count)
        };
        let count = status.map_or(all, of);
        let current = (query.status == wanted).then_some("true");
        let then = SessionsQuery { status: wanted, ..query.clone() };
        let href = move || extras.href(&then);
        view! {
            <a class="btn" href=href aria-current=current>{word}" "<span class="t3">{text::count(count)}</span></a>
        }
    });
    view! { <div class="group" role="group" aria-label="Views">{views}</div> }.part()
}

/// The saved lists, and a way to save this one.
#[component]
pub(super) fn SavedViewsBar(query: SessionsQuery, saved: SavedViews) -> impl IntoView {
    let may = prefs().may_steer;
    let views = RwSignal::new(saved.views);
    let problem = RwSignal::new(None::<String>);
    let here = SessionsQuery {
        after: None,
        limit: 0,
        ..query
    };
    let here = here.to_query_string();
    let list = {
        let here = here.clone();
        move || {
            let all = views.get().into_iter();
            all.map(|saved| one(saved, &here, may, views))
                .collect_view()
        }
    };
    let save = StoredValue::new(here);
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        problem.set(None);
        let new = NewView {
            name: world::field(&event, "name"),
            query: save.get_value(),
        };
        leptos::task::spawn_local(async move {
            match acts::keep_view(&new).await {
                Ok(view) => {
                    views.update(|views| views.push(view));
                    world::close_dialog(DIALOG);
                }
                Err(error) => problem.set(Some(error.message)),
            }
        });
    };
    let told = move || {
        problem.get().map(|problem| view! {
            <p class="note tone-error" role="alert">{icon("error")}<span class="grow">{problem}</span></p>
        })
    };
    let dialog = may.then(|| view! {
        <button type="button" class="btn ghost" on:click=|_| world::show_dialog(DIALOG)>{small_icon("save")}"Save view"</button>
        <dialog class="dialog" id=DIALOG aria-labelledby="save-title">
            <form class="ask-form" on:submit=send>
                <h2 id="save-title">"Save this view"</h2>
                <p class="t2">"The filters, search and order are saved on the server for everyone with access to these sessions."</p>
                <label class="entry">
                    <span class="small t2">"Name"</span>
                    <input type="text" name="name" maxlength="64" autocomplete="off" required data-first="" />
                </label>
                {told}
                <div class="end">
                    <button type="button" class="btn" on:click=|_| world::close_dialog(DIALOG)>"Cancel"</button>
                    <button class="btn primary">"Save view"</button>
                </div>
            </form>
        </dialog>
    });
    view! {
        <div class="saved" role="group" aria-label="Saved views" class:hidden=move || views.with(Vec::is_empty)>{list}</div>
        {dialog}
    }
    .part()
}

fn one(saved: SavedView, here: &str, may: bool, views: RwSignal<Vec<SavedView>>) -> Part {
    let href = if saved.query.is_empty() {
        "/sessions".to_owned()
    } else {
        format!("/sessions?{}", saved.query)
    };
    let is_here = saved.query == here;
    let (label, id) = (
        format!("Remove the view {}", saved.name),
        saved.view_id.clone(),
    );
    let remove = move |_| {
        let id = id.clone();
        leptos::task::spawn_local(async move {
            // One that is gone already is gone all the same.
            let _ = acts::remove_view(&id).await;
            views.update(|views| views.retain(|view| view.view_id != id));
        });
    };
    let gone = (may && is_here).then(|| view! {
        <button type="button" class="btn ghost icon" aria-label=label on:click=remove>{small_icon("error")}</button>
    });
    view! {
        <a class="btn" href=href aria-current=is_here.then_some("true")>
            <span class="cut">{saved.name}</span>
            {saved.count.map(|count| view! { " "<span class="t3">{text::count(count)}</span> })}
        </a>
        {gone}
    }
    .part()
}
