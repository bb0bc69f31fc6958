//! The table: rows change in place, their order does not; new ones wait in a pill; the list has no end.

use leptos::html;
use leptos::prelude::*;
use loopscope_event::Dialect;
use loopscope_protocol::{SessionSort, SessionSummary, SessionsQuery};

use super::bulk::{Bulk, ChooseAll};
use super::extras::Extras;
use super::state::ListState;
use crate::pages::query::sessions_href;
use crate::panels::{far_of, iteration_of, session_href};
use crate::part::{IntoPart as _, Part};
use crate::source::SessionKey;
use crate::store::live;
use crate::text;
use crate::ui::{dash, dialect_word, small_icon, status_pill};
use crate::visit::prefs;
use crate::world;

/// A column: what it is sorted by, its title, its class.
const COLUMNS: [(SessionSort, &str, &str); 10] = [
    (SessionSort::Status, "Status", ""),
    (SessionSort::Name, "Name", ""),
    (SessionSort::Kind, "Kind", "wide wide2"),
    (SessionSort::Started, "Started", "num wide"),
    (SessionSort::Duration, "Duration", "num wide"),
    (SessionSort::Iteration, "Iteration", "num it"),
    (SessionSort::Findings, "Findings", "num wide"),
    (SessionSort::Fixes, "Fixes", "num wide"),
    (SessionSort::Quality, "Quality", "num wide wide2"),
    (SessionSort::Latest, "Latest", "num la"),
];

/// The panel with the table.
#[component]
pub(super) fn SessionsTable(
    state: ListState,
    query: SessionsQuery,
    extras: Extras,
) -> impl IntoView {
    let sorted = match (query.sort, query.ascending) {
        (SessionSort::Latest, false) => "latest event first".to_owned(),
        (sort, _) => format!("by {}", sort.as_str()),
    };
    let note = move || format!("{}, {sorted}", text::plural(state.total.get(), "session"));
    let empty = Memo::new(move |_| state.rows.is_empty());
    let filtered = query.is_filtered();
    let heads = COLUMNS.map(|column| head(column, &query, extras));
    let chooses = Memo::new(move |_| extras.chosen.with(|chosen| !chosen.is_empty()));
    view! {
        <section class="panel" aria-label="Sessions">
            <div class="panel-head">
                <ChooseAll state extras />
                {move || if chooses.get() {
                    view! { <Bulk extras /> }.part()
                } else {
                    view! { <h2>"Sessions"</h2> }.part()
                }}
                <span class="more"><NewPill state /><span class="t3 small no-phone" role="status">{note}</span></span>
            </div>
            <form class="table-wrap" method="get" action="/compare">
                <table class="table tall sess">
                    <thead><tr><th scope="col"><span class="sr">"Select"</span></th>{heads}<th scope="col" class="wide wide2">"Tags"</th></tr></thead>
                    <tbody>
                        <For each=move || state.rows.list() key=|(id, _)| id.clone() let((_, row))>
                            <Row state row extras />
                        </For>
                    </tbody>
                </table>
                <button class="btn without-scripts">"Compare selection"</button>
            </form>
            {move || empty.get().then(|| nothing(filtered))}
            <More state query />
        </section>
    }
    .part()
}

fn head(
    (sort, title, class): (SessionSort, &'static str, &'static str),
    query: &SessionsQuery,
    extras: Extras,
) -> Part {
    let current = sort == query.sort;
    let ascending = current && !query.ascending;
    let then = SessionsQuery {
        sort,
        ascending,
        after: None,
        ..query.clone()
    };
    let href = move || extras.href(&then);
    let direction = if query.ascending {
        "ascending"
    } else {
        "descending"
    };
    let arrow = current.then(|| small_icon(if query.ascending { "up" } else { "down" }));
    view! {
        <th scope="col" class=class aria-sort=current.then_some(direction)><a href=href>{title}{arrow}</a></th>
    }
    .part()
}

#[component]
fn Row(state: ListState, row: ArcRwSignal<SessionSummary>, extras: Extras) -> impl IntoView {
    let href = session_href(&row.get_untracked());
    let key = row.with_untracked(SessionKey::of);
    let session = key.reference();
    let (value, asked) = (session.to_string(), session.clone());
    let chosen = Memo::new(move |_| extras.chosen.with(|chosen| chosen.contains(&asked)));
    let label = row.with_untracked(|session| format!("Select {}", session.name));
    let tags = move || {
        let tags = state.tags(&key).into_iter();
        tags.map(|tag| view! { <span class="badge">{tag}</span> })
            .collect_view()
    };
    let row = RwSignal::from(row);
    // The link stays the same element while its row changes: it may have the focus.
    view! {
        <tr class:at=chosen aria-selected=move || chosen.get().to_string()>
            <td>
                <input
                    type="checkbox" name="session" value=value aria-label=label
                    checked=chosen.get_untracked() prop:checked=chosen on:change=move |_| extras.toggle(&session)
                />
            </td>
            <td>{move || row.with(|session| status_pill(session.status))}</td>
            <td class="two">
                <a class="open" href=href data-row="">{move || row.with(name)}</a>
            </td>
            {move || row.with(cells)}
            <td class="wide wide2 tags">{tags}</td>
        </tr>
    }
    .part()
}

fn name(session: &SessionSummary) -> Part {
    let below = session
        .target
        .clone()
        .filter(|target| *target != session.name);
    let below = below.unwrap_or_else(|| session.session_id.to_string());
    view! { <span class="label">{session.name.clone()}</span><span class="mono">{below}</span> }
        .part()
}

fn cells(session: &SessionSummary) -> Part {
    let (live, zone) = (live(), prefs().zone);
    let (started, last) = (session.started_at, session.last_event_at);
    let ended = session.ended_at;
    let duration = move || text::clock_span(ended.unwrap_or_else(|| live.now.get()).since(started));
    let when = move || text::day_and_minute(started, live.now.get(), zone.get());
    let age = move || text::age(live.now.get().since(last));
    let has_passes = matches!(session.dialect, Dialect::Convergence | Dialect::Generic);
    let passes = match &session.crew {
        Some(crew) => Some(text::plural(crew.agents_executed, "task")),
        None => (has_passes || session.iteration > 0).then(|| iteration_of(session)),
    };
    let far = match far_of(session) {
        Some((percent, skill)) => view! {
            <td class="num two"><span>{percent}</span><span class="mono cut skill" title=skill.clone()>{skill.clone()}</span></td>
        }
        .part(),
        None => view! { <td class="num">{dash(passes)}</td> }.part(),
    };
    // What a kind of run never has is not zero but unknown.
    let fixes = (session.fixes_total > 0 || has_passes).then(|| text::count(session.fixes_total));
    view! {
        <td class="t2 wide wide2">{dialect_word(session.dialect)}</td>
        <td class="num t2 wide">{when}</td>
        <td class="num wide">{duration}</td>
        {far}
        <td class="num wide">{dash(session.findings_open.map(text::count))}</td>
        <td class="num wide">{dash(fixes)}</td>
        <td class="num wide wide2">{dash(session.quality_percent.map(|quality| format!("{}%", text::decimal(quality, 1))))}</td>
        <td class="num t2">{age}</td>
    }
    .part()
}

#[component]
fn NewPill(state: ListState) -> impl IntoView {
    let new = Memo::new(move |_| state.new.with(Vec::len));
    view! {
        {move || (new.get() > 0).then(|| view! {
            <button type="button" class="newpill" on:click=move |_| state.show_new()>
                {small_icon("up")}{format!("{} new", new.get())}
            </button>
        })}
    }
    .part()
}

/// The way to the next page: a link without scripts; with them it loads by itself when it comes into view.
#[component]
fn More(state: ListState, query: SessionsQuery) -> impl IntoView {
    let place = NodeRef::<html::Div>::new();
    world::when_seen(place, move || state.load_more());
    let link = move |next: String| {
        let mut href = sessions_href(&query);
        href.push(if href.contains('?') { '&' } else { '?' });
        href.push_str("after=");
        loopscope_protocol::percent_encode(&next, &mut href);
        view! {
            <a
                class="btn ghost" href=href
                on:click=move |event| {
                    event.prevent_default();
                    state.load_more();
                }
            >
                {move || if state.loading.get() { "Loading…" } else { "More sessions" }}
            </a>
        }
    };
    view! {
        <div class="panel-foot" class:hidden=move || state.next.with(Option::is_none) node_ref=place>
            {move || state.next.get().map(&link)}
        </div>
    }
    .part()
}

fn nothing(filtered: bool) -> Part {
    if filtered {
        view! {
            <p class="empty row">
                "No session matches these filters. "<a class="link" href="/sessions">"Clear all filters"</a>
            </p>
        }
        .part()
    } else {
        view! {
            <p class="empty">
                "No sessions yet. "<a class="link" href="/">"The overview"</a>" shows how to send the first event."
            </p>
        }
        .part()
    }
}
