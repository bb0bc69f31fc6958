//! What is found by words: sessions by name, target and id, events by what they say.

use std::collections::HashMap;

use loopscope_board::describe;
use loopscope_dialects::words::{self, Piece, Question};
use loopscope_event::{Event, Offset, ProjectId, SessionId};
use loopscope_journal::{AskedWord, JournalError, SessionQuery};
use loopscope_protocol::{
    ApiError, EventHit, SearchAnswer, SessionSummary, SessionsQuery, SnippetPart,
};

use super::unreadable;
use crate::fold::summary_of;
use crate::state::AppState;

/// How many sessions are shown, and how many events where nothing is said.
const SESSIONS: u32 = 20;
pub(crate) const EVENTS: u32 = 30;

/// What is looked for, after a look whether there is any.
struct Looked {
    question: Question,
    asked: Vec<AskedWord>,
    widened: bool,
}

/// Finds sessions and events. Sessions come with the first page only.
pub(crate) async fn search(
    state: &AppState,
    project: Option<&ProjectId>,
    text: &str,
    before: Option<Offset>,
    limit: u32,
) -> Result<SearchAnswer, ApiError> {
    let text = text.trim();
    let failed = |error| unreadable(&error);
    let place = state.journal.search_place().await.map_err(failed)?;
    let behind = state.journal.head().0.saturating_sub(place.0);
    if text.is_empty() {
        return Ok(SearchAnswer {
            behind,
            ..SearchAnswer::default()
        });
    }
    let sessions = match before {
        Some(_) => Vec::new(),
        None => named(state, project, text).await?,
    };
    let looked = look(state, text).await.map_err(failed)?;
    let found = state
        .journal
        .find_events(project, &looked.asked, before, limit);
    let found = found.await.map_err(failed)?;
    let mut names = Names::default();
    let mut events = Vec::with_capacity(found.events.len());
    for event in found.events {
        let name = names.of(state, &event).await.map_err(failed)?;
        events.push(hit(event, name, &looked.question));
    }
    Ok(SearchAnswer {
        sessions,
        widened: looked.widened && !events.is_empty(),
        events,
        next: found.next,
        behind,
    })
}

/// The sessions whose events have the words of a text, by the journal's keys; of the newest of those events.
pub(super) async fn keys(state: &AppState, text: &str) -> Result<Vec<i64>, JournalError> {
    let looked = look(state, text).await?;
    state.journal.sessions_with_words(&looked.asked).await
}

/// Words as they stand; where no event has them, words that begin so.
async fn look(state: &AppState, text: &str) -> Result<Looked, JournalError> {
    let looked = |question: Question, widened| {
        let words = question.words.iter();
        let asked = words.map(|wanted| AskedWord {
            word: wanted.word.clone(),
            begins: wanted.begins,
        });
        Looked {
            asked: asked.collect(),
            question,
            widened,
        }
    };
    let plain = looked(Question::read(text), false);
    match plain.question.widened() {
        Some(wide) if !state.journal.has_words(&plain.asked).await? => Ok(looked(wide, true)),
        _ => Ok(plain),
    }
}

/// What is shown of an event: its sentence where that has all the words, else the values of its payload that have some.
/// Its name stands beside it, and is repeated only where nothing else was found.
fn shown(event: &Event, question: &Question) -> Vec<Piece> {
    let sentence = describe(event).sentence.replace('`', "");
    if question.fits(&words::words(&sentence)) {
        return words::snippet(&sentence, question);
    }
    let values = words::values_with(event, question);
    if values.is_empty() {
        words::snippet(&words::said(event), question)
    } else {
        words::snippet(&values, question)
    }
}

fn hit(event: Event, session_name: String, question: &Question) -> EventHit {
    let pieces = shown(&event, question).into_iter();
    let pieces = pieces.map(|piece| SnippetPart {
        text: piece.text,
        marked: piece.marked,
    });
    EventHit {
        snippet: pieces.collect(),
        project: event.project,
        session_id: event.session_id,
        session_name,
        seq: event.seq,
        offset: event.offset,
        timestamp: event.timestamp,
        name: event.name,
        severity: event.severity,
    }
}

/// Names of sessions, each looked up once.
#[derive(Default)]
struct Names(HashMap<(ProjectId, SessionId), String>);

impl Names {
    async fn of(&mut self, state: &AppState, event: &Event) -> Result<String, JournalError> {
        let key = (event.project.clone(), event.session_id.clone());
        if let Some(name) = self.0.get(&key) {
            return Ok(name.clone());
        }
        let name = if let Some(row) = state.fold.live_row(&key.0, &key.1) {
            row.name
        } else {
            let row = state.journal.session(&key.0, &key.1).await?;
            row.map_or_else(|| key.1.to_string(), |row| summary_of(row).name)
        };
        self.0.insert(key, name.clone());
        Ok(name)
    }
}

/// Sessions whose name, target or id has the text.
async fn named(
    state: &AppState,
    project: Option<&ProjectId>,
    text: &str,
) -> Result<Vec<SessionSummary>, ApiError> {
    let query = SessionsQuery {
        project: project.cloned(),
        text: Some(text.to_owned()),
        limit: SESSIONS,
        ..SessionsQuery::default()
    };
    state.fold.settle().await;
    let wanted: SessionQuery = super::sessions::wanted(&query);
    let page = state.journal.sessions(&wanted).await;
    let rows = page.map_err(|error| unreadable(&error))?.rows.into_iter();
    Ok(rows
        .map(|row| super::sessions::newest(state, summary_of(row)))
        .collect())
}
