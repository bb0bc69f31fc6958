//! The events tab: every event of the session, newest first, however many there are; filters; a live tail.

mod feed;
mod filters;
mod list;
mod matching;
mod row;
mod window;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use loopscope_board::Board;
use loopscope_event::Seq;
use loopscope_protocol::{EventsPage, EventsQuery};

use self::feed::Feed;
use self::filters::Filters;
use self::list::EventList;
use super::state::SessionState;
use crate::frame::problem;
use crate::pages::query;
use crate::pages::status::refuse;
use crate::part::IntoPart as _;
use crate::visit::prefs;

/// How many events the first HTML holds.
pub(super) const FIRST_ROWS: u32 = 100;

/// The tab.
#[component]
pub(super) fn Events(state: SessionState) -> impl IntoView {
    let params = use_query_map();
    let zone = prefs().zone.get_untracked();
    let asked = Memo::new(move |_| params.with(|params| query::events(params, zone)));
    let loaded = Resource::new(
        // Another moment, another list.
        move || (asked.get(), state.replay.jumps.get()),
        move |(query, _)| {
            let key = state.key.get_value();
            let query = EventsQuery {
                limit: FIRST_ROWS,
                before: until_moment(state, query.before),
                ..query
            };
            state.source.with_value(|source| source.events(key, query))
        },
    );
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let (query, open) = (asked.get_untracked(), params.with_untracked(query::event));
                match loaded.await {
                    Ok(page) => view! { <Loaded state query page open /> }.part(),
                    Err(error) => {
                        let retry = Callback::new(move |()| loaded.refetch());
                        let message = refuse(error).message;
                        problem("The events could not be loaded", message, Some(retry))
                    }
                }
            })}
        </Transition>
    }
    .part()
}

/// While an earlier moment is shown, what came later is not listed.
pub(super) fn until_moment(state: SessionState, before: Option<Seq>) -> Option<Seq> {
    if !state.replay.is_on_now() {
        return before;
    }
    let next = Seq(state.board.with_untracked(Board::seq).0 + 1);
    Some(before.map_or(next, |before| before.min(next)))
}

#[component]
fn Loaded(
    state: SessionState,
    query: EventsQuery,
    page: EventsPage,
    open: Option<Seq>,
) -> impl IntoView {
    // One that retention took, or that is not yet here, cannot be opened.
    let open = open.filter(|seq| page.events.iter().any(|event| event.seq == *seq));
    // A jump shows the last event up to the moment asked for; without one the list stands at its newest.
    let jumped = query.at.is_some() || query.before.is_some();
    let start = jumped
        .then(|| page.events.last().map(|event| event.seq))
        .flatten();
    let shown = state.board.with_untracked(Board::seq);
    let is_earlier = state.replay.is_on_now();
    let newest = if is_earlier {
        shown
    } else {
        shown.max(page.last_seq)
    };
    // The server counts what comes later too.
    let total = page.total.filter(|_| !is_earlier);
    let page = EventsPage {
        last_seq: newest.min(page.last_seq),
        ..page
    };
    let feed = Feed::new(state, query.clone(), page, newest, start);
    Effect::new(move || state.newest.with(|events| feed.push(events)));
    Effect::new(move || {
        let newest: Seq = state.board.with(Board::seq);
        feed.grow_to(newest);
    });
    view! {
        <Filters state query=query.clone() />
        <EventList state feed query total open />
    }
    .part()
}
