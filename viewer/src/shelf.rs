//! What is open: sessions with their events, folded. In: events, session by session. Out: boards, rows, events.

use std::collections::HashSet;

use loopscope_board::Board;
use loopscope_event::{
    CommandRecord, Cursor, Event, EventId, NewEvent, Offset, ProjectId, Seq, SessionId, Timestamp,
};
use loopscope_protocol::{Annotation, SessionSummary};

use crate::book::Book;

/// Everything that is open.
#[derive(Debug, Default)]
pub struct Shelf {
    sessions: Vec<Held>,
    /// The newest event's place; in the order in which files were opened.
    last: u64,
}

/// One session.
#[derive(Debug)]
pub(crate) struct Held {
    pub project: ProjectId,
    pub id: SessionId,
    pub events: Vec<Event>,
    pub board: Board,
    pub row: SessionSummary,
    pub book: Book,
    pub commands: Vec<CommandRecord>,
    /// What people wrote at its moments.
    pub annotations: Vec<Annotation>,
    /// What people marked it with.
    pub tags: Vec<String>,
    ids: HashSet<EventId>,
}

impl Held {
    /// The first event that is here.
    pub(crate) fn first(&self) -> Seq {
        self.events.first().map_or(Seq(1), |event| event.seq)
    }

    /// The last one.
    pub(crate) fn last(&self) -> Seq {
        self.events.last().map_or(Seq(0), |event| event.seq)
    }
}

impl Shelf {
    /// All sessions, in the order in which they were opened.
    pub(crate) fn all(&self) -> &[Held] {
        &self.sessions
    }

    /// One of them.
    pub(crate) fn find(&self, project: &ProjectId, id: &SessionId) -> Option<&Held> {
        let mut all = self.sessions.iter();
        all.find(|held| held.id == *id && held.project == *project)
    }

    /// What a reader of everything has seen.
    pub(crate) const fn cursor(&self) -> Cursor {
        Cursor {
            epoch: 1,
            offset: Offset(self.last),
        }
    }

    /// When the newest event happened.
    pub(crate) fn newest(&self) -> Timestamp {
        let times = self.sessions.iter().map(|held| held.row.last_event_at);
        times.max().unwrap_or_default()
    }

    /// Lets a session go, to be read anew.
    pub(crate) fn remove(&mut self, project: &ProjectId, id: &SessionId) {
        self.sessions
            .retain(|held| held.id != *id || held.project != *project);
    }

    /// Adds an event to its session, at a place or behind the last. Answers whether it is new.
    pub(crate) fn push(&mut self, event: NewEvent, seq: Option<Seq>) -> bool {
        let at = self.seat(&event);
        let held = &mut self.sessions[at];
        if !held.ids.insert(event.event_id.clone()) {
            return false;
        }
        self.last += 1;
        let seq = seq.unwrap_or(Seq(held.last().0 + 1));
        let event = event.placed(Offset(self.last), seq);
        held.board.apply(&event);
        held.book.apply(&event);
        held.events.push(event);
        true
    }

    /// Makes the rows what their events say; to be called when a file is read.
    pub(crate) fn settle(&mut self) {
        for held in &mut self.sessions {
            // There is no program behind a file.
            held.board.came_from_file(held.last());
            held.row = held.board.summary();
        }
    }

    /// Puts a session's commands, notes and tags beside its events.
    pub(crate) fn put_beside(
        &mut self,
        project: &ProjectId,
        id: &SessionId,
        commands: Vec<CommandRecord>,
        annotations: Vec<Annotation>,
        tags: Vec<String>,
    ) {
        let mut all = self.sessions.iter_mut();
        if let Some(held) = all.find(|held| held.id == *id && held.project == *project) {
            held.commands = commands;
            held.annotations = annotations;
            held.tags = tags;
        }
    }

    fn seat(&mut self, event: &NewEvent) -> usize {
        let is_its = |held: &Held| held.id == event.session_id && held.project == event.project;
        // Events of one session mostly come in a row.
        if let Some(at) = self.sessions.iter().rposition(is_its) {
            return at;
        }
        let board = Board::new(event.project.clone(), event.session_id.clone());
        self.sessions.push(Held {
            project: event.project.clone(),
            id: event.session_id.clone(),
            events: Vec::new(),
            row: board.summary(),
            board,
            book: Book::default(),
            commands: Vec::new(),
            annotations: Vec::new(),
            tags: Vec::new(),
            ids: HashSet::new(),
        });
        self.sessions.len() - 1
    }
}
