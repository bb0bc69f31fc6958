//! The dialog of notes: one to be left at the moment that is shown, and those that are there, each with the way to its
//! moment.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use loopscope_board::Board;
use loopscope_event::Seq;
use loopscope_protocol::{Annotation, MAX_ANNOTATION_CHARS, Moment, NewAnnotation};

use super::super::state::SessionState;
use crate::acts;
use crate::part::{IntoPart as _, Part};
use crate::source::Loading;
use crate::text;
use crate::ui::{icon, small_icon};
use crate::visit::prefs;
use crate::world;

const DIALOG: &str = "notes";
const TEXT: &str = "note-text";

/// The button of the replay bar.
#[component]
pub(in crate::pages::session) fn NoteButton(state: SessionState) -> impl IntoView {
    let notes = state.notes;
    let count = Memo::new(move |_| notes.all.with(Vec::len));
    let label = move || match count.get() {
        0 => "Add a note".to_owned(),
        count => format!("Notes, {count}"),
    };
    let open = move |_| {
        state.replay.pause();
        let shown = state.board.with_untracked(Board::seq);
        notes.moment.set(Some(shown));
        notes.editing.set(None);
        notes.removing.set(None);
        notes.problem.set(None);
        // Its contents must stand before the focus goes there.
        world::next_frame(|| world::show_dialog(DIALOG));
    };
    view! {
        <button
            type="button" class="btn ghost noting" data-annotate="" aria-keyshortcuts="a" aria-label=label
            title="Notes at moments of this session" on:click=open
        >
            {icon("flag")}
            {move || (count.get() > 0).then(|| view! { <span class="t2">{count.get()}</span> })}
        </button>
    }
    .part()
}

/// The dialog; once a session's page.
#[component]
pub(in crate::pages::session) fn NotesDialog(state: SessionState) -> impl IntoView {
    let notes = state.notes;
    let is_open = Memo::new(move |_| notes.moment.get().is_some());
    view! {
        <dialog class="dialog notes" id=DIALOG aria-labelledby="notes-title">
            <div>
                <h2 id="notes-title">"Notes"</h2>
                {move || is_open.get().then(|| form(state))}
                <ul class="note-list">
                    <For each=move || notes.all.get() key=Clone::clone let(note)>{one(state, note)}</For>
                </ul>
                <form method="dialog" class="end"><button class="btn">"Close"</button></form>
            </div>
        </dialog>
    }
    .part()
}

/// Where a note is written, or written anew.
fn form(state: SessionState) -> Part {
    let notes = state.notes;
    if !prefs().may_steer {
        return view! { <p class="small t2">"Your token is read-only: adding notes needs the control role."</p> }
            .part();
    }
    let about = move || {
        if let Some(note) = notes.editing.get() {
            return format!("Edit the note at event {}", text::count(note.seq.0));
        }
        let seq = notes.moment.get().unwrap_or_default();
        format!("At event {}", text::count(seq.0))
    };
    let word = move || {
        if notes.editing.with(Option::is_some) {
            "Save"
        } else {
            "Add note"
        }
    };
    let problem = move || {
        notes.problem.get().map(|problem| view! {
            <p class="note tone-error" role="alert">{icon("error")}<span class="grow">{problem}</span></p>
        })
    };
    view! {
        <form class="ask-form" on:submit=move |event| send(state, &event)>
            <label class="entry">
                <span class="small t2">{about}</span>
                <textarea
                    name="text" id=TEXT rows="3" required=true maxlength=MAX_ANNOTATION_CHARS.to_string()
                    data-first="" placeholder="What should be remembered about this moment?"
                ></textarea>
            </label>
            {problem}
            <div class="end">
                <button type="submit" class="btn primary" disabled=move || notes.busy.get()>{word}</button>
            </div>
        </form>
    }
    .part()
}

fn send(state: SessionState, event: &SubmitEvent) {
    event.prevent_default();
    let notes = state.notes;
    if notes.busy.get_untracked() {
        return;
    }
    let note = |at: Option<Seq>| NewAnnotation {
        text: world::field(event, "text"),
        at: at.map(|seq| seq.to_string()),
    };
    let key = state.key.get_value();
    let answer = match notes.editing.get_untracked() {
        Some(old) => acts::change_note(&key, &old.annotation_id, &note(None)),
        None => acts::annotate(&key, &note(notes.moment.get_untracked())),
    };
    follow(state, answer, true);
}

/// Waits for the server's word; what it says is also told to every other page by an event.
fn follow<T: Send + 'static>(state: SessionState, answer: Loading<T>, writes: bool) {
    let notes = state.notes;
    notes.problem.set(None);
    notes.busy.set(true);
    spawn_local(async move {
        let answer = answer.await;
        notes.busy.set(false);
        match answer {
            Ok(_) => {
                notes.editing.set(None);
                notes.removing.set(None);
                if writes {
                    world::set_value_of(TEXT, "");
                }
                state.reload_notes();
            }
            Err(error) => notes.problem.set(Some(error.message)),
        }
    });
}

/// One note, and the way to its moment.
fn one(state: SessionState, note: Annotation) -> Part {
    let (notes, zone) = (state.notes, prefs().zone);
    let (seq, at) = (note.seq, note.at);
    let go = move |_| {
        world::close_dialog(DIALOG);
        state.seek(Moment::Seq(seq));
    };
    let edited = note
        .edited_by
        .clone()
        .map(|by| format!(" · edited by {by}"));
    let by = format!("{}{}", note.by, edited.unwrap_or_default());
    let (text, id) = (note.text.clone(), note.annotation_id.clone());
    let is_leaving = Memo::new(move |_| notes.removing.with(|own| own.as_deref() == Some(&*id)));
    let may = prefs().may_steer;
    let id = note.annotation_id.clone();
    let edit_text = note.text.clone();
    let (ask, drop) = (id.clone(), id);
    let edit = move |_| {
        notes.editing.set(Some(note.clone()));
        world::set_value_of(TEXT, &edit_text);
        world::focus(TEXT);
    };
    let acts = move || {
        let (ask, drop) = (ask.clone(), drop.clone());
        if is_leaving.get() {
            let remove = move |_| {
                let key = state.key.get_value();
                follow(state, acts::remove_note(&key, &drop), false);
            };
            view! {
                <span class="small t2">"Delete this note?"</span>
                <button type="button" class="btn tiny" on:click=move |_| notes.removing.set(None)>"Cancel"</button>
                <button type="button" class="btn tiny danger" on:click=remove>"Delete"</button>
            }
            .part()
        } else {
            view! {
                <button type="button" class="btn ghost tiny" on:click=edit.clone()>"Edit"</button>
                <button type="button" class="btn ghost tiny" on:click=move |_| notes.removing.set(Some(ask.clone()))>"Delete…"</button>
            }
            .part()
        }
    };
    view! {
        <li>
            <div class="row small">
                <button type="button" class="link mono" on:click=go>
                    {small_icon("flag")}" "{move || text::second(at, zone.get())}
                </button>
                <span class="t3">"event "{text::count(seq.0)}" · "{by}</span>
            </div>
            <p class="lines">{text}</p>
            {may.then(|| view! { <div class="row end">{acts}</div> })}
        </li>
    }
    .part()
}
