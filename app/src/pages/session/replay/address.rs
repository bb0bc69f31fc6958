//! The moment in the address: `?at=` names the event that is shown last.
//!
//! A hand moves faster than addresses should: the address follows when the moment rests. A link that forgets the moment
//! keeps it all the same; an address that names another one goes there.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use leptos_router::params::ParamsMap;
use loopscope_board::Board;
use loopscope_event::Seq;
use loopscope_protocol::Moment;

use super::super::state::SessionState;
use crate::address::Follower;

/// Keeps the address and the moment together; once a page, where the router is at hand.
pub(in crate::pages::session) fn follow_address(state: SessionState) {
    let location = use_location();
    let (path, query) = (location.pathname, location.query);
    let address = Follower::here();
    let named = Memo::new(move |_| query.with(|query| query.get("at")));
    let written = StoredValue::new(named.get_untracked());
    // The address with the moment, where it is another one.
    let href = move || {
        let at = state
            .replay
            .is_on_now()
            .then(|| state.board.with_untracked(Board::seq).to_string());
        let now = named.get_untracked();
        written.set_value(at.clone());
        if at == now {
            return None;
        }
        let mut query = query.get_untracked();
        query.remove("at");
        if let Some(at) = at {
            query.insert("at", at);
        }
        Some(whole(&path.get_untracked(), &query))
    };
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
        address.rest(move || {
            let rests = !state.replay.is_playing_now();
            rests.then(href).flatten()
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
            _ => {
                if let Some(href) = href() {
                    address.go(href);
                }
            }
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
