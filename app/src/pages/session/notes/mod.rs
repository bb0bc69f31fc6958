//! Notes that people leave at a moment of the session: in a dialog, as flags on the replay bar, the charts and the events.
//!
//! In: what was loaded with the page; an event says that it changed. Out: the list, by moment, for whoever shows it.

mod dialog;

use leptos::prelude::*;
use leptos::task::spawn_local;
use loopscope_board::Board;
use loopscope_dialects::loopscope::ANNOTATED;
use loopscope_event::{Dialect, Event, Seq};
use loopscope_protocol::Annotation;

pub(super) use self::dialog::{NoteButton, NotesDialog};
use super::state::SessionState;
use crate::figures::Marked;
use crate::lasting::Lasting;

/// The notes of a session, as signals.
#[derive(Clone, Copy)]
pub(super) struct Notes {
    /// All of them, by moment.
    pub(super) all: Lasting<Vec<Annotation>>,
    /// The event that a note is being left at; none while the dialog is closed.
    moment: RwSignal<Option<Seq>>,
    /// The note that is being changed.
    editing: RwSignal<Option<Annotation>>,
    /// The note that is about to be taken away.
    removing: RwSignal<Option<String>>,
    problem: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
}

impl Notes {
    pub(super) fn new(all: Vec<Annotation>) -> Self {
        Self {
            all: Lasting::new(all),
            moment: RwSignal::new(None),
            editing: RwSignal::new(None),
            removing: RwSignal::new(None),
            problem: RwSignal::new(None),
            busy: RwSignal::new(false),
        }
    }

    /// The notes up to the moment that is shown.
    pub(super) fn until(state: SessionState) -> Memo<Vec<Annotation>> {
        let shown = state.part(Board::seq);
        Memo::new(move |_| {
            let last = shown.get();
            state.notes.all.with(|all| {
                let until = all.iter().filter(|note| note.seq <= last);
                until.cloned().collect()
            })
        })
    }

    /// The same for the charts: each at its pass and at its time.
    pub(super) fn marked(state: SessionState) -> Memo<Vec<Marked>> {
        let word = |board: &Board| match board.header().dialect {
            Dialect::Training => "Epoch",
            _ => "Iteration",
        };
        let until = Self::until(state);
        let word = Memo::new(move |_| state.board.with(word));
        Memo::new(move |_| {
            let word = word.get();
            until.with(|notes| notes.iter().map(|note| marked(note, word)).collect())
        })
    }

    /// Whether events tell that notes changed.
    pub(super) fn are_told(events: &[Event]) -> bool {
        events.iter().any(|event| event.name == ANNOTATED)
    }
}

fn marked(note: &Annotation, word: &str) -> Marked {
    let at_ms = note.at.as_micros() as f64 / 1_000.0;
    Marked {
        label: note.text.clone(),
        places: vec![
            (word.to_owned(), f64::from(note.iteration)),
            ("Time".to_owned(), at_ms),
        ],
    }
}

impl SessionState {
    /// Loads the notes anew.
    pub(super) fn reload_notes(self) {
        spawn_local(async move {
            let key = self.key.get_value();
            let loading = self.source.with_value(|source| source.annotations(key));
            // What cannot be loaded now is loaded with the next change.
            if let Ok(loaded) = loading.await
                && !self.notes.all.is_disposed()
                && self
                    .notes
                    .all
                    .with_untracked(|all| *all != loaded.annotations)
            {
                self.notes.all.set(loaded.annotations);
            }
        });
    }
}
