//! What is done with the chosen sessions: compared, tagged, deleted. Deleting asks first, and says what goes.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use loopscope_protocol::{CompareQuery, MAX_COMPARED, SessionRef, TagSessions, percent_encode};

use super::extras::{Extras, MOST};
use super::state::ListState;
use crate::acts;
use crate::part::{IntoPart as _, Part};
use crate::source::HAS_SERVER;
use crate::text;
use crate::ui::{icon, small_icon};
use crate::visit::prefs;
use crate::world;

const TAG_DIALOG: &str = "tag-sessions";
const DELETE_DIALOG: &str = "delete-sessions";

/// The head of the list while sessions are chosen.
#[component]
pub(super) fn Bulk(extras: Extras) -> impl IntoView {
    let count = Memo::new(move |_| extras.chosen.with(Vec::len));
    let prefs = prefs();
    let compare = move || {
        let fits = (2..=MAX_COMPARED).contains(&count.get());
        if fits {
            let sessions = extras.chosen.get();
            let href = CompareQuery { sessions }.page();
            view! { <a class="btn tiny primary" href=href>{small_icon("compare")}"Compare"</a> }
                .part()
        } else {
            let why = format!("Two to {MAX_COMPARED} sessions can be compared");
            view! { <button type="button" class="btn tiny" disabled title=why>{small_icon("compare")}"Compare"</button> }.part()
        }
    };
    let file = move || extras.chosen.with(|chosen| export_href(chosen));
    view! {
        <span class="label" role="status">{move || format!("{} selected", count.get())}</span>
        {compare}
        {prefs.may_steer.then(|| view! {
            <button type="button" class="btn tiny" on:click=|_| world::show_dialog(TAG_DIALOG)>"Tag…"</button>
        })}
        {HAS_SERVER.then(|| view! { <a class="btn tiny" href=file rel="external" download="">{small_icon("download")}"Export"</a> })}
        {prefs.may_admin.then(|| view! {
            <button type="button" class="btn tiny danger" on:click=|_| world::show_dialog(DELETE_DIALOG)>"Delete…"</button>
        })}
        <button type="button" class="btn tiny ghost" on:click=move |_| extras.choose(&[])>"Clear"</button>
    }
    .part()
}

/// Chooses every row that is listed, or none.
#[component]
pub(super) fn ChooseAll(state: ListState, extras: Extras) -> impl IntoView {
    let listed = move || state.listed();
    // None, some or all of what is listed.
    let share = Memo::new(move |_| {
        let listed = listed();
        let chosen = extras.chosen.get();
        let count = listed.iter().filter(|row| chosen.contains(row)).count();
        (count > 0, count > 0 && count == listed.len().min(MOST))
    });
    let change = move |_| {
        let listed = untrack(listed);
        let mut chosen = extras.chosen.get_untracked();
        if share.get_untracked().1 {
            chosen.retain(|row| !listed.contains(row));
        } else {
            chosen.extend(listed);
        }
        extras.choose(&chosen);
    };
    view! {
        <input
            type="checkbox" class="with-scripts" aria-label="Select all listed sessions"
            prop:checked=move || share.get().1 prop:indeterminate=move || share.get() == (true, false) on:change=change
        />
    }
    .part()
}

/// The address of one file with all of them: a project counts for the sessions behind it.
fn export_href(chosen: &[SessionRef]) -> String {
    let mut href = "/api/v1/export".to_owned();
    for (n, session) in chosen.iter().enumerate() {
        let pairs = [
            ("project", session.project.as_str()),
            ("session", session.id.as_str()),
        ];
        for (name, value) in pairs {
            href.push(if n == 0 && name == "project" {
                '?'
            } else {
                '&'
            });
            href.push_str(name);
            href.push('=');
            percent_encode(value, &mut href);
        }
    }
    href
}

/// The dialogs; once the page.
#[component]
pub(super) fn BulkDialogs(state: ListState, extras: Extras, known: Vec<String>) -> impl IntoView {
    let problem = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    view! {
        {tag_dialog(state, extras, known, problem, busy)}
        {delete_dialog(state, extras, problem, busy)}
    }
    .part()
}

fn told(problem: RwSignal<Option<String>>) -> Part {
    let shown = move || {
        problem.get().map(|problem| view! {
            <p class="note tone-error" role="alert">{icon("error")}<span class="grow">{problem}</span></p>
        })
    };
    shown.part()
}

fn tag_dialog(
    state: ListState,
    extras: Extras,
    known: Vec<String>,
    problem: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
) -> Part {
    let send = move |add: Vec<String>, remove: Vec<String>| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        problem.set(None);
        let sessions = extras.chosen.get_untracked();
        let asked = TagSessions {
            sessions,
            add,
            remove,
        };
        leptos::task::spawn_local(async move {
            let answer = acts::tag_sessions(&asked).await;
            busy.set(false);
            match answer {
                Ok(told) => {
                    state.retag(told);
                    world::close_dialog(TAG_DIALOG);
                }
                Err(error) => problem.set(Some(error.message)),
            }
        });
    };
    let add = move |event: SubmitEvent| {
        event.prevent_default();
        send(vec![world::field(&event, "tag")], Vec::new());
    };
    let title = move || {
        format!(
            "Tag {}",
            text::plural(extras.chosen.with(Vec::len) as u64, "session")
        )
    };
    let present = move || {
        let tags = state.tags_of(&extras.chosen.get());
        let buttons = tags.into_iter().map(|tag| {
            let (label, gone) = (format!("Remove the tag {tag}"), tag.clone());
            let remove = move |_| send(Vec::new(), vec![gone.clone()]);
            view! {
                <button type="button" class="chip" aria-label=label on:click=remove>{tag}{small_icon("error")}</button>
            }
        });
        buttons.collect_view()
    };
    let options = known
        .into_iter()
        .map(|tag| view! { <option value=tag></option> })
        .collect_view();
    view! {
        <dialog class="dialog" id=TAG_DIALOG aria-labelledby="tag-title">
            <form class="ask-form" on:submit=add>
                <h2 id="tag-title">{title}</h2>
                <label class="entry">
                    <span class="small t2">"Tag to add"</span>
                    <input type="text" name="tag" maxlength="48" list="known-tags" autocomplete="off" required data-first="" />
                </label>
                <datalist id="known-tags">{options}</datalist>
                <div class="row wraps" aria-label="Tags to remove" role="group">{present}</div>
                {told(problem)}
                <div class="end">
                    <button type="button" class="btn" on:click=|_| world::close_dialog(TAG_DIALOG)>"Cancel"</button>
                    <button class="btn primary" disabled=move || busy.get()>"Add tag"</button>
                </div>
            </form>
        </dialog>
    }
    .part()
}

fn delete_dialog(
    state: ListState,
    extras: Extras,
    problem: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
) -> Part {
    let act = move || {
        format!(
            "Delete {}",
            text::plural(extras.chosen.with(Vec::len) as u64, "session")
        )
    };
    let names = move || {
        let names = extras.chosen.get().into_iter().take(8);
        let names = names.map(|session| {
            let name = state
                .name_of(&session)
                .unwrap_or_else(|| session.to_string());
            view! { <li class="cut">{name}</li> }
        });
        names.collect_view()
    };
    let more = move || {
        let more = extras.chosen.with(Vec::len).saturating_sub(8);
        (more > 0).then(|| format!("and {more} more"))
    };
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        problem.set(None);
        let sessions = extras.chosen.get_untracked();
        leptos::task::spawn_local(async move {
            let answer = acts::delete_sessions(sessions).await;
            busy.set(false);
            match answer {
                Ok(told) => {
                    state.remove(&told.deleted);
                    extras.choose(&[]);
                    world::close_dialog(DELETE_DIALOG);
                }
                Err(error) => problem.set(Some(error.message)),
            }
        });
    };
    view! {
        <dialog class="dialog" id=DELETE_DIALOG aria-labelledby="delete-title">
            <form class="ask-form" on:submit=send>
                <h2 id="delete-title">{act}"?"</h2>
                <ul class="plain">{names}</ul>
                <p class="t3 small">{more}</p>
                <p class="t2">
                    "All their events, metrics and snapshots are permanently deleted. A program that is still running is "
                    "detached; other sessions are not affected. The deletion is recorded in the audit log."
                </p>
                {told(problem)}
                <div class="end">
                    <button type="button" class="btn" data-first="" on:click=|_| world::close_dialog(DELETE_DIALOG)>"Cancel"</button>
                    <button class="btn danger" disabled=move || busy.get()>{act}</button>
                </div>
            </form>
        </dialog>
    }
    .part()
}
