//! What to filter by, with counts. A form that works without scripts; with them every tick acts at once.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use loopscope_event::ProjectId;
use loopscope_protocol::{Facets, SessionStatus, SessionsQuery, day_or_moment};

use super::extras::Extras;
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
pub(super) fn FacetsPanel(query: SessionsQuery, facets: Facets, extras: Extras) -> impl IntoView {
    let groups = [
        ("Status", statuses(&query, &facets)),
        ("Kind", kinds(&query, &facets)),
        ("Project", projects(&query, &facets)),
        ("Target", targets(&query, &facets)),
        ("Tag", tags(&query, &facets)),
        ("Events", events(&query, &facets)),
    ];
    let groups = groups
        .into_iter()
        .filter(|(_, ticks)| !ticks.is_empty())
        .map(|(title, ticks)| {
            view! {
                <fieldset class="facet">
                    <legend>{title}</legend>
                    {ticks.into_iter().map(|own| tick(own, extras)).collect_view()}
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
    let order = query
        .ascending
        .then(|| view! { <input type="hidden" name="order" value="asc" /> });
    let chosen = move || {
        let chosen = extras.chosen.get().into_iter();
        chosen
            .map(|session| view! { <input type="hidden" name="sel" value=session.to_string() /> })
            .collect_view()
    };
    let open = extras.open;
    view! {
        <section class="facets" class:open=open aria-label="Filters">
            <form method="get" action="/sessions">
                {text}
                <input type="hidden" name="sort" value=sort />
                {move || open.get().then(|| view! { <input type="hidden" name="filters" value="1" /> })}
                {order}
                {chosen}
                {groups.collect_view()}
                {dates(&query, extras)}
                <button class="btn without-scripts">"Apply"</button>
            </form>
        </section>
    }
    .part()
}

fn tick(tick: Tick, extras: Extras) -> Part {
    let navigate = use_navigate();
    let then = tick.then;
    let change = move |_| {
        let options = NavigateOptions {
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&untrack(|| extras.href(&then)), options);
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

/// From when to when the sessions began.
fn dates(query: &SessionsQuery, extras: Extras) -> Part {
    let fields = [
        ("since", "From", query.since.map(|at| day_or_moment(at, 0))),
        ("until", "To", query.until.map(|at| day_or_moment(at, 1))),
    ];
    let fields = fields.map(|(name, word, value)| {
        let (navigate, query) = (use_navigate(), query.clone());
        let change = move |event: leptos::ev::Event| {
            let value = event_target_value(&event);
            let pairs = [(name, value.as_str())];
            let asked = SessionsQuery::read(pairs).0;
            let mut then = query.clone();
            match name {
                "since" => then.since = asked.since,
                _ => then.until = asked.until,
            }
            let options = NavigateOptions {
                scroll: false,
                ..NavigateOptions::default()
            };
            navigate(&untrack(|| extras.href(&then)), options);
        };
        // A moment that is no day is kept by the chip; the field shows its day.
        let day = value.map(|value| value.chars().take(10).collect::<String>());
        view! { <label class="date"><span>{word}</span><input type="date" name=name value=day on:change=change /></label> }
    });
    view! { <fieldset class="facet"><legend>"Started (UTC)"</legend>{fields}</fieldset> }.part()
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

/// Where there is more than one.
fn projects(query: &SessionsQuery, facets: &Facets) -> Vec<Tick> {
    if facets.project.len() < 2 && query.project.is_none() {
        return Vec::new();
    }
    let known = facets.project.iter();
    let known = known.filter_map(|(name, count)| Some((ProjectId::new(name).ok()?, *count)));
    known
        .map(|(project, count)| {
            let checked = query.project.as_ref() == Some(&project);
            Tick {
                name: "project",
                value: project.to_string(),
                label: view! { <span class="cut" title=project.to_string()>{project.to_string()}</span> }.part(),
                tone: "",
                count,
                checked,
                then: SessionsQuery {
                    project: (!checked).then_some(project),
                    ..query.clone()
                },
            }
        })
        .collect()
}

fn tags(query: &SessionsQuery, facets: &Facets) -> Vec<Tick> {
    // A tag that is chosen and that no session has any more can be let go.
    let gone = query
        .tag
        .iter()
        .filter(|tag| !facets.tag.iter().any(|(known, _)| known == *tag));
    let known = facets
        .tag
        .iter()
        .cloned()
        .chain(gone.map(|tag| (tag.clone(), 0)));
    known
        .map(|(tag, count)| Tick {
            name: "tag",
            value: tag.clone(),
            label: view! { <span class="cut" title=tag.clone()>{tag.clone()}</span> }.part(),
            tone: "",
            count,
            checked: query.tag.contains(&tag),
            then: SessionsQuery {
                tag: toggled(&query.tag, &tag),
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
