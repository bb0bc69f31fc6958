//! The moment in the address: `?at=` names the event that is shown last.
//!
//! A hand moves faster than addresses should: the address follows when the moment rests. A link that forgets the moment
//! keeps it all the same; an address that names another one goes there.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use leptos_router::params::ParamsMap;
use loopscope_board::Board;
use loopscope_event::Seq;
use loopscope_protocol::Moment;

use super::super::state::SessionState;
use crate::world;

/// The address follows after so long, in milliseconds.
const REST_MS: i32 = 350;

/// Keeps the address and the moment together; once a page, where the router is at hand.
pub(in crate::pages::session) fn follow_address(state: SessionState) {
    let location = use_location();
    let (path, query) = (location.pathname, location.query);
    let navigate = use_navigate();
    let named = Memo::new(move |_| query.with(|query| query.get("at")));
    let written = StoredValue::new(named.get_untracked());
    let moves = StoredValue::new(0_u32);
    let write = Callback::new(move |()| {
        let at = state
            .replay
            .is_on_now()
            .then(|| state.board.with_untracked(Board::seq).to_string());
        let now = named.get_untracked();
        written.set_value(at.clone());
        if at == now {
            return;
        }
        let mut query = query.get_untracked();
        query.remove("at");
        if let Some(at) = at {
            query.insert("at", at);
        }
        let options = NavigateOptions {
            scroll: false,
            replace: true,
            ..NavigateOptions::default()
        };
        navigate(&whole(&path.get_untracked(), &query), options);
    });
    let shown = Memo::new(move |_| {
        let is_on = state.replay.is_on();
        is_on.then(|| state.board.with(Board::seq))
    });
    Effect::new(move || {
        // Only who reads a memo hears of it.
        let _ = shown.get();
        // While it plays the moment does not rest.
        if state.replay.is_playing() {
            return;
        }
        moves.update_value(|moves| *moves += 1);
        let nth = moves.get_value();
        spawn_local(async move {
            world::sleep(REST_MS).await;
            let is_last = moves.try_get_value() == Some(nth);
            if is_last && !state.replay.is_playing_now() {
                write.run(());
            }
        });
    });
    Effect::new(move |before: Option<Option<String>>| {
        let asked = named.get();
        if before.is_none() || asked == written.get_value() {
            return asked;
        }
        match asked.as_deref().map(str::parse::<Moment>) {
            Some(Ok(at)) => state.seek(at),
            // What was followed forgot the moment, or says nonsense.
            _ => write.run(()),
        }
        asked
    });
}

fn whole(path: &str, query: &ParamsMap) -> String {
    // The map begins with its own mark.
    format!("{path}{}", query.to_query_string())
}

/// The address of a page of the session at the moment that is shown; tracked.
pub(in crate::pages::session) fn link(state: SessionState, page: String) -> String {
    if !state.replay.is_on() {
        return page;
    }
    let seq = state.board.with(Board::seq);
    at(page, seq)
}

/// An address at a moment.
pub(in crate::pages::session) fn at(page: String, seq: Seq) -> String {
    let mark = if page.contains('?') { '&' } else { '?' };
    format!("{page}{mark}at={seq}")
}
