//! The session of events that name none. In: a link's events, in order. Out: each with its session.
//!
//! They belong to the session that spoke last. One that begins a run begins a session of its own where that one is
//! over, or is itself one without a name: a program that names no run still has one after the other.

use loopscope_dialects::Warning;
use loopscope_event::{EventId, Kind, NewEvent, SessionId};
use loopscope_journal::Journal;

/// What a link remembers of its sessions.
#[derive(Default)]
pub(super) struct Nameless {
    /// The session that spoke last.
    last: Option<SessionId>,
    /// Whether that named itself.
    is_named: bool,
    /// Whether it said that it is over.
    is_over: bool,
}

impl Nameless {
    /// Puts an event into its session. The decoder has put one that names none into the session of all such.
    pub(super) async fn place(
        &mut self,
        event: &mut NewEvent,
        warnings: &[Warning],
        journal: &Journal,
    ) {
        let is_named = event.session_id.as_str() != event.dialect.as_str()
            || !warnings.iter().any(|warning| warning.field == "session_id");
        if !is_named {
            let begins = event.kind == Kind::SessionStarted;
            let place = match &self.last {
                Some(last) if !(begins && (self.is_over || !self.is_named)) => Some(last.clone()),
                Some(_) => own(event),
                None if begins && is_taken(journal, event).await => own(event),
                None => None,
            };
            if let Some(place) = place {
                event.session_id = place;
            }
        }
        if self.last.as_ref() != Some(&event.session_id) {
            self.last = Some(event.session_id.clone());
            self.is_named = is_named;
            self.is_over = false;
        }
        self.is_over |= event.kind == Kind::SessionEnded;
    }
}

/// Whether an earlier run has the session of all that name none. A journal that cannot be read has none.
async fn is_taken(journal: &Journal, event: &NewEvent) -> bool {
    let found = journal.session(&event.project, &event.session_id).await;
    matches!(found, Ok(Some(_)))
}

/// A session for one run, named after the dialect and the moment.
fn own(event: &NewEvent) -> Option<SessionId> {
    let id = EventId::mint(event.received_at);
    SessionId::new(format!("{}-{id}", event.dialect)).ok()
}
