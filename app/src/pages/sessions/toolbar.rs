//! What is looked at, and the conditions that are set.

use leptos::prelude::*;
use loopscope_protocol::{Facets, SavedViews, SessionsQuery, day_or_moment};

use super::extras::Extras;
use super::views::{SavedViewsBar, usual};
use crate::part::{IntoPart as _, Part};
use crate::ui::{icon, small_icon};

/// The toolbar.
#[component]
pub(super) fn Toolbar(
    query: SessionsQuery,
    facets: Facets,
    saved: SavedViews,
    extras: Extras,
) -> impl IntoView {
    let toggle = move || extras.toggle_filters();
    view! {
        <div class="toolbar">
            {usual(&query, &facets, extras)}
            <SavedViewsBar query=query.clone() saved />
            <a class="btn icon to-medium" href=toggle aria-label="Filters">{icon("filter")}</a>
            <span class="end">{chips(&query, extras)}</span>
        </div>
    }
    .part()
}

/// Conditions that no box shows as set.
fn chips(query: &SessionsQuery, extras: Extras) -> Part {
    let text = query.text.clone().map(|text| {
        let then = SessionsQuery {
            text: None,
            ..query.clone()
        };
        chip("Search", text, "Remove the search", then, extras)
    });
    let since = query.since.map(|at| {
        let then = SessionsQuery {
            since: None,
            ..query.clone()
        };
        chip(
            "Started since",
            day_or_moment(at, 0),
            "Remove the earliest start",
            then,
            extras,
        )
    });
    let until = query.until.map(|at| {
        let then = SessionsQuery {
            until: None,
            ..query.clone()
        };
        chip(
            "Started until",
            day_or_moment(at, 1),
            "Remove the latest start",
            then,
            extras,
        )
    });
    let none = SessionsQuery::default();
    let clear = query.is_filtered().then(|| {
        let href = move || extras.href(&none);
        view! { <a class="btn ghost" href=href>"Clear all filters"</a> }
    });
    view! { {text}{since}{until}{clear} }.part()
}

fn chip(
    word: &'static str,
    value: String,
    label: &'static str,
    then: SessionsQuery,
    extras: Extras,
) -> Part {
    let href = move || extras.href(&then);
    view! {
        <span class="chip">
            <span class="t3">{word}</span><b class="cut">{value}</b>
            <a href=href aria-label=label>{small_icon("error")}</a>
        </span>
    }
    .part()
}
