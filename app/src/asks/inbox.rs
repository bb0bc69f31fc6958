//! The page's one inbox: every question that is known, kept true by the live connection, and how one is answered.

use std::collections::BTreeMap;
use std::pin::Pin;

use leptos::prelude::*;
use loopscope_event::{RawJson, SessionId};
use loopscope_protocol::{DecisionRow, DecisionsPage, ErrorCode, MakeDecision, ServerMessage};

use super::words::{choice_words, waits};
use crate::acts;
use crate::source::{Source, source};
use crate::store::{Listener, Live, Taken, Wants};
use crate::world;

/// The most answered questions that are kept.
const MOST_ANSWERED: usize = 200;

/// A question's session and its id.
pub type Which = (SessionId, String);

/// What is said of an answer that this page gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// It is on its way to the server.
    Sending,
    /// Somebody answered before; holds what was chosen here, and the server's words.
    TooLate(String, String),
    /// The server did not take it; holds why.
    Refused(String),
}

/// All questions that are known to this page.
#[derive(Clone, Copy)]
pub struct Inbox {
    /// What waits first, as the server sorts it, then the newest answered.
    pub rows: RwSignal<Vec<DecisionRow>>,
    /// How many wait in all.
    pub waiting: RwSignal<u64>,
    /// The one that was answered here last.
    pub touched: RwSignal<Option<Which>>,
    notes: RwSignal<BTreeMap<Which, Note>>,
    source: StoredValue<Source>,
    live: Live,
}

/// The inbox of this page.
pub fn inbox() -> Inbox {
    expect_context()
}

impl Inbox {
    /// Makes it, provides it to all components, and keeps it true for as long as the page lives.
    pub fn provide(live: Live, waiting: u64) -> Self {
        let inbox = Self {
            rows: RwSignal::new(Vec::new()),
            waiting: RwSignal::new(waiting),
            touched: RwSignal::new(None),
            notes: RwSignal::new(BTreeMap::new()),
            source: StoredValue::new(source()),
            live,
        };
        provide_context(inbox);
        Effect::new(move || live.attach(inbox));
        inbox
    }

    /// Takes a whole page of questions.
    pub fn load(self, page: DecisionsPage) {
        self.live.correct_clock(page.server_time);
        self.waiting.set(page.pending);
        if self.rows.with_untracked(|rows| *rows != page.decisions) {
            self.rows.set(page.decisions);
        }
    }

    /// What is said of an answer given here; tracked.
    pub fn note(self, which: &Which) -> Option<Note> {
        self.notes.with(|notes| notes.get(which).cloned())
    }

    /// Answers a question.
    pub fn answer(self, row: &DecisionRow, choice: &RawJson, reason: &str) {
        let which = (row.session_id.clone(), row.decision_id.clone());
        let sending = |notes: &BTreeMap<_, _>| notes.get(&which) == Some(&Note::Sending);
        if !waits(row) || self.notes.with_untracked(sending) {
            return;
        }
        self.set_note(&which, Some(Note::Sending));
        self.touched.set(Some(which.clone()));
        let made = MakeDecision {
            choice: choice.clone(),
            reason: Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty()),
        };
        let words = choice_words(row, choice);
        let answer = acts::decide(row, &made);
        leptos::task::spawn_local(async move {
            match answer.await {
                Ok(made) => {
                    self.set_note(&which, None);
                    self.take_rows(vec![made.decision]);
                }
                Err(error) if error.code == ErrorCode::AlreadyDecided => {
                    self.set_note(&which, Some(Note::TooLate(words, error.message)));
                    self.refresh().await;
                }
                Err(error) => self.set_note(&which, Some(Note::Refused(error.message))),
            }
        });
    }

    fn set_note(self, which: &Which, note: Option<Note>) {
        self.notes.update(|notes| {
            match note {
                Some(note) => notes.insert(which.clone(), note),
                None => notes.remove(which),
            };
        });
    }

    /// Takes rows that changed: what waits keeps its place, new ones come after, answered ones go first among theirs.
    fn take_rows(self, changed: Vec<DecisionRow>) {
        self.rows.update(|rows| merge(rows, changed));
    }
}

/// Puts changed rows where they belong.
fn merge(rows: &mut Vec<DecisionRow>, changed: Vec<DecisionRow>) {
    for new in changed {
        let is_it = |row: &DecisionRow| {
            row.session_id == new.session_id
                && row.decision_id == new.decision_id
                && row.project == new.project
        };
        let known = rows.iter().position(is_it);
        match known {
            Some(index) if waits(&rows[index]) == waits(&new) => rows[index] = new,
            _ => {
                if let Some(index) = known {
                    rows.remove(index);
                }
                let open = rows.iter().take_while(|row| waits(row)).count();
                rows.insert(open, new);
            }
        }
    }
    let open = rows.iter().take_while(|row| waits(row)).count();
    rows.truncate(open + MOST_ANSWERED);
}

impl Listener for Inbox {
    fn wants(&self) -> Wants {
        Wants {
            decisions: true,
            ..Wants::default()
        }
    }

    fn take(&self, messages: Vec<ServerMessage>) -> Taken {
        for message in messages {
            if let ServerMessage::Decisions(frame) = message {
                for row in frame.decisions.iter().filter(|row| waits(row)) {
                    let tag = format!("{}/{}", row.session_id, row.decision_id);
                    world::notify(&row.question, &row.session_name, &tag);
                }
                self.waiting.set(frame.pending);
                self.take_rows(frame.decisions);
            }
        }
        Taken::Fits
    }

    fn refresh(&self) -> Pin<Box<dyn Future<Output = bool>>> {
        let inbox = *self;
        Box::pin(async move {
            let loading = inbox.source.with_value(|source| source.decisions());
            let loaded = loading.await;
            let is_loaded = loaded.is_ok();
            if let Ok(page) = loaded {
                inbox.load(page);
            }
            is_loaded
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use loopscope_protocol::DecisionState;

    fn row(id: &str, state: DecisionState) -> DecisionRow {
        let json = format!(
            r#"{{"session_id":"s","session_name":"s","decision_id":"{id}","state":"pending","question":"?","asked_at":"2026-01-01T00:00:00Z"}}"#
        );
        DecisionRow {
            state,
            ..serde_json::from_str(&json).unwrap()
        }
    }

    fn ids(rows: &[DecisionRow]) -> Vec<&str> {
        rows.iter().map(|row| row.decision_id.as_str()).collect()
    }

    #[test]
    fn waiting_rows_keep_their_place_and_answered_ones_go_below_them() {
        use DecisionState::{Answered, Made, Pending};
        let mut rows = vec![row("a", Pending), row("b", Pending), row("old", Made)];
        merge(&mut rows, vec![row("c", Pending)]);
        assert_eq!(ids(&rows), ["a", "b", "c", "old"]);
        merge(&mut rows, vec![row("a", Answered)]);
        assert_eq!(ids(&rows), ["b", "c", "a", "old"]);
        merge(&mut rows, vec![row("a", Made), row("c", Pending)]);
        assert_eq!(ids(&rows), ["b", "c", "a", "old"]);
    }

    #[test]
    fn only_so_many_answered_ones_are_kept() {
        let mut rows = vec![row("a", DecisionState::Pending)];
        for number in 0..MOST_ANSWERED + 5 {
            merge(
                &mut rows,
                vec![row(&number.to_string(), DecisionState::Made)],
            );
        }
        assert_eq!(rows.len(), MOST_ANSWERED + 1);
        assert_eq!(rows[1].decision_id, (MOST_ANSWERED + 4).to_string());
    }
}
