//! The list's signals: rows that change in place, those that are new and wait, and the pages that follow.

use std::pin::Pin;

use leptos::prelude::*;
use loopscope_event::Cursor;
use loopscope_protocol::{ServerMessage, SessionSummary, SessionsPage, SessionsQuery};

use crate::source::{Source, source};
use crate::store::{Listener, Live, SessionRows, Taken, Wants};

/// Everything that the list shows, as signals.
#[derive(Clone, Copy)]
pub(super) struct ListState {
    pub(super) rows: SessionRows,
    pub(super) total: RwSignal<u64>,
    /// Where the next page starts.
    pub(super) next: RwSignal<Option<String>>,
    /// Sessions that match and are not among the rows; they wait for a press.
    pub(super) new: RwSignal<Vec<SessionSummary>>,
    /// Whether a page is on its way.
    pub(super) loading: RwSignal<bool>,
    query: StoredValue<SessionsQuery>,
    seen: StoredValue<Cursor>,
    source: StoredValue<Source>,
    live: Live,
}

impl ListState {
    pub(super) fn new(page: SessionsPage, query: SessionsQuery, live: Live) -> Self {
        Self {
            rows: SessionRows::new(page.sessions),
            total: RwSignal::new(page.total),
            next: RwSignal::new(page.next),
            new: RwSignal::new(Vec::new()),
            loading: RwSignal::new(false),
            query: StoredValue::new(query),
            seen: StoredValue::new(page.cursor),
            source: StoredValue::new(source()),
            live,
        }
    }

    /// Loads the next page, where there is one and none is on its way.
    pub(super) fn load_more(self) {
        let Some(after) = self.next.get_untracked() else {
            return;
        };
        if self.loading.get_untracked() {
            return;
        }
        self.loading.set(true);
        let query = SessionsQuery {
            after: Some(after),
            ..self.query.get_value()
        };
        let page = self.source.with_value(|source| source.sessions(query));
        leptos::task::spawn(async move {
            // A page that did not come can be asked for again.
            if let Ok(page) = page.await {
                self.rows.extend(page.sessions);
                self.total.set(page.total);
                self.next.set(page.next);
            }
            self.loading.set(false);
        });
    }

    /// An empty list is looked at once more: a session that just began may not be in the lists yet.
    pub(super) fn look_again(self) {
        if self.rows.is_empty_now() {
            let again = move || {
                leptos::task::spawn_local(async move {
                    self.refresh().await;
                });
            };
            set_timeout(again, std::time::Duration::from_secs(1));
        }
    }

    fn take_row(self, session: &SessionSummary) {
        if self.rows.update(session) || !self.query.with_value(|query| matches(query, session)) {
            return;
        }
        if self.rows.is_empty_now() {
            self.rows.prepend(session.clone(), 1);
            self.total.set(1);
            return;
        }
        // Beyond the last loaded row there may be older sessions that stir; of those only what began since is new.
        let all_loaded = self.next.with_untracked(Option::is_none);
        let is_new = all_loaded || session.started_at >= self.live.clock().plus(NEW_WITHIN);
        if is_new {
            self.new.update(|new| {
                new.retain(|waiting| waiting.session_id != session.session_id);
                new.push(session.clone());
            });
        }
    }

    /// Puts what waits at the top of the list.
    pub(super) fn show_new(self) {
        let new = self.new.try_update(std::mem::take).unwrap_or_default();
        self.total.update(|total| *total += new.len() as u64);
        for session in new {
            self.rows.prepend(session, usize::MAX);
        }
    }
}

/// How far back a session may have begun to count as new: two minutes.
const NEW_WITHIN: loopscope_event::Duration = loopscope_event::Duration::from_millis(-120_000);

/// Whether a session meets the conditions that can be told from its row.
fn matches(query: &SessionsQuery, session: &SessionSummary) -> bool {
    let contains = |text: &String| {
        let text = text.to_lowercase();
        let target = session.target.as_deref().unwrap_or_default();
        [session.name.as_str(), target, session.session_id.as_str()]
            .iter()
            .any(|part| part.to_lowercase().contains(&text))
    };
    (query.status.is_empty() || query.status.contains(&session.status))
        && (query.kind.is_empty() || query.kind.contains(&session.dialect))
        && (query.target.is_empty()
            || session
                .target
                .as_ref()
                .is_some_and(|target| query.target.contains(target)))
        && (!query.with_errors || session.errors > 0)
        && (!query.with_open_findings || session.findings_open.unwrap_or(0) > 0)
        && query.text.as_ref().is_none_or(contains)
}

impl Listener for ListState {
    fn wants(&self) -> Wants {
        Wants {
            sessions: true,
            seen: self.seen.get_value(),
            ..Wants::default()
        }
    }

    fn take(&self, messages: Vec<ServerMessage>) -> Taken {
        for message in messages {
            if let ServerMessage::Sessions(frame) = message {
                frame
                    .sessions
                    .iter()
                    .for_each(|session| self.take_row(session));
            }
        }
        Taken::Fits
    }

    /// Brings the first page's rows up to date in place; what is new waits for a press.
    fn refresh(&self) -> Pin<Box<dyn Future<Output = bool>>> {
        let state = *self;
        Box::pin(async move {
            let query = state.query.get_value();
            let loading = state.source.with_value(|source| source.sessions(query));
            let Ok(page) = loading.await else {
                return false;
            };
            page.sessions
                .iter()
                .for_each(|session| state.take_row(session));
            state.total.set(page.total);
            state.seen.set_value(page.cursor);
            true
        })
    }
}
