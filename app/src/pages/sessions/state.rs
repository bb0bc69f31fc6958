//! The list's signals: rows that change in place, those that are new and wait, and the pages that follow.

use std::collections::HashMap;
use std::pin::Pin;

use leptos::prelude::*;
use loopscope_event::Cursor;
use loopscope_protocol::{
    ServerMessage, SessionRef, SessionSummary, SessionsPage, SessionsQuery, TaggedSessions,
};

use crate::source::{SessionKey, Source, source};
use crate::store::guard::while_there;
use crate::store::{Listener, Live, SessionRows, Taken, Wants};

/// Everything that the list shows, as signals.
#[derive(Clone, Copy)]
pub(super) struct ListState {
    pub(super) rows: SessionRows,
    pub(super) total: RwSignal<u64>,
    /// The tags of sessions that have any.
    tags: RwSignal<HashMap<SessionKey, Vec<String>>>,
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
            tags: RwSignal::new(tags_in(&page)),
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
                let tags = tags_in(&page);
                self.tags.update(|known| known.extend(tags));
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
                // By then the list may be another one.
                let is_there = move || !self.query.is_disposed();
                leptos::task::spawn_local(async move {
                    while_there(is_there, self.refresh()).await;
                });
            };
            set_timeout(again, std::time::Duration::from_secs(1));
        }
    }

    /// The tags of a session; tracked.
    pub(super) fn tags(self, key: &SessionKey) -> Vec<String> {
        self.tags
            .with(|tags| tags.get(key).cloned().unwrap_or_default())
    }

    /// Every tag of some sessions, once; tracked.
    pub(super) fn tags_of(self, sessions: &[SessionRef]) -> Vec<String> {
        self.tags.with(|known| {
            let tags = sessions
                .iter()
                .filter_map(|session| known.get(&SessionKey::from(session)));
            let mut tags: Vec<String> = tags.flatten().cloned().collect();
            tags.sort();
            tags.dedup();
            tags
        })
    }

    /// The sessions that are listed; tracked.
    pub(super) fn listed(self) -> Vec<SessionRef> {
        let rows = self.rows.list().into_iter();
        rows.map(|(key, _)| key.reference()).collect()
    }

    /// Takes in the tags that sessions have now.
    pub(super) fn retag(self, told: TaggedSessions) {
        self.tags.update(|tags| {
            for session in told.sessions {
                tags.insert(SessionKey::from(&session.session), session.tags);
            }
        });
    }

    /// The name of a session that is listed; not tracked.
    pub(super) fn name_of(self, session: &SessionRef) -> Option<String> {
        let key = SessionKey::from(session);
        let rows = untrack(|| self.rows.list());
        let (_, row) = rows.into_iter().find(|(known, _)| *known == key)?;
        Some(row.with_untracked(|session| session.name.clone()))
    }

    /// Takes sessions off the list.
    pub(super) fn remove(self, gone: &[SessionRef]) {
        let keys: Vec<SessionKey> = gone.iter().map(SessionKey::from).collect();
        let removed = self.rows.remove(&keys) as u64;
        self.total
            .update(|total| *total = total.saturating_sub(removed));
        self.new
            .update(|new| new.retain(|row| !keys.contains(&SessionKey::of(row))));
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

fn tags_in(page: &SessionsPage) -> HashMap<SessionKey, Vec<String>> {
    let rows = page.sessions.iter().zip(&page.tags);
    let rows = rows.filter(|(_, tags)| !tags.is_empty());
    rows.map(|(row, tags)| (SessionKey::of(row), tags.clone()))
        .collect()
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
        // Which tags it has, no row says.
        && query.tag.is_empty()
        && query.project.as_ref().is_none_or(|project| *project == session.project)
        && query.since.is_none_or(|since| session.started_at >= since)
        && query.until.is_none_or(|until| session.started_at < until)
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
            let tags = tags_in(&page);
            state.tags.update(|known| known.extend(tags));
            page.sessions
                .iter()
                .for_each(|session| state.take_row(session));
            state.total.set(page.total);
            state.seen.set_value(page.cursor);
            true
        })
    }
}
