//! The newest events of some systems. In: a place to look back from. Out: events, newest first.

use std::cmp::Reverse;
use std::sync::Arc;

use loopscope_event::{Dialect, Event, Offset, ProjectId, SessionId};
use loopscope_journal::{EventFilter, EventOrder, EventQuery};

use crate::facades::detail::Detail;
use crate::state::AppState;

/// The newest events up to an offset, newest first, at most `most`.
pub(super) async fn newest(
    state: &AppState,
    project: &ProjectId,
    sessions: &[SessionId],
    until: Offset,
    most: usize,
) -> Result<Vec<Arc<Event>>, Detail> {
    let wanted = |event: &Event| {
        event.offset <= until
            && event.dialect == Dialect::Agents
            && event.project == *project
            && sessions.contains(&event.session_id)
    };
    let live = state.ring.newest(most, wanted);
    if live.len() >= most {
        return Ok(live);
    }
    // The ring does not reach back far enough, or there are no more.
    let mut found = Vec::new();
    for session in sessions {
        let query = EventQuery {
            order: EventOrder::SeqDescending,
            limit: most as u32,
            filter: EventFilter {
                dialects: vec![Dialect::Agents],
                ..EventFilter::default()
            },
            ..EventQuery::default()
        };
        let page = state.journal.session_events(project, session, &query);
        found.extend(page.await?.events);
    }
    // A journal that is ahead of the cursor may have given all of it to newer events.
    found.extend(live);
    found.retain(|event| wanted(event));
    found.sort_by_key(|event| Reverse(event.offset));
    found.dedup_by_key(|event| event.offset);
    found.truncate(most);
    Ok(found)
}
