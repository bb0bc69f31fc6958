//! Declared widgets of single sessions. In: the journal, read on from where it was read last whenever somebody asks.
//! Out: folds, of now or of a moment. Derived: nothing of it is stored, and what is in hand is bounded.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use loopscope_board::widgets::WidgetFold;
use loopscope_event::{ProjectId, Seq, SessionId};
use loopscope_journal::{EventPage, EventQuery, Journal, JournalError};

use super::Declared;

/// How many events are read at once.
const PAGE: u32 = 2_000;
/// The most sessions in hand; beyond, the least recently used are let go, and read anew when asked for.
const MOST: usize = 8;

type Key = (ProjectId, SessionId);
type Slot = Arc<tokio::sync::Mutex<Own>>;

/// Sessions that were asked for.
pub(super) struct Sessions {
    journal: Journal,
    /// With when it was used last, as a count.
    slots: Mutex<HashMap<Key, (Slot, u64)>>,
}

/// What is in hand of a session: each declared widget now, and at the moment that was asked for last.
#[derive(Default)]
struct Own {
    newest: Vec<(Declared, WidgetFold)>,
    moment: Vec<(Declared, WidgetFold)>,
}

impl Sessions {
    pub(super) fn new(journal: Journal) -> Self {
        Self {
            journal,
            slots: Mutex::default(),
        }
    }

    pub(super) fn forget(&self, project: &ProjectId, session: &SessionId) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.remove(&(project.clone(), session.clone()));
    }

    /// The folds of declared widgets in a session: of everything, or up to an event.
    pub(super) async fn folds(
        &self,
        project: &ProjectId,
        session: &SessionId,
        declared: &[Declared],
        at: Option<Seq>,
    ) -> Result<Vec<WidgetFold>, JournalError> {
        if declared.is_empty() {
            return Ok(Vec::new());
        }
        let slot = self.slot(project, session);
        let mut own = slot.lock().await;
        let own = match at {
            Some(_) => &mut own.moment,
            None => &mut own.newest,
        };
        take_over(own, declared, at);
        loop {
            let after = own.iter().map(|(_, fold)| fold.seq).min();
            let after = after.unwrap_or_default();
            if at.is_some_and(|at| after >= at) {
                break;
            }
            let page = self.page(project, session, after).await?;
            let mut last = after;
            for event in &page.events {
                if at.is_some_and(|at| event.seq > at) {
                    return Ok(folds(own));
                }
                last = event.seq;
                for (declared, fold) in own.iter_mut() {
                    fold.apply(&declared.plan, event);
                }
            }
            if !page.more || last == after {
                break;
            }
        }
        Ok(folds(own))
    }

    async fn page(
        &self,
        project: &ProjectId,
        session: &SessionId,
        after: Seq,
    ) -> Result<EventPage, JournalError> {
        let query = EventQuery {
            after: Some(after),
            limit: PAGE,
            ..EventQuery::default()
        };
        self.journal.session_events(project, session, &query).await
    }

    fn slot(&self, project: &ProjectId, session: &SessionId) -> Slot {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let used = 1 + slots.values().map(|(_, used)| *used).max().unwrap_or(0);
        let key = (project.clone(), session.clone());
        if slots.len() >= MOST && !slots.contains_key(&key) {
            let oldest = slots.iter().min_by_key(|(_, (_, used))| *used);
            if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                slots.remove(&oldest);
            }
        }
        let (slot, last) = slots.entry(key).or_default();
        *last = used;
        Arc::clone(slot)
    }
}

fn folds(own: &[(Declared, WidgetFold)]) -> Vec<WidgetFold> {
    own.iter().map(|(_, fold)| fold.clone()).collect()
}

/// Keeps what is still declared as it was, and not beyond the moment that is asked for; begins the rest anew.
fn take_over(own: &mut Vec<(Declared, WidgetFold)>, declared: &[Declared], at: Option<Seq>) {
    let mut known = std::mem::take(own);
    for declared in declared {
        let record = &declared.record;
        let place = known.iter().position(|(old, fold)| {
            old.record.name == record.name
                && old.record.made_at == record.made_at
                && at.is_none_or(|at| fold.seq <= at)
        });
        let fold = place.map(|place| known.swap_remove(place).1);
        own.push((declared.clone(), fold.unwrap_or_default()));
    }
}
