//! Conditions on the events, and a jump to a time. A form that works without scripts; with them it acts at once.

use leptos::prelude::*;
use leptos_router::components::Form;
use loopscope_event::{Kind, Severity};
use loopscope_protocol::EventsQuery;

use super::super::state::SessionState;
use super::super::tabs::Tab;
use crate::part::{IntoPart as _, Part};
use crate::text;
use crate::ui::{small_icon, title_word};
use crate::visit::prefs;
use crate::world;

/// Kinds that can be filtered by.
const KINDS: [Kind; 14] = [
    Kind::SessionStarted,
    Kind::SessionEnded,
    Kind::IterationStarted,
    Kind::IterationEnded,
    Kind::StateChanged,
    Kind::StepStarted,
    Kind::StepProgress,
    Kind::StepCompleted,
    Kind::StepFailed,
    Kind::Finding,
    Kind::Fix,
    Kind::Converged,
    Kind::Metric,
    Kind::Error,
];

/// The toolbar.
#[component]
pub(super) fn Filters(state: SessionState, query: EventsQuery) -> impl IntoView {
    let (action, project) = state.key.with_value(|key| {
        let page = key.page("");
        let path = page.split('?').next().unwrap_or_default().to_owned();
        (path, key.foreign().map(str::to_owned))
    });
    let zone = prefs().zone.get_untracked();
    let kind = query.kinds.first().copied();
    let steps = state
        .board
        .with_untracked(|board| board.step_names().to_vec());
    let kinds = KINDS.map(|own| {
        (
            own.as_str().to_owned(),
            title_word(own.as_str()),
            kind == Some(own),
        )
    });
    let least = query.severity;
    let severities = Severity::ALL.iter().take(4).map(move |own| {
        let word = own.as_str();
        (
            word.to_owned(),
            format!("{} and up", title_word(word)),
            least == Some(*own),
        )
    });
    let step = query.step.clone();
    let steps = steps
        .into_iter()
        .map(move |own| (own.clone(), title_word(&own), step.as_ref() == Some(&own)));
    let at = query.at.map(|at| text::to_input(at, zone));
    let set = query.is_filtered() || query.at.is_some() || query.before.is_some();
    view! {
        <Form method="GET" action=action.clone()>
            <div class="toolbar fields" on:change=|event| world::submit(&event)>
                <input type="hidden" name="tab" value="events" />
                {project.map(|project| view! { <input type="hidden" name="project" value=project /> })}
                <label class="search wide">
                    {small_icon("search")}
                    <input type="search" name="q" placeholder="Filter by text" aria-label="Filter by text" value=query.text.clone() />
                </label>
                {select("kind", "Kind", "All kinds", kinds.into_iter().collect())}
                {select("severity", "Severity", "Any severity", severities.collect())}
                {select("step", "Step", "All steps", steps.collect())}
                <span class="field">
                    <input
                        type="number" name="iteration" min="0" placeholder="Iteration" aria-label="Iteration"
                        value=query.iteration.map(|number| number.to_string())
                    />
                </span>
                <label class="field jump">
                    <span class="t3 small">"Jump to"</span>
                    <input type="datetime-local" name="time" step="1" value=at />
                </label>
                {set.then(|| view! { <a class="btn ghost" href=Tab::Events.href(state)>"Clear"</a> })}
                <button class="btn without-scripts">"Apply"</button>
            </div>
        </Form>
    }
    .part()
}

fn select(
    name: &'static str,
    label: &'static str,
    all: &'static str,
    options: Vec<(String, String, bool)>,
) -> Part {
    let options = options.into_iter().map(
        |(value, word, selected)| view! { <option value=value selected=selected>{word}</option> },
    );
    view! {
        <span class="select">
            <select name=name aria-label=label>
                <option value="">{all}</option>
                {options.collect_view()}
            </select>
            {small_icon("chev")}
        </span>
    }
    .part()
}
