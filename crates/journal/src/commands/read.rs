//! Questions about commands and runners. In: a session, an id, states. Out: rows.

use loopscope_event::{
    CommandId, CommandRecord, CommandState, NewEvent, ProjectId, SessionId, Timestamp,
};
use sqlx::{AssertSqlSafe, QueryBuilder, Row as _};

use super::{CommandStep, RunnerRow, StepError, change, row};
use crate::store::code;
use crate::{Appended, Journal, JournalError, sessions};

/// Which of a session's commands.
#[derive(Debug, Clone, Default)]
pub struct CommandQuery {
    /// Only in these states; empty: in any.
    pub states: Vec<CommandState>,
    /// Only those asked for before this one; of an unknown one, none.
    pub before: Option<CommandId>,
    /// The most rows.
    pub limit: u32,
}

/// All commands of a session, in the order in which they were asked for.
pub(crate) async fn all_of(
    conn: &mut sqlx::sqlite::SqliteConnection,
    session: i64,
) -> Result<Vec<CommandRecord>, sqlx::Error> {
    let sql = format!(
        "SELECT {} FROM {} WHERE c.session = ? ORDER BY c.number",
        row::COLUMNS,
        row::FROM
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .bind(session)
        .fetch_all(conn)
        .await?;
    rows.iter().map(row::read).collect()
}

impl Journal {
    /// Writes events and what they tell of commands in one transaction, and answers once it is on the disk.
    ///
    /// Dropping the future does not take the step back.
    pub async fn put_command_step(
        &self,
        events: Vec<NewEvent>,
        step: CommandStep,
    ) -> Result<Vec<Appended>, StepError> {
        self.append_with(events, crate::writer::Beside::Commands(step))
            .await
    }

    /// Every command that is not over, by session and place in the queue; those that came from a file aside.
    pub async fn unfinished_commands(&self) -> Result<Vec<CommandRecord>, JournalError> {
        let sql = format!(
            "SELECT {} FROM {} WHERE c.state < 3 AND {} ORDER BY c.session, c.position",
            row::COLUMNS,
            row::FROM,
            crate::archive::NOT_FROM_FILE
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .fetch_all(self.readers())
            .await?;
        Ok(rows.iter().map(row::read).collect::<Result<_, _>>()?)
    }

    /// A session's commands, the newest first.
    pub async fn commands(
        &self,
        project: &ProjectId,
        session_id: &SessionId,
        query: &CommandQuery,
    ) -> Result<Vec<CommandRecord>, JournalError> {
        let mut conn = self.readers().acquire().await?;
        let Some(session) = sessions::key(&mut conn, project, session_id).await? else {
            return Ok(Vec::new());
        };
        let mut sql = QueryBuilder::new(format!(
            "SELECT {} FROM {} WHERE c.session = ",
            row::COLUMNS,
            row::FROM
        ));
        sql.push_bind(session);
        if let Some(before) = &query.before {
            sql.push(" AND c.number < (SELECT number FROM commands WHERE command_id = ")
                .push_bind(before.as_str().to_owned())
                .push(")");
        }
        if !query.states.is_empty() {
            sql.push(" AND c.state IN (");
            let mut states = sql.separated(",");
            for state in &query.states {
                states.push_bind(code::command_state(*state));
            }
            sql.push(")");
        }
        sql.push(" ORDER BY c.number DESC LIMIT ")
            .push_bind(i64::from(query.limit));
        let rows = sql.build().persistent(false).fetch_all(&mut *conn).await?;
        Ok(rows.iter().map(row::read).collect::<Result<_, _>>()?)
    }

    /// One command.
    pub async fn command(&self, id: &CommandId) -> Result<Option<CommandRecord>, JournalError> {
        let mut conn = self.readers().acquire().await?;
        Ok(change::by_id(&mut conn, id.as_str()).await?)
    }

    /// A session's command of an idempotency key.
    pub async fn command_by_key(
        &self,
        project: &ProjectId,
        session_id: &SessionId,
        key: &str,
    ) -> Result<Option<CommandRecord>, JournalError> {
        let mut conn = self.readers().acquire().await?;
        let Some(session) = sessions::key(&mut conn, project, session_id).await? else {
            return Ok(None);
        };
        Ok(change::by_key(&mut conn, session, key).await?)
    }

    /// The programs that took commands when last heard of: after a start, those of the server before.
    pub async fn runners(&self) -> Result<Vec<RunnerRow>, JournalError> {
        let rows = sqlx::query(
            "SELECT p.name, s.session_id, r.runner_id, r.name, r.since FROM runners r \
             JOIN sessions s ON s.key = r.session JOIN projects p ON p.key = s.project ORDER BY r.session",
        )
        .fetch_all(self.readers())
        .await?;
        let bad = |error| sqlx::Error::Decode(Box::new(error));
        let rows = rows.iter().map(|row| {
            Ok(RunnerRow {
                project: ProjectId::new(row.try_get::<&str, _>(0)?).map_err(bad)?,
                session_id: SessionId::new(row.try_get::<&str, _>(1)?).map_err(bad)?,
                runner_id: row.try_get(2)?,
                name: row.try_get(3)?,
                since: Timestamp::from_micros(row.try_get(4)?),
            })
        });
        Ok(rows.collect::<Result<_, sqlx::Error>>()?)
    }
}
