//! What is looked at: the usual views with their counts, and the conditions that are set.

use leptos::prelude::*;
use loopscope_protocol::{Facets, SessionStatus, SessionsQuery};

use super::facets::with_filters;
use crate::pages::query::sessions_href;
use crate::part::{IntoPart as _, Part};
use crate::text;
use crate::ui::{icon, small_icon};

/// The toolbar.
#[component]
pub(super) fn Toolbar(query: SessionsQuery, facets: Facets, open: Memo<bool>) -> impl IntoView {
    let all: u64 = facets.status.iter().map(|(_, count)| count).sum();
    let views = [
        ("All", None, all),
        ("Running", Some(SessionStatus::Running), 0),
        ("Converged", Some(SessionStatus::Converged), 0),
        ("Failed", Some(SessionStatus::Failed), 0),
    ];
    let views = views.map(|(word, status, count)| {
        let wanted: Vec<_> = status.into_iter().collect();
        let count = status.map_or(count, |status| {
            let known = facets
                .status
                .iter()
                .find(|(word, _)| word == status.as_str());
            known.map_or(0, |(_, count)| *count)
        });
        let current = (query.status == wanted).then_some("true");
        let href = sessions_href(&SessionsQuery {
            status: wanted,
            ..query.clone()
        });
        view! {
            <a class="btn" href=href aria-current=current>
                {word}" "<span class="t3">{text::count(count)}</span>
            </a>
        }
    });
    let here = sessions_href(&query);
    let toggle = move || with_filters(here.clone(), !open.get());
    view! {
        <div class="toolbar">
            <div class="group" role="group" aria-label="Views">{views}</div>
            <a class="btn icon to-medium" href=toggle aria-label="Filters">{icon("filter")}</a>
            <span class="end">{chips(&query)}</span>
        </div>
    }
    .part()
}

fn chips(query: &SessionsQuery) -> Part {
    let text = query.text.clone().map(|text| {
        let href = sessions_href(&SessionsQuery {
            text: None,
            ..query.clone()
        });
        view! {
            <span class="chip">
                <span class="t3">"Search"</span><b class="cut">{text}</b>
                <a href=href aria-label="Remove the search">{small_icon("error")}</a>
            </span>
        }
    });
    let clear = query
        .is_filtered()
        .then(|| view! { <a class="btn ghost" href="/sessions">"Clear all filters"</a> });
    view! { {text}{clear} }.part()
}
