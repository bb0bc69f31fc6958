//! The Metrics tab: every number that the run ever logged, at full resolution. Names by prefix, a search, what is
//! pinned; the axis, the scale, smoothing; charts that zoom together. All of it is in the address, and all but zooming
//! works without a script.

mod asked;
mod card;
mod data;
mod groups;
mod page;

use leptos::prelude::*;
use leptos_router::components::Form;
use leptos_router::hooks::use_query_map;
use loopscope_protocol::SeriesAxis;

use self::asked::{Asked, SHOWN};
use self::card::Card;
use self::groups::Groups;
use self::page::{Kept, Page};
use super::state::SessionState;
use super::tabs::Tab;
use crate::figures::Crosshair;
use crate::part::{IntoPart as _, Part};
use crate::ui::small_icon;
use crate::world;

/// How many series come with the page, and in how many columns: what is seen at first, in few bytes.
const FIRST: usize = 6;
const FIRST_COLUMNS: u32 = 160;

/// The tab.
#[component]
pub(super) fn Metrics(state: SessionState) -> impl IntoView {
    Crosshair::provide();
    let params = use_query_map();
    let asked = Memo::new(move |_| params.with(Asked::read));
    let names = state.part(|board| {
        let names = board.metrics().iter().map(|(name, _)| name.to_owned());
        names.collect::<Vec<_>>()
    });
    let page = Page::new(state, asked);
    let loaded = first(page, names);
    view! {
        <Toolbar page />
        <div class="metric-split">
            <Groups page names />
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    let kept = loaded.await;
                    view! { <Charts page names kept /> }.part()
                })}
            </Transition>
        </div>
    }
    .part()
}

/// The first of them, as they are drawn at first: for the Overview of a run that has little else.
#[component]
pub(super) fn FirstMetrics(state: SessionState) -> impl IntoView {
    Crosshair::provide();
    let all = state.part(|board| board.metrics().len());
    let names = state.part(|board| {
        let names = board.metrics().iter().map(|(name, _)| name.to_owned());
        names.take(FIRST).collect::<Vec<_>>()
    });
    let page = Page::new(state, Memo::new(|_| Asked::default()));
    let loaded = first(page, names);
    let rest = move || {
        let href = Tab::Metrics.href(state);
        (all.get() > FIRST).then(|| {
            view! { <p class="row"><a class="btn" href=href>"All "{all.get()}" metrics"</a></p> }
        })
    };
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let kept = loaded.await;
                view! { <Charts page names kept /> }.part()
            })}
        </Transition>
        {rest}
    }
    .part()
}

/// What comes with the page: the first series, in few columns.
fn first(page: Page, names: Memo<Vec<String>>) -> Resource<Kept> {
    Resource::new(
        || (),
        move |()| {
            let asked = page.asked;
            let mut first =
                asked.with_untracked(|asked| names.with_untracked(|names| asked.pick(names)));
            first.truncate(FIRST);
            let place = page.place();
            let looking = page.looking.get_untracked();
            async move {
                let loading = card::load(place, looking, first, FIRST_COLUMNS);
                // Without it each chart asks for its own.
                loading.await.unwrap_or_default()
            }
        },
    )
}

#[component]
fn Charts(page: Page, names: Memo<Vec<String>>, kept: Kept) -> impl IntoView {
    page.keep_first(kept);
    let all = Memo::new(move |_| {
        page.asked
            .with(|asked| names.with(|names| asked.pick(names)))
    });
    let shown = Memo::new(move |_| {
        let most = SHOWN + page.asked.with(|asked| asked.more);
        all.with(|all| all.iter().take(most).cloned().collect::<Vec<_>>())
    });
    let left = Memo::new(move |_| all.with(Vec::len) - shown.with(Vec::len));
    let more = move || {
        (left.get() > 0).then(|| {
            let href = page.href(|asked| asked.more += SHOWN);
            view! { <p class="row"><a class="btn" href=href>{left.get().min(SHOWN)}" more of "{left.get()}</a></p> }
        })
    };
    let nothing = move || {
        shown
            .with(Vec::is_empty)
            .then(|| view! { <p class="empty">"No matching metrics."</p> })
    };
    view! {
        <div class="metric-charts">
            {nothing}
            <div class="charts">
                {move || shown.get().into_iter().map(|name| view! { <Card page name /> }.part()).collect_view()}
            </div>
            {more}
        </div>
    }
    .part()
}

/// Search, axis, scale, smoothing.
#[component]
fn Toolbar(page: Page) -> impl IntoView {
    let (action, project) = page.key.with_value(|key| {
        let page = key.page("");
        let path = page.split('?').next().unwrap_or_default().to_owned();
        (path, key.foreign().map(str::to_owned))
    });
    let first = page.asked.get_untracked();
    let smooth = move || page.asked.with(|asked| asked.smooth.to_string());
    let hidden = move || {
        let fields = page.asked.with(Asked::fields);
        let others = fields
            .into_iter()
            .filter(|(name, _)| !matches!(*name, "q" | "smooth"));
        others
            .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
            .collect_view()
    };
    view! {
        <Form method="GET" action=action>
            <div class="toolbar fields metric-bar" on:change=|event| world::submit(&event)>
                <input type="hidden" name="tab" value="metrics" />
                {project.map(|project| view! { <input type="hidden" name="project" value=project /> })}
                {hidden}
                <label class="search wide">
                    {small_icon("search")}
                    <input type="search" name="q" placeholder="Find a metric" aria-label="Find a metric" value=first.text />
                </label>
                {axes(page)}
                {log(page)}
                <label class="smoothing small t2">
                    "Smoothing"
                    <input type="range" name="smooth" min="0" max="99" value=first.smooth.to_string() prop:value=smooth />
                    <b class="label">{smooth}"%"</b>
                </label>
                <button class="btn without-scripts">"Apply"</button>
                <span class="end">{reset(page)}</span>
            </div>
        </Form>
    }
    .part()
}

fn axes(page: Page) -> Part {
    let words = [
        (SeriesAxis::Step, "Step"),
        (SeriesAxis::Epoch, "Epoch"),
        (SeriesAxis::Time, "Time"),
        (SeriesAxis::Index, "Order"),
    ];
    let links = words.map(|(axis, word)| {
        // Another axis has other numbers: the stretch does not come along.
        let href = move || page.href(|asked| (asked.axis, asked.zoom) = (Some(axis), None));
        let current = move || {
            let now = page.looking.get().axis.unwrap_or_default();
            (now == axis).then_some("true")
        };
        view! { <a class="btn tiny" href=href aria-current=current>{word}</a> }
    });
    view! { <div class="group" role="group" aria-label="X axis">{links}</div> }.part()
}

fn log(page: Page) -> Part {
    let href = move || page.href(|asked| asked.log = !asked.log);
    let current = move || page.asked.with(|asked| asked.log.then_some("true"));
    let across = move || page.href(|asked| asked.log_x = !asked.log_x);
    let is_across = move || page.asked.with(|asked| asked.log_x.then_some("true"));
    view! {
        <div class="group" role="group" aria-label="Logarithmic scales">
            <a class="btn tiny" href=href aria-current=current>"Log scale"</a>
            <a class="btn tiny" href=across aria-current=is_across>"Log X axis"</a>
        </div>
    }
    .part()
}

fn reset(page: Page) -> Part {
    let zoomed = Memo::new(move |_| page.looking.get().zoom.is_some());
    view! {
        {move || zoomed.get().then(|| {
            let href = page.href(|asked| asked.zoom = None);
            view! { <a class="btn tiny" href=href>"Reset zoom"</a> }
        })}
    }
    .part()
}
