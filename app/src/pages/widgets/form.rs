//! The form of a declaration: a field for every part, or all of it as JSON, and beside it what it would show of the
//! newest events. An answer that names a field is shown at that field, and nothing is lost.

use std::collections::HashMap;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use loopscope_board::widgets::{Picture, check};
use loopscope_protocol::{ApiError, ErrorCode, WidgetSpec};
use serde_json::Value;

use super::fields::{Entry, FIELDS, Field, declaration, first, text_of};
use crate::acts;
use crate::part::{IntoPart as _, Part};
use crate::ui::icon;
use crate::widgets::preview;
use crate::world;

const DIALOG: &str = "widget";
/// So long nobody typed before it is tried, in milliseconds.
const REST_MS: u64 = 300;

/// What the form is about.
#[derive(Clone, Copy)]
pub(super) struct Form {
    /// The name of what is edited; none for a new one. Counts on, so that the fields are made anew.
    opened: RwSignal<(u32, Option<String>)>,
    /// What stands in each field.
    values: StoredValue<HashMap<&'static str, String>>,
    /// Whether all of it stands as JSON.
    as_text: RwSignal<bool>,
    /// The field at fault, and why.
    problem: RwSignal<Option<(String, String)>>,
    /// What it would show.
    tried: RwSignal<Option<Picture>>,
    /// Counts what was typed: only the newest is tried.
    typed: StoredValue<u32>,
    again: Callback<()>,
}

impl Form {
    pub(super) fn new(again: Callback<()>) -> Self {
        Self {
            opened: RwSignal::new((0, None)),
            values: StoredValue::new(HashMap::new()),
            as_text: RwSignal::new(false),
            problem: RwSignal::new(None),
            tried: RwSignal::new(None),
            typed: StoredValue::new(0),
            again,
        }
    }

    pub(super) fn open(self, spec: Option<WidgetSpec>) {
        self.problem.set(None);
        self.tried.set(None);
        self.as_text.set(false);
        let name = spec.as_ref().map(|spec| spec.name.clone());
        let whole = serde_json::to_value(spec.unwrap_or_else(first)).unwrap_or_default();
        self.fill(&with_defaults(whole));
        self.opened.update(|opened| *opened = (opened.0 + 1, name));
        world::next_frame(|| world::show_dialog(DIALOG));
        self.try_soon();
    }

    fn fill(self, spec: &Value) {
        let fields = FIELDS
            .iter()
            .map(|field| (field.name, text_of(spec, field.name)));
        self.values.set_value(fields.collect());
    }

    fn value(self, name: &str) -> String {
        self.values
            .with_value(|values| values.get(name).cloned().unwrap_or_default())
    }

    fn put(self, name: &'static str, value: String) {
        self.values.update_value(|values| {
            values.insert(name, value);
        });
        self.try_soon();
    }

    /// What the form says, as JSON.
    fn declaration(self) -> Result<Value, (String, String)> {
        if self.as_text.get_untracked() {
            let text = self.value("text");
            return serde_json::from_str(&text)
                .map_err(|error| ("text".to_owned(), format!("not JSON: {error}")));
        }
        declaration(|name| self.value(name)).map_err(|field| (field, "enter a number".to_owned()))
    }

    /// From the fields to JSON, and back.
    fn turn(self) {
        match self.declaration() {
            Ok(spec) if self.as_text.get_untracked() => self.fill(&with_defaults(spec)),
            Ok(spec) => {
                let text = serde_json::to_string_pretty(&spec).unwrap_or_default();
                self.values.update_value(|values| {
                    values.insert("text", text);
                });
            }
            Err(problem) => return self.problem.set(Some(problem)),
        }
        self.as_text.update(|own| *own = !*own);
        self.opened.update(|opened| opened.0 += 1);
    }

    fn try_soon(self) {
        let typed = self.typed.get_value() + 1;
        self.typed.set_value(typed);
        let go = move || {
            if self.typed.try_get_value() == Some(typed) {
                self.try_now(typed);
            }
        };
        set_timeout(go, Duration::from_millis(REST_MS));
    }

    fn try_now(self, typed: u32) {
        let mut spec = match self.declaration() {
            Ok(spec) => spec,
            Err(problem) => return self.problem.set(Some(problem)),
        };
        // It can be tried before it has a name, and says nothing before it has events.
        let is_new = spec["name"].as_str().is_none_or(str::is_empty);
        if is_new {
            spec["name"] = "new".into();
        }
        let select = &spec["select"];
        if select["events"].is_null() && select["kinds"].is_null() {
            self.problem.set(None);
            return self.tried.set(None);
        }
        // What is wrong is said here already, by the same check.
        let checked = serde_json::from_value::<WidgetSpec>(spec.clone())
            .map_err(|error| ApiError::new(ErrorCode::InvalidField, error.to_string()))
            .and_then(|spec| check(&spec).map(|_| ()));
        if let Err(error) = checked {
            return self.refuse(error);
        }
        let asked = acts::try_widget(&spec);
        spawn_local(async move {
            let answer = asked.await;
            if self.typed.try_get_value() != Some(typed) {
                return;
            }
            match answer {
                Ok(picture) => {
                    self.problem.set(None);
                    self.tried.set(Some(picture));
                }
                Err(error) => self.refuse(error),
            }
        });
    }

    fn refuse(self, error: ApiError) {
        self.tried.try_set(None);
        let field = error.field.unwrap_or_default();
        self.problem.try_set(Some((field, error.message)));
    }

    fn submit(self) {
        let spec = match self.declaration() {
            Ok(spec) => spec,
            Err(problem) => return self.problem.set(Some(problem)),
        };
        let edited = self.opened.with_untracked(|opened| opened.1.clone());
        let sent = acts::declare_widget(edited.as_deref(), &spec);
        spawn_local(async move {
            match sent.await {
                Ok(_) => {
                    world::close_dialog(DIALOG);
                    self.again.run(());
                }
                Err(error) => self.refuse(error),
            }
        });
    }

    /// Whether a field is the one at fault.
    fn is_wrong(self, name: &str) -> bool {
        self.problem.with(|problem| {
            let at = problem.as_ref().map_or("", |(at, _)| at.as_str());
            at == name
                || at
                    .strip_prefix(name)
                    .is_some_and(|rest| rest.starts_with('['))
        })
    }
}

/// What a declaration leaves out stands in its field all the same.
fn with_defaults(mut spec: Value) -> Value {
    let defaults = [
        ("x", "time"),
        ("y", "count"),
        ("aggregate", "count"),
        ("chart", "line"),
        ("unit", "number"),
    ];
    if let Some(own) = spec.as_object_mut() {
        for (name, word) in defaults {
            own.entry(name).or_insert_with(|| word.into());
        }
    }
    spec
}

/// The dialog.
pub(super) fn dialog(form: Form) -> Part {
    let contents = move || {
        let (nth, name) = form.opened.get();
        (nth > 0).then(|| contents(form, name.is_some()))
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        form.submit();
    };
    view! {
        <dialog class="dialog wide-dialog widget-dialog" id=DIALOG aria-labelledby="widget-title">
            <form class="ask-form" on:submit=submit>{contents}</form>
        </dialog>
    }
    .part()
}

fn contents(form: Form, is_edited: bool) -> Part {
    let title = if is_edited {
        "Edit widget"
    } else {
        "New widget"
    };
    let as_text = form.as_text.get_untracked();
    let turn = if as_text { "As fields" } else { "As JSON" };
    let fields: Vec<Part> = if as_text {
        vec![text(form)]
    } else {
        let fields = FIELDS.iter().filter(|field| field.name != "text");
        fields.map(|field| entry(form, field, is_edited)).collect()
    };
    let class = if as_text { "fields" } else { "pair" };
    let problem = move || {
        form.problem.get().map(|(field, message)| {
            let field = if field.is_empty() { field } else { format!("{}: ", spoken(&field, as_text)) };
            view! { <p class="note tone-error" role="alert">{icon("error")}<span class="grow">{field}{message}</span></p> }
        })
    };
    let shown = move || {
        form.tried.with(|picture| match picture {
            Some(picture) => preview(picture),
            None => view! { <p class="empty">"Choose events to see a preview."</p> }.part(),
        })
    };
    view! {
        <div class="row spread">
            <h2 id="widget-title">{title}</h2>
            <button type="button" class="btn ghost tiny" on:click=move |_| form.turn()>{turn}</button>
        </div>
        <div class="wid-form">
            <div class=class>{fields}</div>
            <div class="wid-preview"><h3 class="small t3">"Preview (newest events)"</h3>{shown}</div>
        </div>
        {problem}
        <div class="end">
            <button type="button" class="btn" on:click=|_| world::close_dialog(DIALOG)>"Cancel"</button>
            <button type="submit" class="btn primary">"Save widget"</button>
        </div>
    }
    .part()
}

/// A field as it is called where the fault is shown: over its entry, or in the declaration.
fn spoken(field: &str, as_text: bool) -> &str {
    let plain = field.split('[').next().unwrap_or(field);
    let known = FIELDS.iter().find(|known| known.name == plain && !as_text);
    known.map_or(field, |known| known.label)
}

fn text(form: Form) -> Part {
    let wrong = move || form.is_wrong("text").then_some("true");
    view! {
        <label class="entry"><span class="small t2">"Declaration (JSON)"</span>
            <textarea
                class="mono" rows="18" spellcheck="false" aria-invalid=wrong
                on:input=move |event| form.put("text", event_target_value(&event))
            >{form.value("text")}</textarea></label>
    }
    .part()
}

fn entry(form: Form, field: &'static Field, is_edited: bool) -> Part {
    let value = form.value(field.name);
    let wrong = move || form.is_wrong(field.name).then_some("true");
    let put = move |event| form.put(field.name, event_target_value(&event));
    // Another name would be another widget.
    let fixed = is_edited && field.name == "name";
    match field.entry {
        Entry::Choice(all) => {
            let options: Vec<Part> = all
                .iter()
                .map(|(word, label)| {
                    view! { <option value=*word selected=*word == value>{*label}</option> }.part()
                })
                .collect();
            view! {
                <label class="entry"><span class="small t2">{field.label}</span>
                    <select name=field.name aria-invalid=wrong on:change=put>{options}</select></label>
            }
            .part()
        }
        Entry::Text | Entry::List | Entry::Number => {
            let mode = (field.entry == Entry::Number).then_some("decimal");
            view! {
                <label class="entry"><span class="small t2">{field.label}</span>
                    <input
                        type="text" inputmode=mode name=field.name aria-invalid=wrong readonly=fixed autocomplete="off"
                        spellcheck="false" placeholder=field.hint value=value on:input=put
                    /></label>
            }
            .part()
        }
    }
}
