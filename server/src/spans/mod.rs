//! Spans of sessions: what took time, for the timeline.
//!
//! In: the journal, read on from where it was read last whenever somebody asks. Out: stretches of spans, and a trace that
//! other programs open. Derived: nothing of it is stored, and what is in hand is bounded.

mod trace;
mod tracks;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use loopscope_board::spans::{SPAN_KINDS, Spans, SpansSnapshot};
use loopscope_event::{ProjectId, Seq, SessionId};
use loopscope_journal::{EventFilter, EventPage, EventQuery, Journal, JournalError};
use loopscope_protocol::SpansQuery;

pub(crate) use trace::Trace;

/// How many events are read at once.
const PAGE: u32 = 2_000;

/// The most sessions in hand; beyond, the least recently used are let go, and read anew when asked for.
const MOST: usize = 8;

type Key = (ProjectId, SessionId);
type Slot = Arc<tokio::sync::Mutex<Spans>>;

/// The handle on the spans.
#[derive(Clone)]
pub(crate) struct AllSpans(Arc<Shared>);

struct Shared {
    journal: Journal,
    /// With when it was used last, as a count.
    sessions: Mutex<HashMap<Key, (Slot, u64)>>,
}

impl AllSpans {
    /// Spans of what is in the journal.
    pub(crate) fn new(journal: Journal) -> Self {
        Self(Arc::new(Shared {
            journal,
            sessions: Mutex::default(),
        }))
    }

    /// A session is deleted: nothing of it is kept.
    pub(crate) fn forget(&self, project: &ProjectId, session: &SessionId) {
        self.lock().remove(&(project.clone(), session.clone()));
    }

    /// The spans that a query asks for; `last` is the session's newest event, read before.
    pub(crate) async fn snapshot(
        &self,
        project: &ProjectId,
        session: &SessionId,
        last: Seq,
        query: &SpansQuery,
    ) -> Result<SpansSnapshot, JournalError> {
        let slot = self.slot(project, session);
        let mut spans = slot.lock().await;
        loop {
            let page = page(&self.0.journal, project, session, spans.seq()).await?;
            for event in &page.events {
                spans.apply(event);
            }
            if !page.more {
                break;
            }
        }
        spans.reach(last);
        Ok(spans.snapshot(query))
    }

    /// A session's spans as a trace, from its first event on.
    pub(crate) fn trace(&self, project: &ProjectId, session: &SessionId, name: &str) -> Trace {
        let key = (project.clone(), session.clone());
        Trace::new(self.0.journal.clone(), key, name)
    }

    fn slot(&self, project: &ProjectId, session: &SessionId) -> Slot {
        let mut sessions = self.lock();
        let used = 1 + sessions.values().map(|(_, used)| *used).max().unwrap_or(0);
        let key = (project.clone(), session.clone());
        if sessions.len() >= MOST && !sessions.contains_key(&key) {
            let oldest = sessions.iter().min_by_key(|(_, (_, used))| *used);
            if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                sessions.remove(&oldest);
            }
        }
        let (slot, last) = sessions.entry(key).or_default();
        *last = used;
        Arc::clone(slot)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, (Slot, u64)>> {
        self.0
            .sessions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The next events of a session that may tell of spans.
async fn page(
    journal: &Journal,
    project: &ProjectId,
    session: &SessionId,
    after: Seq,
) -> Result<EventPage, JournalError> {
    let query = EventQuery {
        after: Some(after),
        limit: PAGE,
        filter: EventFilter {
            kinds: SPAN_KINDS.to_vec(),
            ..EventFilter::default()
        },
        ..EventQuery::default()
    };
    journal.session_events(project, session, &query).await
}
