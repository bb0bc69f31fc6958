//! Tags of sessions. In: sessions, tags to add and to remove. Out: the tags of each, sorted.

use std::collections::HashMap;

use loopscope_event::{ProjectId, SessionId};
use sqlx::sqlite::SqliteConnection;
use sqlx::{QueryBuilder, Row as _, Sqlite};

use crate::{Journal, JournalError, NewAudit};

/// The most tags of one session.
pub const MAX_TAGS: usize = 32;

/// A session by its names.
type Key = (ProjectId, SessionId);

impl Journal {
    /// Adds tags to sessions and removes others; answers when it is on the disk, with the tags of each that there is.
    /// A session keeps [`MAX_TAGS`]; what is beyond is not added.
    pub async fn tag_sessions(
        &self,
        sessions: Vec<Key>,
        add: Vec<String>,
        remove: Vec<String>,
        audit: Option<NewAudit>,
    ) -> Result<Vec<(Key, Vec<String>)>, JournalError> {
        self.durably(move |conn| {
            Box::pin(async move {
                let mut told = Vec::new();
                for (project, id) in sessions {
                    let Some(key) = crate::sessions::key(conn, &project, &id).await? else {
                        continue;
                    };
                    change(conn, key, &add, &remove).await?;
                    told.push(((project, id), of(conn, key).await?));
                }
                if let Some(audit) = audit.filter(|_| !told.is_empty()) {
                    crate::audit::put(conn, &audit).await?;
                }
                Ok(told)
            })
        })
        .await
    }

    /// The tags of some sessions, in their order; empty for one that has none, or that there is not.
    pub async fn tags_of(&self, sessions: &[Key]) -> Result<Vec<Vec<String>>, JournalError> {
        if sessions.is_empty() {
            return Ok(Vec::new());
        }
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT p.name, s.session_id, t.tag FROM sessions s JOIN projects p ON p.key = s.project \
             JOIN session_tags t ON t.session = s.key WHERE s.session_id IN (",
        );
        let mut list = query.separated(",");
        for (_, id) in sessions {
            list.push_bind(id.as_str().to_owned());
        }
        query.push(") ORDER BY t.tag");
        let rows = query
            .build()
            .persistent(false)
            .fetch_all(self.readers())
            .await?;
        let mut tags: HashMap<(String, String), Vec<String>> = HashMap::new();
        for row in rows {
            let key = (row.try_get(0)?, row.try_get(1)?);
            tags.entry(key).or_default().push(row.try_get(2)?);
        }
        let named = |(project, id): &Key| (project.as_str().to_owned(), id.as_str().to_owned());
        Ok(sessions
            .iter()
            .map(|session| tags.remove(&named(session)).unwrap_or_default())
            .collect())
    }

    /// Every tag in use with how many sessions have it, the commonest first.
    pub async fn tags(
        &self,
        project: Option<&ProjectId>,
    ) -> Result<Vec<(String, u64)>, JournalError> {
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT t.tag, count(*) FROM session_tags t JOIN sessions s ON s.key = t.session",
        );
        if let Some(project) = project {
            query
                .push(" WHERE s.project = (SELECT key FROM projects WHERE name = ")
                .push_bind(project.as_str().to_owned())
                .push(")");
        }
        query.push(" GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 200");
        let rows = query.build().fetch_all(self.readers()).await?;
        let rows = rows
            .iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get::<i64, _>(1)? as u64)));
        Ok(rows.collect::<Result<_, sqlx::Error>>()?)
    }
}

async fn change(
    conn: &mut SqliteConnection,
    key: i64,
    add: &[String],
    remove: &[String],
) -> Result<(), sqlx::Error> {
    for tag in remove {
        sqlx::query("DELETE FROM session_tags WHERE session = ? AND tag = ?")
            .bind(key)
            .bind(tag.clone())
            .execute(&mut *conn)
            .await?;
    }
    for tag in add {
        sqlx::query(
            "INSERT OR IGNORE INTO session_tags (session, tag) \
             SELECT ?1, ?2 WHERE (SELECT count(*) FROM session_tags WHERE session = ?1) < ?3",
        )
        .bind(key)
        .bind(tag.clone())
        .bind(MAX_TAGS as i64)
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

async fn of(conn: &mut SqliteConnection, key: i64) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT tag FROM session_tags WHERE session = ? ORDER BY tag")
        .bind(key)
        .fetch_all(conn)
        .await
}
