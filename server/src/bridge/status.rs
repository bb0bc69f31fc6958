//! How each dialled loop stands, for pages and `watch`. In: what a link goes through. Out: rows of [`SourceStatus`].

use std::sync::{Arc, PoisonError, RwLock};

use loopscope_event::{Duration, Timestamp};
use loopscope_protocol::{SourceState, SourceStatus};

/// The rows of all links; cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sources {
    rows: Arc<RwLock<Vec<SourceStatus>>>,
}

/// One link's own row.
#[derive(Debug, Clone)]
pub(crate) struct SourceRow {
    sources: Sources,
    place: usize,
    url: Arc<str>,
}

impl Sources {
    /// All rows, in the order of the configuration.
    pub(crate) fn rows(&self) -> Vec<SourceStatus> {
        let rows = self.rows.read().unwrap_or_else(PoisonError::into_inner);
        rows.clone()
    }

    /// A row for one more link.
    pub(crate) fn add(&self, url: &str, now: Timestamp) -> SourceRow {
        let mut rows = self.rows.write().unwrap_or_else(PoisonError::into_inner);
        let url = without_secrets(url);
        rows.push(SourceStatus {
            url: url.clone(),
            state: SourceState::Connecting,
            since: now,
            next_attempt_at: None,
            attempts: 0,
            last_error: None,
            events: 0,
        });
        SourceRow {
            sources: self.clone(),
            place: rows.len() - 1,
            url: url.into(),
        }
    }
}

impl SourceRow {
    /// The address as it is shown.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// It is being dialled.
    pub(crate) fn connecting(&self, now: Timestamp, attempts: u32) {
        self.change(|row| {
            row.enter(SourceState::Connecting, now);
            row.next_attempt_at = None;
            row.attempts = attempts;
        });
    }

    /// It is connected.
    pub(crate) fn connected(&self, now: Timestamp) {
        self.change(|row| {
            row.enter(SourceState::Connected, now);
            row.next_attempt_at = None;
            row.attempts = 0;
            row.last_error = None;
        });
    }

    /// It is not, and will be dialled again after a while.
    pub(crate) fn waiting(
        &self,
        now: Timestamp,
        delay: std::time::Duration,
        attempts: u32,
        why: &str,
    ) {
        let delay = Duration::from_micros(i64::try_from(delay.as_micros()).unwrap_or(i64::MAX));
        self.change(|row| {
            row.enter(SourceState::Waiting, now);
            row.next_attempt_at = Some(now.plus(delay));
            row.attempts = attempts;
            row.last_error = Some(why.chars().take(300).collect());
        });
    }

    /// Events were taken from it.
    pub(crate) fn count(&self, events: u64) {
        self.change(|row| row.events = row.events.saturating_add(events));
    }

    fn change(&self, change: impl FnOnce(&mut SourceStatus)) {
        let rows = &self.sources.rows;
        let mut rows = rows.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(row) = rows.get_mut(self.place) {
            change(row);
        }
    }
}

/// Moves a row to a state.
trait Enter {
    fn enter(&mut self, state: SourceState, now: Timestamp);
}

impl Enter for SourceStatus {
    fn enter(&mut self, state: SourceState, now: Timestamp) {
        if self.state != state {
            self.state = state;
            self.since = now;
        }
    }
}

/// The address without a user's name, password or query, which may hold secrets: it is shown to every viewer.
pub(crate) fn without_secrets(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (authority, path) = match rest.find('/') {
        Some(slash) => rest.split_at(slash),
        None => (rest, ""),
    };
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    if scheme.is_empty() {
        format!("{host}{path}")
    } else {
        format!("{scheme}://{host}{path}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_secrets() {
        for (url, shown) in [
            ("ws://localhost:8765", "ws://localhost:8765"),
            ("wss://me:pw@host:1/a/b?token=x#y", "wss://host:1/a/b"),
            ("ws://host?token=x", "ws://host"),
            ("ws://host/@a", "ws://host/@a"),
            ("localhost:8765", "localhost:8765"),
        ] {
            assert_eq!(without_secrets(url), shown);
        }
    }

    #[test]
    fn a_row_goes_through_its_link() {
        let at = |seconds: i64| Timestamp::from_micros(seconds * 1_000_000);
        let sources = Sources::default();
        let row = sources.add("ws://a", at(0));
        row.waiting(at(1), std::time::Duration::from_millis(250), 1, "refused");
        let shown = &sources.rows()[0];
        assert_eq!(
            (shown.state, shown.since, shown.attempts),
            (SourceState::Waiting, at(1), 1)
        );
        assert_eq!(
            shown.next_attempt_at,
            Some(Timestamp::from_micros(1_250_000))
        );
        assert_eq!(shown.last_error.as_deref(), Some("refused"));
        row.connecting(at(2), 1);
        row.connected(at(3));
        row.count(2);
        row.count(3);
        let shown = &sources.rows()[0];
        assert_eq!(
            (shown.state, shown.since, shown.events),
            (SourceState::Connected, at(3), 5)
        );
        assert_eq!((shown.attempts, &shown.last_error), (0, &None));
    }
}
