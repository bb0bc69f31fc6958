//! The session of events that name none. In: a link's events, in order. Out: each with its session.
//!
//! They belong to the session that spoke last. One that begins a run begins a session of its own where that one is
//! over, or is itself one without a name: a program that names no run still has one after the other. Over a link that
//! was made again, the beginning may have been missed: there any event behind an end begins a run.

use loopscope_dialects::Warning;
use loopscope_event::{EventId, Kind, NewEvent, SessionId};
use loopscope_journal::{Journal, SessionRecord};

/// What a link remembers of its sessions.
#[derive(Default)]
pub(super) struct Nameless {
    /// The session that spoke last.
    last: Option<SessionId>,
    /// Whether that named itself.
    is_named: bool,
    /// Whether it said that it is over.
    is_over: bool,
    /// Whether nothing came yet since the link was made.
    is_new_link: bool,
}

impl Nameless {
    /// Of a link that goes on with a session that was running when the server stopped.
    pub(super) fn after(last: Option<SessionId>) -> Self {
        Self {
            last,
            ..Self::default()
        }
    }

    /// The link was made, again or for the first time.
    pub(super) const fn connected(&mut self) {
        self.is_new_link = true;
    }

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
            let starts = event.kind == Kind::SessionStarted;
            let place = match &self.last {
                Some(last) => {
                    let begins = starts && (self.is_over || !self.is_named);
                    let was_begun = self.is_over && self.is_new_link;
                    if begins || (was_begun && event.kind != Kind::SessionEnded) {
                        own(event)
                    } else {
                        Some(last.clone())
                    }
                }
                None if is_taken(journal, event, starts).await => own(event),
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
        self.is_new_link = false;
        self.is_over |= event.kind == Kind::SessionEnded;
    }
}

/// Whether the session of all that name none is an earlier run's: any, where this event starts one, else one that is
/// over. A journal that cannot be read has none.
async fn is_taken(journal: &Journal, event: &NewEvent, starts: bool) -> bool {
    let found = journal.session(&event.project, &event.session_id).await;
    let is_over = |row: &SessionRecord| row.ended_at.is_some();
    matches!(found, Ok(Some(row)) if starts || is_over(&row))
}

/// A session for one run, named after the dialect and the moment.
fn own(event: &NewEvent) -> Option<SessionId> {
    let id = EventId::mint(event.received_at);
    SessionId::new(format!("{}-{id}", event.dialect)).ok()
}
