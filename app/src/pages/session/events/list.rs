//! The list itself: only the rows in view are in the page.

use leptos::html;
use leptos::prelude::*;
use loopscope_event::Seq;
use loopscope_protocol::EventsQuery;

use super::super::state::SessionState;
use super::super::tabs::Tab;
use super::FIRST_ROWS;
use super::feed::Feed;
use super::row::{blank, row};
use super::window::{OPEN, ROW, SPARE, Window, top_of, window};
use crate::lasting::{Lasting, flow};
use crate::part::{IntoPart as _, Part};
use crate::text;
use crate::ui::small_icon;
use crate::world;

/// The height for which the server draws: exactly the rows that it loaded.
const FIRST_HEIGHT: f64 = (FIRST_ROWS as usize - SPARE - 1) as f64 * ROW;

/// The panel.
#[component]
pub(super) fn EventList(
    state: SessionState,
    feed: Feed,
    query: EventsQuery,
    total: Option<u64>,
    /// The event whose payload shows at first.
    open: Option<Seq>,
) -> impl IntoView {
    let filtered = query.is_filtered();
    let note = move || match total {
        Some(total) if filtered => format!("{} found", text::count(total)),
        _ => text::plural(state.board.with(|board| board.seq().0), "event"),
    };
    let place = NodeRef::<html::Div>::new();
    let paused = RwSignal::new(false);
    let empty = Memo::new(move |_| feed.total() == 0);
    view! {
        <section class="panel" aria-label="Events">
            <div class="panel-head">
                <h2>"Events"</h2><span class="t3 small" role="status">{note}</span>
                <span class="more"><Tail feed place paused /></span>
            </div>
            {move || empty.get().then(|| view! { <p class="empty">"No event matches these filters."</p> })}
            <Rows state feed place paused first=open />
            {older(state, feed, &query)}
        </section>
    }
    .part()
}

/// Whether the list follows: the pill with what waits, and the pause.
#[component]
fn Tail(feed: Feed, place: NodeRef<html::Div>, paused: RwSignal<bool>) -> impl IntoView {
    let to_newest = move |_| {
        paused.set(false);
        world::scroll_to(place, 0.0);
        feed.follow(true);
    };
    let press = move |_| {
        paused.update(|paused| *paused = !*paused);
        feed.follow(!paused.get_untracked());
    };
    view! {
        {move || (feed.waiting.get() > 0).then(|| view! {
            <button type="button" class="newpill" on:click=to_newest>
                {small_icon("up")}{format!("{} new", text::count(feed.waiting.get()))}
            </button>
        })}
        <button
            type="button" class="btn ghost tiny" data-pause="" aria-keyshortcuts="p"
            aria-pressed=move || paused.get().to_string() on:click=press
        >
            {move || small_icon(if paused.get() { "running" } else { "halted" })}
            {move || if paused.get() { "Resume" } else { "Pause" }}
        </button>
    }
    .part()
}

#[component]
fn Rows(
    state: SessionState,
    feed: Feed,
    place: NodeRef<html::Div>,
    paused: RwSignal<bool>,
    first: Option<Seq>,
) -> impl IntoView {
    let scrolled = RwSignal::new(begin(feed, first));
    let open = Lasting::new(first.map(|seq| seq.0));
    let open_row = move || open.get().and_then(|seq| feed.row_of(seq));
    let drawn = Memo::new(move |_| {
        let (top, height) = scrolled.get();
        window(top, height, feed.total(), open_row())
    });
    let look = move || {
        let (top, height) = world::scrolled(place);
        scrolled.set((top, height));
        // Standing at the top means following, unless it was told to stand still or something is being read.
        feed.follow(top < ROW / 2.0 && !paused.get_untracked() && open.get_untracked().is_none());
    };
    Effect::new(move || {
        if let Some(row) = feed.start.and_then(|seq| feed.row_of(seq.0)) {
            world::set_height(place, ".above", top_of(row, None));
            world::scroll_to(place, top_of(row, None));
        }
        look();
    });
    Effect::new(move || {
        let Window {
            first,
            end,
            above,
            below,
        } = drawn.get();
        world::set_height(place, ".above", above);
        world::set_height(place, ".below", below);
        feed.need(first, end);
    });
    let press = Callback::new(move |seq: u64| {
        open.update(|open| *open = if *open == Some(seq) { None } else { Some(seq) });
        feed.follow(false);
    });
    let rows = move || {
        feed.version.track();
        let Window { first, end, .. } = drawn.get();
        (first..end)
            .filter_map(|index| feed.row(index))
            .collect::<Vec<_>>()
    };
    view! {
        <div class="vlist" node_ref=place tabindex="-1" on:scroll=move |_| look()>
            <div class="above"></div>
            {flow(
                rows,
                |(seq, event)| (*seq, event.is_some()),
                move |(seq, event)| match event {
                    Some(event) => row(state, event, open, press),
                    None => blank(seq),
                },
            )}
            <div class="below"></div>
        </div>
    }
    .part()
}

/// Where the list stands at first, so that exactly the rows are drawn that are loaded.
fn begin(feed: Feed, open: Option<Seq>) -> (f64, f64) {
    let Some(row) = feed.start.and_then(|seq| feed.row_of(seq.0)) else {
        return (0.0, FIRST_HEIGHT);
    };
    let spare = SPARE as f64 * ROW;
    let room = if open.is_some() { OPEN } else { 0.0 };
    (top_of(row, None) + spare + room, FIRST_HEIGHT - spare)
}

/// Without scripts: the way to older events.
fn older(state: SessionState, feed: Feed, query: &EventsQuery) -> Option<Part> {
    let oldest = feed.oldest().filter(|oldest| *oldest > 1)?;
    let query = EventsQuery {
        before: Some(Seq(oldest)),
        at: None,
        ..query.clone()
    };
    let href = format!("{}&{}", Tab::Events.href(state), query.to_query_string());
    Some(
        view! { <p class="panel-foot without-scripts"><a class="link" href=href>"Older events"</a></p> }
            .part(),
    )
}
