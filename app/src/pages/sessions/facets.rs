//! What to filter by, with counts. A form that works without scripts; with them every tick acts at once.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use loopscope_protocol::{Facets, SessionStatus, SessionsQuery};

use crate::pages::query::sessions_href;
use crate::part::{IntoPart as _, Part};
use crate::ui::{icon, status_look, title_word};

/// One box to tick.
struct Tick {
    name: &'static str,
    value: String,
    label: Part,
    tone: &'static str,
    count: u64,
    checked: bool,
    /// The list as it is once the box is ticked or not.
    then: SessionsQuery,
}

/// The facets.
#[component]
pub(super) fn FacetsPanel(
    query: SessionsQuery,
    facets: Facets,
    /// Whether they show where there is little room.
    open: Memo<bool>,
) -> impl IntoView {
    let groups = [
        ("Status", statuses(&query, &facets)),
        ("Kind", kinds(&query, &facets)),
        ("Target", targets(&query, &facets)),
        ("Events", events(&query, &facets)),
    ];
    let groups = groups
        .into_iter()
        .filter(|(_, ticks)| !ticks.is_empty())
        .map(|(title, ticks)| {
            view! {
                <fieldset class="facet">
                    <legend>{title}</legend>
                    {ticks.into_iter().map(|own| tick(own, open)).collect_view()}
                </fieldset>
            }
            .part()
        });
    // What the form does not show goes along.
    let text = query
        .text
        .clone()
        .map(|text| view! { <input type="hidden" name="q" value=text /> });
    let sort = query.sort.as_str();
    view! {
        <section class="facets" class:open=open aria-label="Filters">
            <form method="get" action="/sessions">
                {text}
                <input type="hidden" name="sort" value=sort />
                {move || open.get().then(|| view! { <input type="hidden" name="filters" value="1" /> })}
                {groups.collect_view()}
                <button class="btn without-scripts">"Apply"</button>
            </form>
        </section>
    }
    .part()
}

fn tick(tick: Tick, open: Memo<bool>) -> Part {
    let navigate = use_navigate();
    let href = sessions_href(&tick.then);
    let change = move |_| {
        let options = NavigateOptions {
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&with_filters(href.clone(), open.get_untracked()), options);
    };
    view! {
        <label class=tick.tone>
            <input type="checkbox" name=tick.name value=tick.value checked=tick.checked on:change=change />
            {tick.label}
            <span class="n">{tick.count}</span>
        </label>
    }
    .part()
}

/// The address, with the filters kept open where they are.
pub(super) fn with_filters(mut href: String, open: bool) -> String {
    if open {
        href.push(if href.contains('?') { '&' } else { '?' });
        href.push_str("filters=1");
    }
    href
}

/// The list with one value more, or less.
fn toggled<T: PartialEq + Clone>(list: &[T], value: &T) -> Vec<T> {
    let mut next: Vec<T> = list
        .iter()
        .filter(|known| *known != value)
        .cloned()
        .collect();
    if next.len() == list.len() {
        next.push(value.clone());
    }
    next
}

fn statuses(query: &SessionsQuery, facets: &Facets) -> Vec<Tick> {
    let count = |status: SessionStatus| {
        let known = facets
            .status
            .iter()
            .find(|(word, _)| word == status.as_str());
        known.map_or(0, |(_, count)| *count)
    };
    let shown = SessionStatus::ALL.iter().copied();
    let shown = shown.filter(|status| count(*status) > 0 || query.status.contains(status));
    shown
        .map(|status| {
            let (look, word) = status_look(status);
            Tick {
                name: "status",
                value: status.as_str().to_owned(),
                label: view! { {icon(look.icon)}{word} }.part(),
                tone: look.tone,
                count: count(status),
                checked: query.status.contains(&status),
                then: SessionsQuery {
                    status: toggled(&query.status, &status),
                    ..query.clone()
                },
            }
        })
        .collect()
}

fn kinds(query: &SessionsQuery, facets: &Facets) -> Vec<Tick> {
    let known = facets
        .kind
        .iter()
        .filter_map(|(word, count)| Some((word.parse().ok()?, *count)));
    known
        .map(|(kind, count): (loopscope_event::Dialect, u64)| Tick {
            name: "kind",
            value: kind.as_str().to_owned(),
            label: title_word(kind.as_str()).part(),
            tone: "",
            count,
            checked: query.kind.contains(&kind),
            then: SessionsQuery {
                kind: toggled(&query.kind, &kind),
                ..query.clone()
            },
        })
        .collect()
}

fn targets(query: &SessionsQuery, facets: &Facets) -> Vec<Tick> {
    let known = facets.target.iter();
    known
        .map(|(target, count)| Tick {
            name: "target",
            value: target.clone(),
            label: view! { <span class="cut" title=target.clone()>{target.clone()}</span> }.part(),
            tone: "",
            count: *count,
            checked: query.target.contains(target),
            then: SessionsQuery {
                target: toggled(&query.target, target),
                ..query.clone()
            },
        })
        .collect()
}

fn events(query: &SessionsQuery, facets: &Facets) -> Vec<Tick> {
    let one = |name, label: &'static str, count, checked, then| Tick {
        name,
        value: "1".to_owned(),
        label: label.part(),
        tone: "",
        count,
        checked,
        then,
    };
    vec![
        one(
            "errors",
            "Has errors",
            facets.with_errors,
            query.with_errors,
            SessionsQuery {
                with_errors: !query.with_errors,
                ..query.clone()
            },
        ),
        one(
            "open",
            "Has open findings",
            facets.with_open_findings,
            query.with_open_findings,
            SessionsQuery {
                with_open_findings: !query.with_open_findings,
                ..query.clone()
            },
        ),
    ]
}
