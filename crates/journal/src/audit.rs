//! Who did what. In: entries. Out: pages of them, newest first.

use loopscope_event::{ProjectId, RawJson, SessionId, Timestamp};
use sqlx::sqlite::SqliteConnection;
use sqlx::{QueryBuilder, Row as _};

use crate::{Journal, JournalError};

/// Something that someone did, to be noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAudit {
    /// When.
    pub at: Timestamp,
    /// A token's id, `local`, `command line`.
    pub who: String,
    /// What: `token.create`, `command.queued`.
    pub action: String,
    /// To what.
    pub subject: String,
    /// The session that it is about.
    pub session: Option<(ProjectId, SessionId)>,
    /// More of it.
    pub detail: RawJson,
}

/// Something that someone did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Rises with every entry; the key to the next page.
    pub id: i64,
    /// What was noted.
    pub entry: NewAudit,
}

/// Which entries.
#[derive(Debug, Clone, Default)]
pub struct AuditQuery {
    /// Only entries before this id.
    pub before: Option<i64>,
    /// Only entries about sessions of this project.
    pub project: Option<ProjectId>,
    /// Only entries about this session.
    pub session_id: Option<SessionId>,
    /// Only actions that begin so.
    pub action: Option<String>,
    /// The most entries.
    pub limit: u32,
}

pub(crate) async fn put(conn: &mut SqliteConnection, new: &NewAudit) -> Result<(), sqlx::Error> {
    let (project, session) = new.session.as_ref().map_or((None, None), |(project, id)| {
        (
            Some(project.as_str().to_owned()),
            Some(id.as_str().to_owned()),
        )
    });
    sqlx::query(
        "INSERT INTO audit (at, who, action, subject, detail, project, session_id) VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(new.at.as_micros())
    .bind(new.who.clone())
    .bind(new.action.clone())
    .bind(new.subject.clone())
    .bind(new.detail.as_str().to_owned())
    .bind(project)
    .bind(session)
    .execute(conn)
    .await?;
    Ok(())
}

impl Journal {
    /// Notes who did what; answers when it is on the disk.
    pub async fn put_audit(&self, new: NewAudit) -> Result<(), JournalError> {
        self.durably(move |conn| Box::pin(async move { put(conn, &new).await }))
            .await
    }

    /// Entries, newest first.
    pub async fn audit(&self, query: &AuditQuery) -> Result<Vec<AuditEntry>, JournalError> {
        let mut sql = QueryBuilder::new(
            "SELECT id, at, who, action, subject, detail, project, session_id FROM audit WHERE id < ",
        );
        sql.push_bind(query.before.unwrap_or(i64::MAX));
        if let Some(project) = &query.project {
            sql.push(" AND project = ")
                .push_bind(project.as_str().to_owned());
        }
        if let Some(session) = &query.session_id {
            sql.push(" AND session_id = ")
                .push_bind(session.as_str().to_owned());
        }
        if let Some(action) = &query.action {
            sql.push(" AND substr(action, 1, length(")
                .push_bind(action.clone())
                .push(")) = ")
                .push_bind(action.clone());
        }
        sql.push(" ORDER BY id DESC LIMIT ")
            .push_bind(i64::from(query.limit));
        let rows = sql
            .build()
            .persistent(false)
            .fetch_all(self.readers())
            .await?;
        Ok(rows.iter().map(read).collect::<Result<_, sqlx::Error>>()?)
    }
}

fn read(row: &sqlx::sqlite::SqliteRow) -> Result<AuditEntry, sqlx::Error> {
    let bad = |error| sqlx::Error::Decode(Box::new(error));
    let project: Option<String> = row.try_get(6)?;
    let session: Option<String> = row.try_get(7)?;
    let session = match (project, session) {
        (Some(project), Some(session)) => Some((
            ProjectId::new(project).map_err(bad)?,
            SessionId::new(session).map_err(bad)?,
        )),
        _ => None,
    };
    Ok(AuditEntry {
        id: row.try_get(0)?,
        entry: NewAudit {
            at: Timestamp::from_micros(row.try_get(1)?),
            who: row.try_get(2)?,
            action: row.try_get(3)?,
            subject: row.try_get(4)?,
            session,
            detail: RawJson::from_trusted(row.try_get::<String, _>(5)?),
        },
    })
}
