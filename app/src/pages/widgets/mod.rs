//! Widgets: what is declared and pushed, the form of a declaration, and how both are arranged on the Overview and on
//! sessions' pages. In: the list. Out: declarations, deletions and arrangements, sent when a button is pressed.

mod arrange;
mod fields;
mod form;

use std::pin::Pin;

use leptos::prelude::*;
use leptos::task::spawn_local;
use loopscope_protocol::{
    ApiError, ServerMessage, Widget, WidgetArrangement, WidgetNews, WidgetPlace, WidgetSource,
    Widgets,
};

use self::form::Form;
use super::status::refuse;
use crate::acts;
use crate::frame::{Crumb, page, problem};
use crate::part::{IntoPart as _, Part};
use crate::source::{Source, source};
use crate::store::{Listener, Taken, Wants, live};
use crate::text;
use crate::ui::{CopyButton, icon, small_icon};
use crate::visit::prefs;

/// The page.
#[component]
pub fn WidgetsPage() -> impl IntoView {
    let source = source();
    let loaded = Resource::new(|| (), move |()| source.widgets());
    let contents = view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                match loaded.await {
                    Ok(widgets) => contents(widgets),
                    Err(error) => {
                        let retry = Callback::new(move |()| loaded.refetch());
                        problem("The widgets could not be loaded", refuse(error).message, Some(retry))
                    }
                }
            })}
        </Transition>
    };
    page("Widgets", &[Crumb::Here("Widgets")], contents)
}

/// What the page shows, as signals.
#[derive(Clone, Copy)]
struct State {
    widgets: RwSignal<Vec<Widget>>,
    arrangement: RwSignal<WidgetArrangement>,
    /// What went wrong last.
    problem: RwSignal<Option<String>>,
    source: StoredValue<Source>,
}

impl State {
    fn new(loaded: Widgets) -> Self {
        Self {
            widgets: RwSignal::new(loaded.widgets),
            arrangement: RwSignal::new(loaded.arrangement),
            problem: RwSignal::new(None),
            source: StoredValue::new(source()),
        }
    }

    async fn load(self) -> bool {
        let Some(loading) = self.source.try_with_value(|source| source.widgets()) else {
            return false;
        };
        match loading.await {
            Ok(loaded) => {
                if self
                    .widgets
                    .try_with_untracked(|own| *own != loaded.widgets)
                    == Some(true)
                {
                    self.widgets.set(loaded.widgets);
                }
                let arrangement = loaded.arrangement;
                if self
                    .arrangement
                    .try_with_untracked(|own| *own != arrangement)
                    == Some(true)
                {
                    self.arrangement.set(arrangement);
                }
                true
            }
            Err(_) => false,
        }
    }

    fn remove(self, name: &str) {
        let gone = acts::remove_widget(name);
        spawn_local(async move {
            if let Err(error) = gone.await {
                self.problem.try_set(Some(error.message));
            }
            self.load().await;
        });
    }

    /// Keeps an arrangement; where that fails, what is kept stands again.
    fn arrange(self, arrangement: WidgetArrangement) {
        self.arrangement.set(arrangement.clone());
        self.problem.set(None);
        let sent = acts::arrange_widgets(&arrangement);
        spawn_local(async move {
            if let Err(ApiError { message, .. }) = sent.await {
                self.problem.try_set(Some(message));
                self.load().await;
            }
        });
    }
}

impl Listener for State {
    fn wants(&self) -> Wants {
        Wants {
            widgets: true,
            ..Wants::default()
        }
    }

    fn take(&self, messages: Vec<ServerMessage>) -> Taken {
        let is_news = messages.iter().any(|message| match message {
            ServerMessage::Widgets(frame) => {
                let mut changes = frame.changes.iter();
                changes.any(|change| change.what == WidgetNews::Definitions)
            }
            _ => false,
        });
        if is_news {
            let state = *self;
            spawn_local(async move {
                state.load().await;
            });
        }
        Taken::Fits
    }

    fn refresh(&self) -> Pin<Box<dyn Future<Output = bool>>> {
        Box::pin(self.load())
    }
}

fn contents(loaded: Widgets) -> Part {
    live().set_clock(loaded.server_time);
    let state = State::new(loaded);
    Effect::new(move || live().attach(state));
    let may = prefs().may_steer;
    let form = Form::new(Callback::new(move |()| {
        spawn_local(async move {
            state.load().await;
        });
    }));
    let count = move || {
        let count = state.widgets.with(Vec::len);
        text::plural(count as u64, "widget")
    };
    let is_empty = Memo::new(move |_| state.widgets.with(Vec::is_empty));
    let new = may.then(|| {
        view! { <button type="button" class="btn primary" data-new-widget="" on:click=move |_| form.open(None)>{small_icon("plus")}"New widget"</button> }
    });
    let body = move || {
        if is_empty.get() {
            teach()
        } else {
            full(state, form)
        }
    };
    let problem = move || {
        let told = state.problem.get();
        told.map(|message| view! { <p class="note tone-error" role="alert">{icon("error")}<span class="grow">{message}</span></p> })
    };
    view! {
        <div class="stack">
            <div class="toolbar"><span class="t3 small">{count}</span><span class="end">{new}</span></div>
            {problem}
            {body}
        </div>
        {may.then(|| form::dialog(form))}
    }
    .part()
}

fn full(state: State, form: Form) -> Part {
    let rows = move || {
        state.widgets.with(|own| {
            let rows = own.iter().map(|widget| row(state, form, widget));
            rows.collect_view()
        })
    };
    view! {
        <section class="panel" aria-label="All widgets">
            <div class="panel-head"><h2>"All widgets"</h2></div>
            <ul class="rows">{rows}</ul>
        </section>
        <div class="wid-cols">
            {arrange::panel(state, WidgetPlace::Overview, "On the Overview")}
            {arrange::panel(state, WidgetPlace::Session, "On sessions' pages")}
        </div>
    }
    .part()
}

fn row(state: State, form: Form, widget: &Widget) -> Part {
    let may = prefs().may_steer;
    let own = widget.clone();
    let edit = (may && widget.source == WidgetSource::Declared).then(|| {
        let label = format!("Edit {}", widget.name);
        view! { <button type="button" class="btn ghost tiny" aria-label=label on:click=move |_| form.open(own.spec.clone())>"Edit"</button> }
    });
    let name = widget.name.clone();
    let remove = may.then(|| {
        let label = format!("Delete {}", widget.name);
        view! { <button type="button" class="btn ghost tiny" aria-label=label on:click=move |_| state.remove(&name)>"Delete"</button> }
    });
    let source = match widget.source {
        WidgetSource::Declared => "declared",
        WidgetSource::Pushed => "pushed",
    };
    view! {
        <li class="wid-row">
            <span class="two">
                <span class="label cut">{widget.title.clone()}" "<span class="badge">{source}</span></span>
                <span class="small t3 cut"><code class="mono">{widget.name.clone()}</code>" · "{said(widget)}</span>
            </span>
            <span class="more">{edit}{remove}</span>
        </li>
    }
    .part()
}

/// What a widget shows, in words.
fn said(widget: &Widget) -> String {
    let Some(spec) = &widget.spec else {
        return format!("pushed by a program, first by {}", widget.by);
    };
    let kinds = spec
        .select
        .kinds
        .iter()
        .map(|kind| kind.as_str().to_owned());
    let events: Vec<String> = spec.select.events.iter().cloned().chain(kinds).collect();
    let what = match spec.y.as_str() {
        "count" => "events".to_owned(),
        y => format!("{} of {y}", spec.aggregate.as_str()),
    };
    let group = spec.group.as_ref().map(|group| format!(" by {group}"));
    let over = match spec.x.as_str() {
        "group" => String::new(),
        x => format!(" over {x}"),
    };
    let group = group.unwrap_or_default();
    format!("{what}{group}{over}: {}", events.join(", "))
}

/// What stands where there is none yet: how to make one.
fn teach() -> Part {
    let origin = prefs().origin.get_value();
    let line = StoredValue::new(format!(
        "curl {origin}/api/v1/widgets \\\n  -H 'Content-Type: application/json' \\\n  -d '{{\"name\": \"steps\", \"title\": \"Steps by name\",\n       \"select\": {{\"kinds\": [\"step_completed\", \"step_failed\"]}},\n       \"x\": \"group\", \"group\": \"data.step\", \"chart\": \"bars\"}}'"
    ));
    view! {
        <section class="panel" aria-label="No widgets yet">
            <div class="wid-teach">
                <h2>"No widgets yet"</h2>
                <p class="t2">
                    "A widget is a chart or figure of your own: choose events and how to aggregate them, or let a program push the data. "
                    "It appears on the Overview and on the pages of sessions with matching events."
                </p>
                <div class="codebox">
                    <div class="bar">
                        <span class="small t3">"Declare one from a shell"</span>
                        <CopyButton text=Callback::new(move |()| line.get_value()) label="Copy the example" word="Copy" />
                    </div>
                    <pre class="code" tabindex="0" aria-label="Example">{line.get_value()}</pre>
                </div>
            </div>
        </section>
    }
    .part()
}
