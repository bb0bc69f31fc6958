//! Annotations: what people write at a moment of a session. In: a change with the event that tells of it, one
//! transaction. Out: rows.

use loopscope_event::{NewEvent, ProjectId, Seq, SessionId, Timestamp};
use sqlx::Row as _;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use crate::commands::StepError;
use crate::writer::Beside;
use crate::{Appended, Journal, JournalError, NewAudit, sessions};

/// The most that a session keeps.
pub const MAX_ANNOTATIONS: u32 = 1_000;

/// A note at a moment of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnotationRecord {
    /// Its id.
    pub annotation_id: String,
    /// The session's project.
    pub project: ProjectId,
    /// The session.
    pub session_id: SessionId,
    /// The event after which it stands.
    pub seq: Seq,
    /// When that event happened.
    pub at: Timestamp,
    /// In which pass.
    pub iteration: u32,
    /// What it says.
    pub text: String,
    /// Who left it.
    pub made_by: String,
    /// When it was left.
    pub made_at: Timestamp,
    /// Who changed it last, and when.
    pub edited: Option<(String, Timestamp)>,
}

/// A change to annotations.
#[derive(Debug, Clone)]
pub enum AnnotationChange {
    /// It is as this says from now on; `new`: it is not there yet.
    Put {
        /// The whole note.
        row: Box<AnnotationRecord>,
        /// Whether it is a new one.
        new: bool,
    },
    /// It is gone.
    Delete {
        /// The session's project.
        project: ProjectId,
        /// The session.
        session_id: SessionId,
        /// Which.
        annotation_id: String,
    },
}

/// A change and who made it.
#[derive(Debug, Clone)]
pub struct AnnotationStep {
    /// What becomes of which.
    pub change: AnnotationChange,
    /// Who did it.
    pub audit: Vec<NewAudit>,
}

impl Journal {
    /// Changes an annotation and writes the event that tells of it, in one transaction; answers once it is on the disk.
    pub async fn put_annotation(
        &self,
        event: NewEvent,
        step: AnnotationStep,
    ) -> Result<Vec<Appended>, StepError> {
        self.append_with(vec![event], Beside::Annotation(step))
            .await
    }

    /// Keeps annotations that come from a file, where the session is there and they are not; no more than a session
    /// keeps.
    pub async fn put_archived_annotations(
        &self,
        rows: Vec<AnnotationRecord>,
    ) -> Result<(), JournalError> {
        if rows.is_empty() {
            return Ok(());
        }
        self.durably(move |conn| {
            Box::pin(async move {
                for row in rows.into_iter().take(MAX_ANNOTATIONS as usize) {
                    put(conn, row, true).await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// The annotations of a session, by moment; empty where the session is not known.
    pub async fn annotations(
        &self,
        project: &ProjectId,
        session_id: &SessionId,
    ) -> Result<Vec<AnnotationRecord>, JournalError> {
        let mut conn = self.readers().acquire().await?;
        let Some(session) = sessions::key(&mut conn, project, session_id).await? else {
            return Ok(Vec::new());
        };
        let rows = sqlx::query(
            "SELECT annotation_id, seq, at, iteration, text, made_by, made_at, edited_by, edited_at \
             FROM annotations WHERE session = ? ORDER BY seq, made_at, annotation_id",
        )
        .bind(session)
        .fetch_all(&mut *conn)
        .await?;
        let rows = rows.iter().map(|row| read(row, project, session_id));
        Ok(rows.collect::<Result<_, sqlx::Error>>()?)
    }
}

fn read(
    row: &SqliteRow,
    project: &ProjectId,
    session_id: &SessionId,
) -> Result<AnnotationRecord, sqlx::Error> {
    let edited_by: Option<String> = row.try_get(7)?;
    let edited_at: Option<i64> = row.try_get(8)?;
    Ok(AnnotationRecord {
        annotation_id: row.try_get(0)?,
        project: project.clone(),
        session_id: session_id.clone(),
        seq: Seq(row.try_get::<i64, _>(1)? as u64),
        at: Timestamp::from_micros(row.try_get(2)?),
        iteration: row.try_get(3)?,
        text: row.try_get(4)?,
        made_by: row.try_get(5)?,
        made_at: Timestamp::from_micros(row.try_get(6)?),
        edited: edited_by.zip(edited_at.map(Timestamp::from_micros)),
    })
}

/// Makes a change inside of the transaction that holds its event; an inner error means that nothing of it may stay.
pub(crate) async fn apply(
    conn: &mut SqliteConnection,
    step: AnnotationStep,
) -> Result<Result<(), StepError>, sqlx::Error> {
    let is_done = match step.change {
        AnnotationChange::Put { row, new } => put(conn, *row, new).await?,
        AnnotationChange::Delete {
            project,
            session_id,
            annotation_id,
        } => {
            let Some(session) = sessions::key(conn, &project, &session_id).await? else {
                return Ok(Err(StepError::NotFound));
            };
            let done =
                sqlx::query("DELETE FROM annotations WHERE annotation_id = ? AND session = ?")
                    .bind(annotation_id)
                    .bind(session)
                    .execute(&mut *conn)
                    .await?;
            done.rows_affected() > 0
        }
    };
    if !is_done {
        return Ok(Err(StepError::NotFound));
    }
    for entry in step.audit {
        crate::audit::put(conn, &entry).await?;
    }
    Ok(Ok(()))
}

/// Out: whether it could be: a session that is gone takes none, and what is deleted is not changed.
async fn put(
    conn: &mut SqliteConnection,
    row: AnnotationRecord,
    new: bool,
) -> Result<bool, sqlx::Error> {
    let Some(session) = sessions::key(conn, &row.project, &row.session_id).await? else {
        return Ok(false);
    };
    let (edited_by, edited_at) = row
        .edited
        .map_or((None, None), |(by, at)| (Some(by), Some(at.as_micros())));
    if !new {
        let done = sqlx::query(
            "UPDATE annotations SET text = ?, edited_by = ?, edited_at = ? WHERE annotation_id = ? AND session = ?",
        )
        .bind(row.text)
        .bind(edited_by)
        .bind(edited_at)
        .bind(row.annotation_id)
        .bind(session)
        .execute(conn)
        .await?;
        return Ok(done.rows_affected() > 0);
    }
    sqlx::query(
        // An id that is there already is the same note.
        "INSERT OR IGNORE INTO annotations (annotation_id, session, seq, at, iteration, text, made_by, made_at, edited_by, \
         edited_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(row.annotation_id)
    .bind(session)
    .bind(row.seq.0 as i64)
    .bind(row.at.as_micros())
    .bind(row.iteration)
    .bind(row.text)
    .bind(row.made_by)
    .bind(row.made_at.as_micros())
    .bind(edited_by)
    .bind(edited_at)
    .execute(conn)
    .await?;
    Ok(true)
}
