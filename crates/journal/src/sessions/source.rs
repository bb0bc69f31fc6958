//! Which address a session is dialled at, and which events are our own. In: a session. Out: what is noted of it.
//!
//! A server that was killed could not say that it lost its programs. The note tells the next one whom it lost.

use loopscope_event::{ProjectId, SessionId};
use sqlx::Row as _;

use crate::{Journal, JournalError};

/// A session that has not ended, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourcedSession {
    /// Its project.
    pub project: ProjectId,
    /// Its id.
    pub session_id: SessionId,
    /// The address that was noted.
    pub source: String,
    /// The fold's word for how it stands.
    pub status: String,
}

impl Journal {
    /// Notes the address that a session is dialled at. Of an unknown session nothing is noted.
    pub async fn set_source(
        &self,
        project: &ProjectId,
        session_id: &SessionId,
        source: &str,
    ) -> Result<(), JournalError> {
        let (project, session_id, source) =
            (project.clone(), session_id.clone(), source.to_owned());
        self.at_desk(move |desk| {
            Box::pin(desk.in_transaction(move |conn| {
                Box::pin(async move {
                    let Some(key) = super::key(conn, &project, &session_id).await? else {
                        return Ok(());
                    };
                    sqlx::query("UPDATE sessions SET source = ? WHERE key = ?")
                        .bind(source)
                        .bind(key)
                        .execute(conn)
                        .await?;
                    Ok(())
                })
            }))
        })
        .await
    }

    /// The sessions with a noted address that have not ended, oldest first.
    pub async fn unended_with_source(&self) -> Result<Vec<SourcedSession>, JournalError> {
        let rows = sqlx::query(
            "SELECT p.name, s.session_id, s.source, s.status FROM sessions s JOIN projects p ON p.key = s.project \
             WHERE s.source IS NOT NULL AND s.source NOT LIKE 'archive:%' AND s.status NOT IN ('converged', 'completed', 'failed') ORDER BY s.key",
        )
        .fetch_all(self.readers())
        .await?;
        let bad = |error| sqlx::Error::Decode(Box::new(error));
        let rows = rows.iter().map(|row| {
            Ok(SourcedSession {
                project: ProjectId::new(row.try_get::<&str, _>(0)?).map_err(bad)?,
                session_id: SessionId::new(row.try_get::<&str, _>(1)?).map_err(bad)?,
                source: row.try_get(2)?,
                status: row.try_get(3)?,
            })
        });
        Ok(rows.collect::<Result<_, sqlx::Error>>()?)
    }

    /// How many events of a project are our own (`loopscope:…`), not its producers'.
    pub async fn own_events(&self, project: &ProjectId) -> Result<u64, JournalError> {
        // The number is written out so that the index over our own events serves it.
        let count: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM events e WHERE e.dialect = 5 \
             AND e.project = (SELECT key FROM projects WHERE name = ?)",
        )
        .bind(project.as_str().to_owned())
        .fetch_one(self.readers())
        .await?;
        Ok(count.max(0) as u64)
    }
}

#[cfg(test)]
mod tests {
    use crate::store::code;
    use loopscope_event::Dialect;

    #[test]
    fn our_own_dialect_has_the_number_that_the_queries_say() {
        assert_eq!(code::dialect(Dialect::Loopscope), 5);
    }
}
