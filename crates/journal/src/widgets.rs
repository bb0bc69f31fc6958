//! Widgets: declarations, pushed states, what the Overview's have counted, and arrangements. What only the server reads
//! is JSON. In: rows. Out: rows.

use loopscope_event::{Offset, ProjectId, SessionId, Timestamp};
use sqlx::Row as _;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use crate::{Journal, JournalError, NewAudit, sessions};

/// A widget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WidgetRecord {
    /// Its project.
    pub project: ProjectId,
    /// Its name.
    pub name: String,
    /// Its declaration, as JSON; none where a program pushes its state.
    pub spec: Option<String>,
    /// What stands over it.
    pub title: String,
    /// The Overview counts what came after this.
    pub since: Offset,
    /// Who declared or changed it last, or pushed it first.
    pub made_by: String,
    /// When.
    pub made_at: Timestamp,
}

/// What a program pushed last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WidgetPush {
    /// The project.
    pub project: ProjectId,
    /// Of which session; of none where it is of the project.
    pub session_id: Option<SessionId>,
    /// The widget.
    pub name: String,
    /// What it shows, as JSON.
    pub state: String,
    /// When it came.
    pub pushed_at: Timestamp,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WidgetPut {
    /// It is a new one.
    Made,
    /// It is there, changed.
    Changed,
    /// It is there already and was to be new, or is of the other sort.
    Taken,
    /// There are as many as are kept.
    Full,
    /// There is no such session.
    NoSession,
}

const COLUMNS: &str = "project, name, spec, title, since, made_by, made_at";

impl Journal {
    /// The widgets of a project, by name; of all where none is named.
    pub async fn widgets(
        &self,
        project: Option<&ProjectId>,
    ) -> Result<Vec<WidgetRecord>, JournalError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM widgets WHERE ?1 IS NULL OR project = ?1 ORDER BY project, name"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(project.map(|project| project.as_str().to_owned()))
            .fetch_all(self.readers())
            .await?;
        Ok(rows
            .iter()
            .map(record)
            .collect::<Result<_, sqlx::Error>>()?)
    }

    /// Keeps a declaration; answers when it is on the disk. `new`: it must not be there yet.
    pub async fn put_widget(
        &self,
        row: WidgetRecord,
        new: bool,
        most: usize,
        audit: NewAudit,
    ) -> Result<WidgetPut, JournalError> {
        self.durably(move |conn| {
            Box::pin(async move {
                let known = known(conn, &row.project, &row.name).await?;
                let done = match known {
                    Some(is_declared) if new || !is_declared => return Ok(WidgetPut::Taken),
                    Some(_) => WidgetPut::Changed,
                    None if count(conn, &row.project).await? >= most => return Ok(WidgetPut::Full),
                    None => WidgetPut::Made,
                };
                put(conn, row).await?;
                crate::audit::put(conn, &audit).await?;
                Ok(done)
            })
        })
        .await
    }

    /// Removes a widget with everything of it; `false` where there is none.
    pub async fn delete_widget(
        &self,
        project: &ProjectId,
        name: &str,
        audit: NewAudit,
    ) -> Result<bool, JournalError> {
        let (project, name) = (project.clone(), name.to_owned());
        self.durably(move |conn| {
            Box::pin(async move {
                for sql in [
                    "DELETE FROM widget_states WHERE project = ? AND name = ?",
                    "DELETE FROM widget_folds WHERE project = ? AND name = ?",
                ] {
                    sqlx::query(sql)
                        .bind(project.as_str().to_owned())
                        .bind(name.clone())
                        .execute(&mut *conn)
                        .await?;
                }
                let done = sqlx::query("DELETE FROM widgets WHERE project = ? AND name = ?")
                    .bind(project.as_str().to_owned())
                    .bind(name)
                    .execute(&mut *conn)
                    .await?;
                let was_there = done.rows_affected() > 0;
                if was_there {
                    crate::audit::put(conn, &audit).await?;
                }
                Ok(was_there)
            })
        })
        .await
    }

    /// Keeps what a program pushed in the place of what it pushed before; the first one makes the widget.
    pub async fn push_widget(
        &self,
        push: WidgetPush,
        widget: WidgetRecord,
        most: usize,
        most_of_session: usize,
        audit: NewAudit,
    ) -> Result<WidgetPut, JournalError> {
        self.durably(move |conn| {
            Box::pin(async move {
                let known = known(conn, &widget.project, &widget.name).await?;
                if known == Some(true) {
                    return Ok(WidgetPut::Taken);
                }
                let session = match &push.session_id {
                    None => 0,
                    Some(id) => match sessions::key(conn, &push.project, id).await? {
                        None => return Ok(WidgetPut::NoSession),
                        Some(key) => key,
                    },
                };
                if session != 0 && states(conn, session, &push.name).await? >= most_of_session {
                    return Ok(WidgetPut::Full);
                }
                let is_new = known.is_none();
                if is_new {
                    if count(conn, &widget.project).await? >= most {
                        return Ok(WidgetPut::Full);
                    }
                    put(conn, widget).await?;
                    crate::audit::put(conn, &audit).await?;
                } else {
                    // A program may change what stands over it.
                    sqlx::query("UPDATE widgets SET title = ?1 WHERE project = ?2 AND name = ?3 AND title <> ?1")
                        .bind(widget.title)
                        .bind(widget.project.as_str().to_owned())
                        .bind(widget.name)
                        .execute(&mut *conn)
                        .await?;
                }
                sqlx::query(
                    "INSERT OR REPLACE INTO widget_states (project, session, name, state, pushed_at) \
                     VALUES (?, ?, ?, ?, ?)",
                )
                .bind(push.project.as_str().to_owned())
                .bind(session)
                .bind(push.name)
                .bind(push.state)
                .bind(push.pushed_at.as_micros())
                .execute(&mut *conn)
                .await?;
                Ok(if is_new { WidgetPut::Made } else { WidgetPut::Changed })
            })
        })
        .await
    }

    /// What was pushed for a session, or, without one, for the project itself.
    pub async fn pushed_widgets(
        &self,
        project: &ProjectId,
        session_id: Option<&SessionId>,
    ) -> Result<Vec<WidgetPush>, JournalError> {
        let mut conn = self.readers().acquire().await?;
        let session = match session_id {
            None => 0,
            Some(id) => match sessions::key(&mut conn, project, id).await? {
                None => return Ok(Vec::new()),
                Some(key) => key,
            },
        };
        let rows = sqlx::query(
            "SELECT name, state, pushed_at FROM widget_states WHERE project = ? AND session = ? ORDER BY name",
        )
        .bind(project.as_str().to_owned())
        .bind(session)
        .fetch_all(&mut *conn)
        .await?;
        let rows = rows.iter().map(|row| {
            Ok(WidgetPush {
                project: project.clone(),
                session_id: session_id.cloned(),
                name: row.try_get(0)?,
                state: row.try_get(1)?,
                pushed_at: Timestamp::from_micros(row.try_get(2)?),
            })
        });
        Ok(rows.collect::<Result<_, sqlx::Error>>()?)
    }

    /// What a project's widgets of the Overview have counted: name, when it was declared, the fold as JSON.
    pub async fn widget_folds(
        &self,
    ) -> Result<Vec<(ProjectId, String, Timestamp, String)>, JournalError> {
        let rows = sqlx::query("SELECT project, name, made_at, fold FROM widget_folds")
            .fetch_all(self.readers())
            .await?;
        let rows = rows.iter().map(|row| {
            let made_at = Timestamp::from_micros(row.try_get(2)?);
            Ok((project(row, 0)?, row.try_get(1)?, made_at, row.try_get(3)?))
        });
        Ok(rows.collect::<Result<_, sqlx::Error>>()?)
    }

    /// Keeps folds; they are derived, so nobody waits for the disk.
    pub async fn put_widget_folds(
        &self,
        folds: Vec<(ProjectId, String, Timestamp, String)>,
    ) -> Result<(), JournalError> {
        self.durably(move |conn| {
            Box::pin(async move {
                for (project, name, made_at, fold) in folds {
                    sqlx::query(
                        "INSERT OR REPLACE INTO widget_folds (project, name, made_at, fold) \
                         SELECT ?1, ?2, ?3, ?4 WHERE EXISTS \
                         (SELECT 1 FROM widgets WHERE project = ?1 AND name = ?2 AND made_at = ?3)",
                    )
                    .bind(project.as_str().to_owned())
                    .bind(name)
                    .bind(made_at.as_micros())
                    .bind(fold)
                    .execute(&mut *conn)
                    .await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// How a project's widgets are arranged, as JSON; `None` where nobody did yet.
    pub async fn widget_arrangement(
        &self,
        project: &ProjectId,
    ) -> Result<Option<String>, JournalError> {
        let found = sqlx::query_scalar("SELECT body FROM widget_arrangements WHERE project = ?")
            .bind(project.as_str().to_owned())
            .fetch_optional(self.readers())
            .await?;
        Ok(found)
    }

    /// Arranges them; answers when it is on the disk.
    pub async fn put_widget_arrangement(
        &self,
        project: &ProjectId,
        body: String,
        audit: NewAudit,
    ) -> Result<(), JournalError> {
        let project = project.as_str().to_owned();
        self.durably(move |conn| {
            Box::pin(async move {
                sqlx::query(
                    "INSERT OR REPLACE INTO widget_arrangements (project, body) VALUES (?, ?)",
                )
                .bind(project)
                .bind(body)
                .execute(&mut *conn)
                .await?;
                crate::audit::put(conn, &audit).await
            })
        })
        .await
    }
}

/// Whether a widget is a declared one; `None` where there is none.
async fn known(
    conn: &mut SqliteConnection,
    project: &ProjectId,
    name: &str,
) -> Result<Option<bool>, sqlx::Error> {
    sqlx::query_scalar("SELECT spec IS NOT NULL FROM widgets WHERE project = ? AND name = ?")
        .bind(project.as_str().to_owned())
        .bind(name.to_owned())
        .fetch_optional(conn)
        .await
}

async fn count(conn: &mut SqliteConnection, project: &ProjectId) -> Result<usize, sqlx::Error> {
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM widgets WHERE project = ?")
        .bind(project.as_str().to_owned())
        .fetch_one(conn)
        .await?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// How many others were pushed for a session.
async fn states(
    conn: &mut SqliteConnection,
    session: i64,
    name: &str,
) -> Result<usize, sqlx::Error> {
    let count: i64 =
        sqlx::query_scalar("SELECT count(*) FROM widget_states WHERE session = ? AND name <> ?")
            .bind(session)
            .bind(name.to_owned())
            .fetch_one(conn)
            .await?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

async fn put(conn: &mut SqliteConnection, row: WidgetRecord) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT OR REPLACE INTO widgets (project, name, spec, title, since, made_by, made_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(row.project.as_str().to_owned())
    .bind(row.name)
    .bind(row.spec)
    .bind(row.title)
    .bind(row.since.0 as i64)
    .bind(row.made_by)
    .bind(row.made_at.as_micros())
    .execute(conn)
    .await?;
    Ok(())
}

fn record(row: &SqliteRow) -> Result<WidgetRecord, sqlx::Error> {
    let since: i64 = row.try_get(4)?;
    Ok(WidgetRecord {
        project: project(row, 0)?,
        name: row.try_get(1)?,
        spec: row.try_get(2)?,
        title: row.try_get(3)?,
        since: Offset(since.try_into().unwrap_or(0)),
        made_by: row.try_get(5)?,
        made_at: Timestamp::from_micros(row.try_get(6)?),
    })
}

fn project(row: &SqliteRow, column: usize) -> Result<ProjectId, sqlx::Error> {
    let name: String = row.try_get(column)?;
    ProjectId::new(name).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}
