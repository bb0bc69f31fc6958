//! Whether people told a session to stand still. A table behind a lock, derived from events as the inbox is.
//!
//! In: HALT and RESUME as they are put on record, what becomes of them, and what programs say of themselves. Out: the
//! newest word of people, until their program says another. Commands that failed, expired or were taken back say nothing.
//! Events may come twice and, while the journal is still being read, in any order: each counts by its place in the session.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use loopscope_dialects::facts;
use loopscope_event::{CommandFact, CommandStep, Dialect, Event, Fact, Kind, Seq};
use loopscope_journal::{EventFilter, EventQuery, JournalError};

use super::{Desk, Key};

/// Sessions that are kept; beyond it those leave of which nothing is to be said.
const MOST: usize = 4_096;

/// Words of a session that are kept, so that one taken back leaves the one before.
const MOST_WORDS: usize = 16;

/// Events read at once.
const PAGE: u32 = 100;

/// See the module.
#[derive(Default)]
pub(super) struct Standing(Mutex<HashMap<Key, Words>>);

#[derive(Default)]
struct Words {
    /// The place of the program's newest word.
    program: Seq,
    /// People's words since, in the order of their places: which command, and whether it says to stand still.
    told: Vec<(Seq, String, bool)>,
    /// The newest commands that came to nothing.
    void: Vec<String>,
}

impl Words {
    fn take(&mut self, seq: Seq, word: Word) {
        match word {
            Word::Asked(id, is_halt) => {
                let is_known = self.told.iter().any(|(known, ..)| *known == seq);
                if seq <= self.program || is_known || self.void.contains(&id) {
                    return;
                }
                let place = self.told.partition_point(|(known, ..)| *known < seq);
                self.told.insert(place, (seq, id, is_halt));
                if self.told.len() > MOST_WORDS {
                    self.told.remove(0);
                }
            }
            Word::Void(id) => {
                self.told.retain(|(_, known, _)| *known != id);
                if !self.void.contains(&id) {
                    self.void.push(id);
                }
                if self.void.len() > MOST_WORDS {
                    self.void.remove(0);
                }
            }
            Word::Program => {
                self.program = self.program.max(seq);
                let program = self.program;
                self.told.retain(|(seq, ..)| *seq > program);
            }
        }
    }
}

/// What an event says of standing still.
enum Word {
    /// People asked.
    Asked(String, bool),
    /// What they asked came to nothing.
    Void(String),
    /// The program says how it stands: that holds, whatever was asked before.
    Program,
}

impl Standing {
    /// Takes an event, at its place in its session.
    fn take(&self, event: &Event) {
        let Some(word) = word_of(event) else {
            return;
        };
        let key: Key = (event.project.clone(), event.session_id.clone());
        let mut table = self.lock();
        if table.len() >= MOST && !table.contains_key(&key) {
            table.retain(|_, words| !words.told.is_empty());
            if table.len() >= MOST {
                return;
            }
        }
        table.entry(key).or_default().take(event.seq, word);
    }

    /// The newest word of people, where the program has said nothing since.
    fn told(&self, key: &Key) -> Option<bool> {
        let table = self.lock();
        table.get(key)?.told.last().map(|(.., is_halt)| *is_halt)
    }

    /// Where in its session the oldest word of people stands, where there is one.
    fn since(&self, key: &Key) -> Option<Seq> {
        let table = self.lock();
        table.get(key)?.told.first().map(|(seq, ..)| *seq)
    }

    /// A session is gone.
    pub(super) fn forget(&self, key: &Key) {
        self.lock().remove(key);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Words>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn word_of(event: &Event) -> Option<Word> {
    let kinds = [
        Kind::Command,
        Kind::StateChanged,
        Kind::SessionStarted,
        Kind::SessionEnded,
    ];
    if !kinds.contains(&event.kind) {
        return None;
    }
    facts(event).into_iter().find_map(|fact| match fact {
        Fact::Command(command) => of_command(&command),
        Fact::Halted(_) | Fact::Resumed | Fact::SessionEnded(_) => Some(Word::Program),
        Fact::State(word) if event.dialect == Dialect::Orchestrator && word == "RUNNING" => {
            Some(Word::Program)
        }
        _ => None,
    })
}

fn of_command(command: &CommandFact) -> Option<Word> {
    let kind = command.kind.trim();
    let is_halt = kind.eq_ignore_ascii_case("HALT");
    if !is_halt && !kind.eq_ignore_ascii_case("RESUME") {
        return None;
    }
    let id = command.command_id.clone();
    match command.step {
        CommandStep::Queued => Some(Word::Asked(id, is_halt)),
        CommandStep::Failed | CommandStep::Expired | CommandStep::Cancelled => Some(Word::Void(id)),
        _ => None,
    }
}

impl Desk {
    /// Whether people's newest word to a session was to stand still (`true`) or to go on; `None` where its program has
    /// said since how it stands, or nobody said anything.
    pub(crate) fn told_to_halt(&self, key: &Key) -> Option<bool> {
        self.0.standing.told(key)
    }

    /// Takes an event that may be about standing still.
    pub(super) fn standing_event(&self, event: &Event) {
        // Nobody goes on with what came from a file.
        if !self.0.journal.is_archived(event) {
            self.0.standing.take(event);
        }
    }

    /// Reads what a session's program said since people did.
    pub(super) async fn read_standing(&self, key: &Key) -> Result<(), JournalError> {
        let Some(since) = self.0.standing.since(key) else {
            return Ok(());
        };
        let mut query = EventQuery {
            limit: PAGE,
            after: Some(since),
            filter: EventFilter {
                kinds: vec![Kind::StateChanged, Kind::SessionStarted, Kind::SessionEnded],
                ..EventFilter::default()
            },
            ..EventQuery::default()
        };
        loop {
            let page = self
                .0
                .journal
                .session_events(&key.0, &key.1, &query)
                .await?;
            query.after = page.events.last().map(|event| event.seq);
            for event in &page.events {
                self.standing_event(event);
            }
            if !page.more {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests;
