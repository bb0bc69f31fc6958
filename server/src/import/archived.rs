//! Sessions of an archive. In: its lines. Out: the same sessions in the journal, place by place.
//!
//! Where a session is here already, its events are compared by their ids: the same ones are left alone, what the file
//! has more is added, and where the two differ nothing is changed and the session is refused. The rest of the file goes
//! on with the next session.

use loopscope_event::{EventId, NewEvent, ProjectId, Seq, SessionId};
use loopscope_journal::{AppendError, ArchiveStep, StepError};
use loopscope_protocol::{
    ApiError, ArchiveHeader, ArchiveReader, Archived, ErrorCode, begins_archive, tag_as_kept,
};
use tokio::time::sleep;

use super::{Importer, Mode, PAUSE, Stopped};
use crate::notes;

/// A session may be written to meanwhile; so often its place is looked up anew.
const TRIES: usize = 3;

/// Where the reading of an archive stands.
#[derive(Default)]
pub(super) struct Sessions {
    reader: ArchiveReader,
    current: Option<Current>,
    /// The rest of a session is of no use.
    passing: bool,
}

struct Current {
    header: ArchiveHeader,
    waiting: Vec<(Seq, NewEvent)>,
    /// Up to here it is stored.
    done: Seq,
}

/// What is here of a session.
struct Here {
    first: Seq,
    last: Seq,
}

enum Refused {
    /// This session, and why.
    Session(ApiError),
    /// The journal takes nothing.
    Journal(StepError),
}

impl Sessions {
    /// Lets go of the session that is being read, up to the next header.
    pub(super) fn pass_over(&mut self) {
        self.reader.forget();
        self.current = None;
        self.passing = true;
    }
}

impl Importer {
    pub(super) async fn archived(&mut self, line: &[u8]) -> Result<(), Stopped> {
        let begins = begins_archive(line);
        if begins {
            self.close_session().await?;
        }
        let Mode::Archive(sessions) = &mut self.mode else {
            return Ok(());
        };
        if sessions.passing && !begins {
            return Ok(());
        }
        sessions.passing = false;
        match sessions.reader.line(line) {
            Ok(Archived::Empty) => {}
            Ok(Archived::Header(header)) => {
                sessions.current = Some(Current {
                    done: Seq(header.first_seq.0.saturating_sub(1)),
                    header: *header,
                    waiting: Vec::new(),
                });
            }
            Ok(Archived::Event(seq, event)) => {
                if let Some(current) = &mut sessions.current {
                    current.waiting.push((seq, *event));
                }
            }
            Err(error) => {
                self.flush_archived().await?;
                self.refuse_session(error);
            }
        }
        Ok(())
    }

    pub(super) async fn flush_archived(&mut self) -> Result<(), Stopped> {
        let Mode::Archive(sessions) = &mut self.mode else {
            return Ok(());
        };
        let Some(mut current) = sessions.current.take() else {
            return Ok(());
        };
        match self.store(&mut current).await {
            Ok(()) => {
                if let Mode::Archive(sessions) = &mut self.mode {
                    sessions.current = Some(current);
                }
                Ok(())
            }
            Err(Refused::Session(error)) => {
                self.refuse_session(error);
                Ok(())
            }
            Err(Refused::Journal(error)) => Err(self.stopped(error)),
        }
    }

    /// The session that was read is over: whole, or cut short.
    pub(super) async fn close_session(&mut self) -> Result<(), Stopped> {
        self.flush_archived().await?;
        let Mode::Archive(sessions) = &self.mode else {
            return Ok(());
        };
        match sessions.reader.end() {
            Ok(()) => self.finish_session().await,
            Err(error) => {
                self.refuse_session(error);
                Ok(())
            }
        }
    }

    fn refuse_session(&mut self, error: ApiError) {
        if let Mode::Archive(sessions) = &mut self.mode {
            sessions.pass_over();
        }
        self.fault(error);
    }

    /// All events of a session are here: now what is beside them.
    async fn finish_session(&mut self) -> Result<(), Stopped> {
        let Mode::Archive(sessions) = &mut self.mode else {
            return Ok(());
        };
        let Some(current) = sessions.current.take() else {
            return Ok(());
        };
        let header = current.header;
        let mut commands = header.commands;
        for command in &mut commands {
            command.project.clone_from(&header.project);
            command.session_id.clone_from(&header.session_id);
        }
        let put = self.journal.put_archived_commands(commands).await;
        put.map_err(|error| self.stopped(AppendError::Storage(error.to_string()).into()))?;
        let session = (header.project, header.session_id);
        let notes = header.annotations.into_iter();
        let notes = notes.map(|note| notes::record(&session, note)).collect();
        let put = self.journal.put_archived_annotations(notes).await;
        put.map_err(|error| self.stopped(AppendError::Storage(error.to_string()).into()))?;
        // Tags that could not be given here are no reason to refuse the session.
        let tags = header.tags.iter().filter_map(|tag| tag_as_kept(tag).ok());
        let tags: Vec<String> = tags.take(loopscope_journal::MAX_TAGS).collect();
        if !tags.is_empty() {
            let put = self
                .journal
                .tag_sessions(vec![session], tags, Vec::new(), None)
                .await;
            put.map_err(|error| self.stopped(AppendError::Storage(error.to_string()).into()))?;
        }
        self.summary.sessions += 1;
        Ok(())
    }

    /// Stores what waits of a session, where it fits.
    async fn store(&mut self, current: &mut Current) -> Result<(), Refused> {
        let project = &current.header.project.clone();
        let session = &current.header.session_id.clone();
        for _ in 0..TRIES {
            let here = self.here(project, session).await?;
            let known = self.skip_known(current, here.as_ref()).await?;
            self.summary.duplicates += known;
            let Some((from, _)) = current.waiting.first() else {
                return Ok(());
            };
            let step = ArchiveStep {
                project: project.clone(),
                session_id: session.clone(),
                first: current.header.first_seq,
                last: current.header.last_seq,
                from: *from,
            };
            let events = current.waiting.iter().map(|(_, event)| event.clone());
            match self.put(events.collect(), step).await {
                Ok(stored) => {
                    self.summary.stored += stored;
                    if let Some((last, _)) = current.waiting.last() {
                        current.done = *last;
                    }
                    current.waiting.clear();
                    return Ok(());
                }
                Err(StepError::Place(next)) if next > current.done => {
                    if next < *from {
                        return Err(gap(session, *from, next));
                    }
                }
                Err(StepError::Place(next)) => return Err(gap(session, *from, next)),
                Err(StepError::Taken) => {
                    let message = format!(
                        "session `{session}`: an event between {from} and {} has an id that stands elsewhere in \
                         project `{project}`; the session is not taken from there on",
                        current.waiting.last().map_or(*from, |(last, _)| *last)
                    );
                    return Err(Refused::Session(ApiError::new(
                        ErrorCode::Conflict,
                        message,
                    )));
                }
                Err(error) => return Err(Refused::Journal(error)),
            }
        }
        let message =
            format!("session `{session}` is being written to; import again when it rests");
        Err(Refused::Session(ApiError::new(
            ErrorCode::Conflict,
            message,
        )))
    }

    async fn put(&self, events: Vec<NewEvent>, step: ArchiveStep) -> Result<u64, StepError> {
        loop {
            match self
                .journal
                .put_archived(events.clone(), step.clone())
                .await
            {
                Ok(places) => return Ok(places.len() as u64),
                Err(StepError::Append(AppendError::TooBusy)) => sleep(PAUSE).await,
                Err(error) => return Err(error),
            }
        }
    }

    async fn here(
        &self,
        project: &ProjectId,
        session: &SessionId,
    ) -> Result<Option<Here>, Refused> {
        let row = self.journal.session(project, session).await;
        let row = row.map_err(|error| unreadable(&error))?;
        Ok(row.map(|row| Here {
            first: row.first_seq,
            last: row.last_seq,
        }))
    }

    /// Takes what is here already out of what waits, after a look whether it is the same.
    async fn skip_known(&self, current: &mut Current, here: Option<&Here>) -> Result<u64, Refused> {
        let (Some(here), Some((from, _))) = (here, current.waiting.first()) else {
            return Ok(0);
        };
        let count = current
            .waiting
            .partition_point(|(seq, _)| *seq <= here.last);
        if count == 0 {
            return Ok(0);
        }
        let (project, session) = (&current.header.project, &current.header.session_id);
        let ids = self.journal.event_ids(project, session, *from, here.last);
        let ids = ids.await.map_err(|error| unreadable(&error))?;
        let other = current.waiting[..count]
            .iter()
            .filter(|(seq, _)| *seq >= here.first)
            .find(|(seq, event)| id_at(&ids, *seq) != Some(&event.event_id));
        if let Some((seq, _)) = other {
            let message = format!(
                "session `{session}` is here with other events from {seq} on; nothing of it was changed"
            );
            return Err(Refused::Session(ApiError::new(
                ErrorCode::Conflict,
                message,
            )));
        }
        let (last, _) = current.waiting[count - 1];
        current.done = last;
        current.waiting.drain(..count);
        Ok(count as u64)
    }
}

fn id_at(ids: &[(Seq, EventId)], seq: Seq) -> Option<&EventId> {
    let at = ids.binary_search_by_key(&seq, |(seq, _)| *seq).ok()?;
    ids.get(at).map(|(_, id)| id)
}

fn gap(session: &SessionId, from: Seq, next: Seq) -> Refused {
    let message = format!(
        "session `{session}` goes on with event {next} here, and the file with event {from}; what is between is missing"
    );
    Refused::Session(ApiError::new(ErrorCode::Conflict, message))
}

fn unreadable(error: &loopscope_journal::JournalError) -> Refused {
    Refused::Journal(AppendError::Storage(error.to_string()).into())
}
