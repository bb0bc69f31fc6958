//! Saved views: lists of sessions under a name. In: a name and a query string. Out: rows, the oldest first.

use loopscope_event::{ProjectId, Timestamp};
use sqlx::{QueryBuilder, Row as _, Sqlite};

use crate::{Journal, JournalError, NewAudit};

/// The most views that are kept.
pub const MAX_VIEWS: usize = 100;

/// A list of sessions under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ViewRecord {
    /// Its id.
    pub view_id: String,
    /// Its name.
    pub name: String,
    /// The query string of the list.
    pub query: String,
    /// The project of whoever made it, where they may see only one.
    pub project: Option<ProjectId>,
    /// Who made it.
    pub who: String,
    /// When.
    pub created_at: Timestamp,
}

impl Journal {
    /// The views of a project; of all, where none is named.
    pub async fn saved_views(
        &self,
        project: Option<&ProjectId>,
    ) -> Result<Vec<ViewRecord>, JournalError> {
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT view_id, name, query, project, who, created_at FROM saved_views",
        );
        if let Some(project) = project {
            query
                .push(" WHERE project = ")
                .push_bind(project.as_str().to_owned());
        }
        query.push(" ORDER BY created_at, view_id");
        let rows = query.build().fetch_all(self.readers()).await?;
        let bad = |error| sqlx::Error::Decode(Box::new(error));
        let rows = rows.iter().map(|row| {
            let project: Option<String> = row.try_get(3)?;
            Ok(ViewRecord {
                view_id: row.try_get(0)?,
                name: row.try_get(1)?,
                query: row.try_get(2)?,
                project: project.map(ProjectId::new).transpose().map_err(bad)?,
                who: row.try_get(4)?,
                created_at: Timestamp::from_micros(row.try_get(5)?),
            })
        });
        Ok(rows.collect::<Result<_, sqlx::Error>>()?)
    }

    /// Keeps a view; answers when it is on the disk. `false` where there are [`MAX_VIEWS`] already.
    pub async fn put_view(&self, view: ViewRecord, audit: NewAudit) -> Result<bool, JournalError> {
        self.durably(move |conn| {
            Box::pin(async move {
                let done = sqlx::query(
                    "INSERT INTO saved_views (view_id, name, query, project, who, created_at) \
                     SELECT ?, ?, ?, ?, ?, ? WHERE (SELECT count(*) FROM saved_views) < ?",
                )
                .bind(view.view_id)
                .bind(view.name)
                .bind(view.query)
                .bind(view.project.map(|project| project.as_str().to_owned()))
                .bind(view.who)
                .bind(view.created_at.as_micros())
                .bind(MAX_VIEWS as i64)
                .execute(&mut *conn)
                .await?;
                let is_kept = done.rows_affected() > 0;
                if is_kept {
                    crate::audit::put(conn, &audit).await?;
                }
                Ok(is_kept)
            })
        })
        .await
    }

    /// Removes a view, of a project where one is named; `false` where there is none.
    pub async fn delete_view(
        &self,
        view_id: &str,
        project: Option<ProjectId>,
        audit: NewAudit,
    ) -> Result<bool, JournalError> {
        let view_id = view_id.to_owned();
        self.durably(move |conn| {
            Box::pin(async move {
                let done = sqlx::query(
                    "DELETE FROM saved_views WHERE view_id = ?1 AND (?2 IS NULL OR project = ?2)",
                )
                .bind(view_id)
                .bind(project.map(|project| project.as_str().to_owned()))
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
}
