//! The timeline: everything that took time, as bars. In: the session's spans, the moment that the page shows. Out: rows of
//! bars that are zoomed and moved by hand, a map of the whole, the details of one span.
//!
//! ```text
//! spans (server, then events) ── layout ──► rows ──► still: HTML of the server, readable without scripts
//!                                             └────► live: a canvas that draws what is seen, once a frame
//! ```

mod asked;
mod details;
mod layout;
#[cfg(test)]
mod layout_tests;
mod live;
mod look;
mod page;
mod parts;
mod scale;
mod small;
#[cfg(any(not(feature = "browser"), test))]
mod still;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use loopscope_board::spans::SpansSnapshot;
use loopscope_protocol::SpanKind;

use self::asked::{Asked, Mode};
use self::details::Details;
use self::page::Page;
use self::scale::Stretch;
use super::state::SessionState;
use crate::frame::problem;
use crate::part::{IntoPart as _, Part};
use crate::text;
use crate::ui::small_icon;
use crate::visit::prefs;

pub(super) use small::{Bar, Plan, draw, height, say_notes, whole};

/// The most rows of the table.
const MOST_TABLE: usize = 200;

/// The tab.
#[component]
pub(super) fn TimelineTab(state: SessionState) -> impl IntoView {
    let params = use_query_map();
    let asked = Memo::new(move |_| params.with(Asked::read));
    let (source, key) = (state.source, state.key);
    let loaded = Resource::new(
        || (),
        move |()| source.with_value(|source| source.spans(key.get_value(), page::first())),
    );
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                match loaded.await {
                    Ok(first) => view! { <Whole state asked first /> }.part(),
                    Err(error) => {
                        let retry = Callback::new(move |()| loaded.refetch());
                        problem("The timeline could not be loaded", error.message, Some(retry))
                    }
                }
            })}
        </Transition>
    }
    .part()
}

#[component]
fn Whole(state: SessionState, asked: Memo<Asked>, first: SpansSnapshot) -> impl IntoView {
    let page = Page::new(state, asked, first);
    let root = NodeRef::new();
    live::follow(root, page);
    let still = move || live::still(page);
    let class = move || {
        let is_open = page.selected.get().is_some();
        if is_open { "side tl" } else { "tl" }
    };
    view! {
        <div class=class>
            <section class="panel tl-panel" aria-label="Timeline" node_ref=root>
                <div class="panel-head tl-head">
                    {modes(page)}
                    {kinds(page)}
                    <div class="tl-map" aria-hidden="true"><canvas></canvas><div class="tl-window"></div></div>
                    {zoom()}
                </div>
                <div class="tl-top">
                    <span>{move || top_word(page)}</span><span class="dur">"Duration"</span>
                    <div class="tl-times"><canvas class="tl-ruler" aria-hidden="true"></canvas><ol class="tl-flags" aria-label="Notes"></ol></div>
                </div>
                <div
                    class="tl-scroll" tabindex="0" role="application" aria-label="Timeline"
                    aria-describedby="tl-help" data-timeline=""
                >
                    <div class="tl-space"><div class="tl-view" inner_html=still></div></div>
                </div>
                <p class="sr" id="tl-help">
                    "Arrow keys move between bars, W and S zoom, A and D pan, F fits the selected bar or everything. "
                    "All spans are in the table below."
                </p>
                <p class="sr tl-said" role="status"></p>
                <div class="tl-tip" hidden></div>
                <div class="tl-foot small t3">{move || foot(page)}{trace(page)}</div>
                <Table page />
            </section>
            <Details page />
        </div>
    }
    .part()
}

fn top_word(page: Page) -> &'static str {
    match page.asked.with(|asked| asked.mode) {
        Mode::Compact => "Kind",
        Mode::Lanes => "Lane",
        Mode::History => "By start time",
    }
}

fn modes(page: Page) -> Part {
    let links = Mode::ALL.map(|mode| {
        let href = move || page.href(|asked| asked.mode = mode);
        let current = move || page.asked.with(|asked| (asked.mode == mode).then_some("true"));
        view! { <a class="btn tiny" href=href aria-current=current data-mode=mode.word() data-noscroll="">{mode.title()}</a> }
    });
    view! { <div class="group" role="group" aria-label="Layout">{links}</div> }.part()
}

/// Which kinds are shown: a list that opens without scripts.
fn kinds(page: Page) -> Part {
    let there = Memo::new(move |_| {
        page.hand.with(|hand| {
            let has = |kind: &SpanKind| hand.spans.iter().any(|span| span.kind == *kind);
            SpanKind::ALL.into_iter().filter(has).collect::<Vec<_>>()
        })
    });
    let word = move || {
        let kinds = page.asked.with(|asked| asked.kinds.clone());
        match &kinds[..] {
            [] => "All kinds".to_owned(),
            [kind] => look::kind_title(*kind).to_owned(),
            kinds => format!("{} kinds", kinds.len()),
        }
    };
    let links = move || {
        let links = there.get().into_iter().map(|kind| {
            let href = move || page.href(|asked| asked.toggle_kind(kind));
            let is_on = move || page.asked.with(|asked| asked.kinds.contains(&kind));
            view! {
                <a class="btn ghost" href=href aria-current=move || is_on().then_some("true") data-noscroll="">
                    {look::kind_title(kind)}
                </a>
            }
        });
        links.collect_view()
    };
    view! {
        <details class="menu no-phone">
            <summary class="btn ghost tiny">{small_icon("filter")}{word}</summary>
            <div class="menu-list">{links}<a class="btn ghost" href=move || page.href(|asked| asked.kinds.clear())>"All kinds"</a></div>
        </details>
    }
    .part()
}

/// What a hand without a wheel or keys presses; the panel itself listens.
fn zoom() -> Part {
    view! {
        <div class="group needs-scripts" role="group" aria-label="Zoom">
            <button type="button" class="btn tiny icon" data-act="out" aria-label="Zoom out">"–"</button>
            <button type="button" class="btn tiny icon" data-act="in" aria-label="Zoom in">"+"</button>
            <button type="button" class="btn tiny" data-act="fit">"Fit"</button>
        </div>
    }
    .part()
}

/// How much there is, and whether it is all of it.
fn foot(page: Page) -> String {
    let (total, is_merged) = page.hand.with(|hand| (hand.total, hand.is_merged));
    let mut words = text::plural(total, "span");
    if is_merged {
        words.push_str(", short adjacent spans merged");
    }
    words
}

fn trace(page: Page) -> Part {
    let href = page.state.key.with_value(|key| key.api("/trace", ""));
    view! {
        <a class="btn ghost tiny" href=href download="trace.json" rel="external" title="For Perfetto or Chrome">
            {small_icon("down")}"Trace"
        </a>
    }
    .part()
}

/// All spans of a session, with some room.
fn all_of(page: Page) -> Stretch {
    let now_us = page.now_us();
    page.shown.with(|shown| {
        let first = shown.spans.first().map_or(now_us, |span| span.start_us);
        let last = shown.spans.iter().map(|span| span.end_at(now_us)).max();
        Stretch::whole(first, last.unwrap_or(first).max(first))
    })
}

/// The same as a table, behind a button that needs no script.
#[component]
fn Table(page: Page) -> impl IntoView {
    let open = RwSignal::new(false);
    let zone = prefs().zone;
    let rows = move || {
        // In the browser only while somebody looks.
        if !open.get() && !live::IS_STILL {
            return String::new();
        }
        let (stretch, now_us) = (
            page.looking.get().unwrap_or_else(|| all_of(page)),
            page.now_us(),
        );
        page.shown.with(|shown| {
            let listed = parts::Listed {
                spans: &shown.spans,
                stretch,
                now_us,
                zone: zone.get(),
            };
            parts::table(&listed, MOST_TABLE)
        })
    };
    let rows = Memo::new(move |_| rows());
    view! {
        <details class="tl-table" prop:open=move || open.get()>
            <summary class="btn ghost tiny" on:click=move |_| open.set(!open.get_untracked())>"As a table"</summary>
            <div class="scroll" tabindex="0" role="region" aria-label="Spans">
                <table class="table">
                    <thead><tr><th>"Span"</th><th>"Kind"</th><th class="num">"Iteration"</th><th class="num">"Started"</th><th class="num">"Duration"</th><th>"Status"</th><th>"Result"</th></tr></thead>
                    <tbody inner_html=move || rows.get()></tbody>
                </table>
            </div>
        </details>
    }
    .part()
}
