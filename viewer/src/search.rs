//! What has the words that are looked for. In: a question. Out: what `GET /api/v1/search` answers.
//!
//! There is no index here: events are read, the newest first, so many for one page.

use loopscope_dialects::words::{self, Question};
use loopscope_event::{Event, Offset};
use loopscope_protocol::{EventHit, SearchAnswer, SessionsQuery, SnippetPart};

use crate::{Shelf, list};

/// How many events a page has where nothing is said.
const PAGE: usize = 30;

/// How many sessions are shown.
const SESSIONS: u32 = 20;

/// So many events are read for one page.
const READ: usize = 50_000;

/// Finds sessions and events.
pub(crate) fn search(shelf: &Shelf, text: &str, before: Option<Offset>) -> SearchAnswer {
    let text = text.trim();
    if text.is_empty() {
        return SearchAnswer::default();
    }
    let query = SessionsQuery {
        text: Some(text.to_owned()),
        limit: SESSIONS,
        ..SessionsQuery::default()
    };
    let sessions = match before {
        Some(_) => Vec::new(),
        None => list::page(shelf, &query).sessions,
    };
    let plain = Question::read(text);
    let (events, next) = found(shelf, &plain, before);
    let wide = plain.widened().filter(|_| events.is_empty());
    let Some(wide) = wide else {
        return SearchAnswer {
            sessions,
            events,
            next,
            ..SearchAnswer::default()
        };
    };
    let (events, next) = found(shelf, &wide, before);
    SearchAnswer {
        sessions,
        widened: !events.is_empty(),
        events,
        next,
        behind: 0,
    }
}

/// Events that have the words, and where to go on.
fn found(
    shelf: &Shelf,
    question: &Question,
    before: Option<Offset>,
) -> (Vec<EventHit>, Option<Offset>) {
    if question.is_empty() {
        return (Vec::new(), None);
    }
    let all = shelf.all().iter().flat_map(|held| {
        let events = held.events.iter();
        events.map(|event| (event, held.row.name.as_str()))
    });
    let mut all: Vec<(&Event, &str)> = all
        .filter(|(event, _)| before.is_none_or(|before| event.offset < before))
        .collect();
    all.sort_by_key(|(event, _)| std::cmp::Reverse(event.offset));
    let mut hits = Vec::new();
    let mut last = None;
    for (event, name) in all.iter().take(READ) {
        last = Some(event.offset);
        let said = words::said(event);
        if question.fits(&words::words(&said)) {
            hits.push(hit(event, name, &said, question));
            if hits.len() == PAGE {
                return (hits, last);
            }
        }
    }
    (hits, last.filter(|_| all.len() > READ))
}

fn hit(event: &Event, name: &str, said: &str, question: &Question) -> EventHit {
    let pieces = words::snippet(said, question).into_iter();
    let pieces = pieces.map(|piece| SnippetPart {
        text: piece.text,
        marked: piece.marked,
    });
    EventHit {
        project: event.project.clone(),
        session_id: event.session_id.clone(),
        session_name: name.to_owned(),
        seq: event.seq,
        offset: event.offset,
        timestamp: event.timestamp,
        name: event.name.clone(),
        severity: event.severity,
        snippet: pieces.collect(),
    }
}
