//! What the address says beside the query: whether filters are open, and which sessions are chosen. It goes along with
//! every link of the page, so that a choice outlives a search.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use loopscope_protocol::{SessionRef, SessionsQuery, percent_encode};

use crate::pages::query::sessions_href;

/// The most sessions that are chosen at once.
pub(super) const MOST: usize = loopscope_protocol::MAX_AT_ONCE;

/// See the module.
#[derive(Clone, Copy)]
pub(super) struct Extras {
    /// Whether filters show where there is little room.
    pub open: Memo<bool>,
    /// The sessions that are chosen, in the order of choosing.
    pub chosen: Memo<Vec<SessionRef>>,
    query: Memo<SessionsQuery>,
    go: Callback<String>,
}

impl Extras {
    /// Made above what is loaded: links outlive one list.
    pub(super) fn new(query: Memo<SessionsQuery>) -> Self {
        let params = use_query_map();
        let navigate = use_navigate();
        Self {
            open: Memo::new(move |_| params.with(|params| params.get("filters").is_some())),
            chosen: Memo::new(move |_| {
                let words = params.with(|params| params.get_all("sel").unwrap_or_default());
                let mut chosen: Vec<SessionRef> = Vec::new();
                for session in words.iter().filter_map(|word| word.parse().ok()) {
                    if chosen.len() < MOST && !chosen.contains(&session) {
                        chosen.push(session);
                    }
                }
                chosen
            }),
            query,
            go: Callback::new(move |href: String| {
                let options = NavigateOptions {
                    scroll: false,
                    replace: true,
                    ..NavigateOptions::default()
                };
                navigate(&href, options);
            }),
        }
    }

    /// The address of a list, with what goes along; tracked.
    pub(super) fn href(self, query: &SessionsQuery) -> String {
        with(query, self.open.get(), &self.chosen.get())
    }

    /// The same list with the filters shown or hidden.
    pub(super) fn toggle_filters(self) -> String {
        let query = self.query.get();
        with(&query, !self.open.get(), &self.chosen.get())
    }

    /// Chooses other sessions, each once, the first [`MOST`].
    pub(super) fn choose(self, chosen: &[SessionRef]) {
        let query = self.query.get_untracked();
        let mut once: Vec<SessionRef> = Vec::new();
        for session in chosen {
            if once.len() < MOST && !once.contains(session) {
                once.push(session.clone());
            }
        }
        let href = with(&query, self.open.get_untracked(), &once);
        self.go.run(href);
    }

    /// Chooses a session, or no longer.
    pub(super) fn toggle(self, session: &SessionRef) {
        let mut chosen = self.chosen.get_untracked();
        match chosen.iter().position(|known| known == session) {
            Some(place) => drop(chosen.remove(place)),
            None => chosen.push(session.clone()),
        }
        self.choose(&chosen);
    }
}

/// The address of a list, with what goes along.
fn with(query: &SessionsQuery, open: bool, chosen: &[SessionRef]) -> String {
    let mut href = sessions_href(query);
    let mut add = |name: &str, value: &str| {
        href.push(if href.contains('?') { '&' } else { '?' });
        href.push_str(name);
        href.push('=');
        percent_encode(value, &mut href);
    };
    if open {
        add("filters", "1");
    }
    for session in chosen {
        add("sel", &session.to_string());
    }
    href
}
