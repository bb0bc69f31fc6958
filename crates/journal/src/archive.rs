//! Sessions that come from a file, with the places that they had. In: stretches of events. Out: the same session here.
//!
//! A stretch is taken whole or not at all: only where its first event is the session's next one, and where none of its
//! ids stands elsewhere in the project. The session's `source` notes up to which event it came from a file: what it
//! asked is asked of nobody any more, and no alert is news.

use loopscope_event::{CommandRecord, Event, EventId, NewEvent, ProjectId, Seq, SessionId};
use sqlx::Row as _;
use sqlx::sqlite::SqliteConnection;

use crate::commands::{self, StepError};
use crate::shared::Shared;
use crate::store::row::read_event_id;
use crate::writer::Group;
use crate::{Appended, Journal, JournalError};

/// How the note in `sessions.source` begins.
const NOTE: &str = "archive:";

/// Sessions that nobody speaks for: all that they have came from a file.
pub(crate) const NOT_FROM_FILE: &str = "(s.source IS NULL OR s.source NOT LIKE 'archive:%' \
     OR CAST(substr(s.source, 9) AS INTEGER) < s.last_seq)";

/// A stretch of a session's events from a file.
#[derive(Debug, Clone)]
pub struct ArchiveStep {
    /// The session's project.
    pub project: ProjectId,
    /// The session.
    pub session_id: SessionId,
    /// Where the session begins, in the file.
    pub first: Seq,
    /// Where it ends there.
    pub last: Seq,
    /// The place of the first event of this stretch.
    pub from: Seq,
}

/// In the transaction of the events: where the session begins, and where it comes from.
pub(crate) async fn apply(
    conn: &mut SqliteConnection,
    shared: &Shared,
    step: ArchiveStep,
) -> Result<Result<(), StepError>, sqlx::Error> {
    let Some(key) = crate::sessions::key(conn, &step.project, &step.session_id).await? else {
        return Ok(Err(StepError::NotFound));
    };
    // Behind events that were here before, the file begins where they end.
    sqlx::query(
        "UPDATE sessions SET first_seq = ?1 WHERE key = ?2 AND ?1 = ?3 \
         AND NOT EXISTS (SELECT 1 FROM events WHERE session = ?2 AND seq < ?1)",
    )
    .bind(step.first.0 as i64)
    .bind(key)
    .bind(step.from.0 as i64)
    .execute(&mut *conn)
    .await?;
    note(
        conn,
        shared,
        (step.project, step.session_id),
        key,
        step.last.0,
    )
    .await?;
    Ok(Ok(()))
}

/// In the transaction of events of a file that holds them in any order: up to where their sessions come from it.
pub(crate) async fn note_sessions(
    conn: &mut SqliteConnection,
    shared: &Shared,
    group: &Group,
) -> Result<Result<(), StepError>, sqlx::Error> {
    for session in group.sessions.iter().filter(|one| one.rows.is_some()) {
        let last = u64::try_from(session.last_seq).unwrap_or(0);
        note(conn, shared, session.name.clone(), session.key, last).await?;
    }
    Ok(Ok(()))
}

async fn note(
    conn: &mut SqliteConnection,
    shared: &Shared,
    session: (ProjectId, SessionId),
    key: i64,
    last: u64,
) -> Result<(), sqlx::Error> {
    // One that is dialled keeps the note of whom to ask for it.
    let noted = sqlx::query(
        "UPDATE sessions SET source = ? WHERE key = ? AND (source IS NULL OR source LIKE 'archive:%')",
    )
    .bind(format!("{NOTE}{last}"))
    .bind(key)
    .execute(conn)
    .await?;
    if noted.rows_affected() > 0 {
        shared.note_archived(session, last);
    }
    Ok(())
}

/// Reads the notes anew: at the start, and where sessions went.
pub(crate) async fn load_notes(
    conn: &mut SqliteConnection,
    shared: &Shared,
) -> Result<(), sqlx::Error> {
    let rows = sqlx::query(
        "SELECT p.name, s.session_id, CAST(substr(s.source, 9) AS INTEGER) FROM sessions s \
         JOIN projects p ON p.key = s.project WHERE s.source LIKE 'archive:%'",
    )
    .fetch_all(conn)
    .await?;
    let bad = |error| sqlx::Error::Decode(Box::new(error));
    let notes = rows.iter().map(|row| {
        let project = ProjectId::new(row.try_get::<&str, _>(0)?).map_err(bad)?;
        let session = SessionId::new(row.try_get::<&str, _>(1)?).map_err(bad)?;
        Ok(((project, session), row.try_get::<i64, _>(2)?.max(0) as u64))
    });
    let notes = notes.collect::<Result<_, sqlx::Error>>()?;
    shared.set_archived(notes);
    Ok(())
}

impl Journal {
    /// Writes a stretch of a session from a file, and answers once it is on the disk.
    pub async fn put_archived(
        &self,
        events: Vec<NewEvent>,
        step: ArchiveStep,
    ) -> Result<Vec<Appended>, StepError> {
        self.append_with(events, crate::writer::Beside::Archive(step))
            .await
    }

    /// Writes events of a file that is no archive, and notes that their sessions come from it. Those that are known are
    /// left alone.
    pub async fn put_filed(&self, events: Vec<NewEvent>) -> Result<Vec<Appended>, StepError> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        self.append_with(events, crate::writer::Beside::File).await
    }

    /// Whether an event came with its session from a file.
    pub fn is_archived(&self, event: &Event) -> bool {
        let last = self.archived_until(&event.project, &event.session_id);
        last.is_some_and(|last| event.seq <= last)
    }

    /// Up to which event a session came from a file; `None` where it did not.
    pub fn archived_until(&self, project: &ProjectId, session_id: &SessionId) -> Option<Seq> {
        self.shared().archived(project, session_id).map(Seq)
    }

    /// The ids of a session's events between two places, both included, in order.
    pub async fn event_ids(
        &self,
        project: &ProjectId,
        session_id: &SessionId,
        from: Seq,
        to: Seq,
    ) -> Result<Vec<(Seq, EventId)>, JournalError> {
        let mut conn = self.readers().acquire().await?;
        let Some(key) = crate::sessions::key(&mut conn, project, session_id).await? else {
            return Ok(Vec::new());
        };
        let rows = sqlx::query(
            "SELECT seq, event_id FROM events WHERE session = ? AND seq BETWEEN ? AND ? ORDER BY seq",
        )
        .bind(key)
        .bind(i64::try_from(from.0).unwrap_or(i64::MAX))
        .bind(i64::try_from(to.0).unwrap_or(i64::MAX))
        .fetch_all(&mut *conn)
        .await?;
        let read = |row: &sqlx::sqlite::SqliteRow| {
            Ok::<_, sqlx::Error>((
                Seq(row.try_get::<i64, _>(0)? as u64),
                read_event_id(row, 1)?,
            ))
        };
        Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
    }

    /// All commands of a session, the oldest first.
    pub async fn all_commands(
        &self,
        project: &ProjectId,
        session_id: &SessionId,
    ) -> Result<Vec<CommandRecord>, JournalError> {
        let mut conn = self.readers().acquire().await?;
        let Some(key) = crate::sessions::key(&mut conn, project, session_id).await? else {
            return Ok(Vec::new());
        };
        Ok(commands::all_of(&mut conn, key).await?)
    }

    /// Puts commands on record that came with a session from a file. Those that are known stay as they are.
    pub async fn put_archived_commands(
        &self,
        rows: Vec<CommandRecord>,
    ) -> Result<(), JournalError> {
        if rows.is_empty() {
            return Ok(());
        }
        self.durably(move |conn| {
            Box::pin(async move {
                for row in rows {
                    commands::put_if_new(conn, row).await?;
                }
                Ok(())
            })
        })
        .await
    }
}
