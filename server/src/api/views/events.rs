//! A page of a session's events, by `seq`, with filters.

use loopscope_event::{Event, ProjectId, Seq, SessionId, Severity};
use loopscope_journal::{EventFilter, EventOrder, EventQuery};
use loopscope_protocol::{ApiError, EventsPage, EventsQuery};

use super::{unknown_session, unreadable};
use crate::state::AppState;

/// How many events a page has where nothing is said.
const PAGE: u32 = 200;

/// One page. `after` reads on; everything else reads back, and is answered in order all the same.
pub(crate) async fn events(
    state: &AppState,
    project: &ProjectId,
    session: &SessionId,
    query: &EventsQuery,
) -> Result<EventsPage, ApiError> {
    let journal = &state.journal;
    let found = journal.session(project, session).await;
    let found = found.map_err(|error| unreadable(&error))?;
    let Some(record) = found else {
        return Err(unknown_session(project, session));
    };
    let reads_on = query.after.is_some();
    let wanted = EventQuery {
        order: if reads_on {
            EventOrder::Seq
        } else {
            EventOrder::SeqDescending
        },
        after: query.after,
        before: query.before,
        limit: if query.limit == 0 { PAGE } else { query.limit },
        count: query.is_filtered(),
        filter: filter(query),
        ..EventQuery::default()
    };
    let page = journal.session_events(project, session, &wanted).await;
    let page = page.map_err(|error| unreadable(&error))?;
    let mut events: Vec<Event> = page.events.iter().map(|event| (**event).clone()).collect();
    if !reads_on {
        events.reverse();
    }
    // The row was read first: events may have come since.
    let last_seq = events
        .last()
        .map_or(record.last_seq, |event| event.seq.max(record.last_seq));
    Ok(EventsPage {
        events,
        last_seq,
        first_seq: record.first_seq,
        total: page
            .total
            .or_else(|| Some(kept(last_seq, record.first_seq))),
        more: page.more,
    })
}

/// How many events a session keeps.
const fn kept(last: Seq, first: Seq) -> u64 {
    (last.0 + 1).saturating_sub(first.0)
}

fn filter(query: &EventsQuery) -> EventFilter {
    let severities = query.severity.map_or_else(Vec::new, |least| {
        let all = Severity::ALL.iter().copied();
        all.filter(|severity| *severity <= least).collect()
    });
    EventFilter {
        kinds: query.kinds.clone(),
        severities,
        iteration: query.iteration,
        step: query.step.clone(),
        until: query.at,
        text: query.text.clone(),
        ..EventFilter::default()
    }
}
