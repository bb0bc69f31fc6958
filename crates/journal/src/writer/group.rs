//! One group on its way to the disk. In: batches. Out: rows with their places, and each batch's answer.
//!
//! Places are given in two steps, so that they can be given again: first every event is told apart as new or known
//! ([`Group::gather`]), then the new ones are numbered ([`Group::number`]). Where the disk turns out to know an id
//! after all, its row is marked and the rest is numbered anew. Nothing here changes the desk before the commit.

use std::collections::HashMap;
use std::sync::Arc;

use loopscope_event::{Event, NewEvent, Offset, ProjectId, Seq, SessionId};
use sqlx::sqlite::SqliteConnection;

use super::recent::{Id, Place, Recent};
use super::seats::{Name, Seat, Seats, look_up};
use super::{Appended, Batch, Receipt};
use crate::store::code::IdKey;

/// An event of the group that may be new.
pub(crate) struct Row {
    pub(crate) event: NewEvent,
    pub(crate) id: Id,
    /// Which of the group's sessions.
    pub(crate) session: usize,
    pub(crate) offset: i64,
    pub(crate) seq: i64,
    /// Where the first event of this id is, if the disk knows one.
    pub(crate) known: Option<Place>,
}

/// A session of the group.
pub(crate) struct Sitting {
    pub(crate) name: Name,
    pub(crate) project: i64,
    pub(crate) key: i64,
    /// The last seq before the group.
    before: i64,
    /// The last seq with the group.
    pub(crate) last_seq: i64,
    pub(crate) last_offset: i64,
    pub(crate) is_new: bool,
    /// The first and the last row that is numbered.
    pub(crate) rows: Option<(usize, usize)>,
}

/// What a batch's event is answered with.
#[derive(Clone, Copy)]
enum Answer {
    First(usize),
    Again(usize),
    Known(Place),
}

/// Batches on their way to the disk together.
#[derive(Default)]
pub(crate) struct Group {
    pub(crate) rows: Vec<Row>,
    pub(crate) sessions: Vec<Sitting>,
    pub(crate) new_projects: Vec<(ProjectId, i64)>,
    by_name: HashMap<Name, usize>,
    answers: Vec<(Receipt, Vec<Answer>)>,
    /// Held until the receipts are out, so that the queue's bound counts what waits for the fsync too.
    pub(crate) room: Vec<tokio::sync::OwnedSemaphorePermit>,
}

impl Group {
    /// Takes the batches in, and tells their events apart by what memory knows.
    pub(crate) fn gather(batches: Vec<Batch>, seats: &Seats, recent: &Recent) -> Self {
        let mut group = Self::default();
        let events = batches.iter().map(|batch| batch.events.len()).sum();
        group.rows.reserve(events);
        let mut here: HashMap<Id, usize> = HashMap::with_capacity(events);
        let mut last: Option<usize> = None;
        for batch in batches {
            let mut answers = Vec::with_capacity(batch.events.len());
            for event in batch.events {
                let session = group.sit(&event, last, seats);
                last = Some(session);
                let id = Id {
                    project: group.sessions[session].project,
                    id: IdKey::of(&event.event_id),
                };
                answers.push(if let Some(row) = here.get(&id) {
                    Answer::Again(*row)
                } else if let Some(place) = recent.get(&id) {
                    Answer::Known(place)
                } else {
                    let row = group.rows.len();
                    here.insert(id.clone(), row);
                    group.rows.push(Row {
                        event,
                        id,
                        session,
                        offset: 0,
                        seq: 0,
                        known: None,
                    });
                    Answer::First(row)
                });
            }
            group.answers.push((batch.receipt, answers));
            group.room.push(batch.room);
        }
        group
    }

    /// The event's session among the group's; events of one session mostly come in a row.
    fn sit(&mut self, event: &NewEvent, last: Option<usize>, seats: &Seats) -> usize {
        if let Some(last) = last {
            let (project, session) = &self.sessions[last].name;
            if *session == event.session_id && *project == event.project {
                return last;
            }
        }
        let name = (event.project.clone(), event.session_id.clone());
        if let Some(index) = self.by_name.get(&name) {
            return *index;
        }
        let project = self.project(&event.project, seats);
        let seat = seats.session(&name);
        let index = self.sessions.len();
        self.sessions.push(Sitting {
            name: name.clone(),
            project,
            key: seat.map_or(0, |seat| seat.key),
            before: seat.map_or(0, |seat| seat.last_seq),
            last_seq: 0,
            last_offset: 0,
            is_new: false,
            rows: None,
        });
        self.by_name.insert(name, index);
        index
    }

    fn project(&mut self, project: &ProjectId, seats: &Seats) -> i64 {
        if let Some(key) = seats.project(project) {
            return key;
        }
        if let Some((_, key)) = self.new_projects.iter().find(|(name, _)| name == project) {
            return *key;
        }
        let key = seats.last_project() + 1 + self.new_projects.len() as i64;
        self.new_projects.push((project.clone(), key));
        key
    }

    /// Finds the sessions that memory does not know on the disk; the others are new.
    pub(crate) async fn seat(
        &mut self,
        conn: &mut SqliteConnection,
        seats: &Seats,
    ) -> Result<(), sqlx::Error> {
        let missing: Vec<(i64, SessionId)> = self
            .sessions
            .iter()
            .filter(|sitting| sitting.key == 0)
            .map(|sitting| (sitting.project, sitting.name.1.clone()))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let found = look_up(conn, &missing).await?;
        let mut next = seats.last_session() + 1;
        for sitting in self.sessions.iter_mut().filter(|sitting| sitting.key == 0) {
            if let Some(seat) = found.get(&(sitting.project, sitting.name.1.clone())) {
                sitting.key = seat.key;
                sitting.before = seat.last_seq;
            } else {
                sitting.key = next;
                sitting.is_new = true;
                next += 1;
            }
        }
        Ok(())
    }

    /// Whether an event of the group is known, by what memory and the disk said so far.
    pub(crate) fn has_known(&self) -> bool {
        let here = |answer: &Answer| !matches!(answer, Answer::First(_));
        let mut answers = self.answers.iter().flat_map(|(_, answers)| answers);
        answers.any(here) || self.rows.iter().any(|row| row.known.is_some())
    }

    /// Lets the one session of the group begin at a place of its own, where it is new. Answers the place of its next
    /// event.
    pub(crate) fn begin_at(&mut self, first: i64) -> i64 {
        let mut next = first;
        for sitting in &mut self.sessions {
            if sitting.is_new {
                sitting.before = first - 1;
            }
            next = sitting.before + 1;
        }
        next
    }

    /// Gives every row that is not known its place, from `next` on.
    pub(crate) fn number(&mut self, mut next: i64) {
        for sitting in &mut self.sessions {
            sitting.last_seq = sitting.before;
            sitting.rows = None;
        }
        for (index, row) in self.rows.iter_mut().enumerate() {
            if row.known.is_some() {
                continue;
            }
            let sitting = &mut self.sessions[row.session];
            sitting.last_seq += 1;
            sitting.last_offset = next;
            sitting.rows = Some((sitting.rows.map_or(index, |(first, _)| first), index));
            row.seq = sitting.last_seq;
            row.offset = next;
            next += 1;
        }
    }

    /// The rows to insert.
    pub(crate) fn new_rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.known.is_none())
    }

    /// The sessions to write, with the first and the last of their new rows.
    pub(crate) fn touched(&self) -> impl Iterator<Item = (&Sitting, &Row, &Row)> {
        self.sessions.iter().filter_map(|sitting| {
            let (first, last) = sitting.rows?;
            Some((sitting, self.rows.get(first)?, self.rows.get(last)?))
        })
    }

    /// After the commit: the answers, the events in order, and what the desk has to remember.
    pub(crate) fn finish(self, seats: &mut Seats, recent: &mut Recent) -> Finished {
        let places: Vec<(Place, bool)> = self
            .rows
            .iter()
            .map(|row| {
                (
                    row.known.unwrap_or((row.offset, row.seq)),
                    row.known.is_some(),
                )
            })
            .collect();
        let receipts = self
            .answers
            .into_iter()
            .map(|(receipt, answers)| {
                let answers = answers.into_iter().map(|answer| match answer {
                    Answer::First(row) => match places[row] {
                        (place, true) => duplicate(place),
                        ((offset, seq), false) => Appended::New {
                            offset: Offset(offset as u64),
                            seq: Seq(seq as u64),
                        },
                    },
                    Answer::Again(row) => duplicate(places[row].0),
                    Answer::Known(place) => duplicate(place),
                });
                (receipt, answers.collect())
            })
            .collect();
        for (project, key) in self.new_projects {
            seats.put_project(project, key);
        }
        for sitting in self.sessions {
            // A new session whose events all turned out to be known was not written.
            if sitting.rows.is_some() || !sitting.is_new {
                let seat = Seat {
                    key: sitting.key,
                    last_seq: sitting.last_seq,
                };
                seats.put_session(sitting.name, seat);
            }
        }
        let mut events = Vec::with_capacity(self.rows.len());
        for row in self.rows {
            let place = row.known.unwrap_or((row.offset, row.seq));
            if row.known.is_none() {
                let event = row
                    .event
                    .placed(Offset(row.offset as u64), Seq(row.seq as u64));
                events.push(Arc::new(event));
            }
            recent.put(row.id, place);
        }
        Finished {
            receipts,
            events,
            room: self.room,
        }
    }

    /// Nothing was kept: every batch gets the error.
    pub(crate) fn refuse(self, error: &crate::AppendError) {
        drop(self.room);
        for (receipt, _) in self.answers {
            receipt.tell(Err(error.clone()));
        }
    }
}

const fn duplicate((offset, seq): Place) -> Appended {
    Appended::Duplicate {
        offset: Offset(offset as u64),
        seq: Seq(seq as u64),
    }
}

/// A group that is committed.
pub(crate) struct Finished {
    pub(crate) receipts: Vec<(Receipt, Vec<Appended>)>,
    pub(crate) events: Vec<Arc<Event>>,
    pub(crate) room: Vec<tokio::sync::OwnedSemaphorePermit>,
}
