//! Writes a step's rows inside of the transaction that holds its events. In: changes. Out: rows, or why not.

use loopscope_event::{CommandRecord, CommandState, Timestamp};
use sqlx::AssertSqlSafe;
use sqlx::sqlite::SqliteConnection;

use super::{CommandChange, CommandStep, RunnerChange, StepError, row};
use crate::sessions;
use crate::store::code;

/// Writes them all; an inner error means that nothing of the step may stay.
pub(crate) async fn apply(
    conn: &mut SqliteConnection,
    step: CommandStep,
) -> Result<Result<(), StepError>, sqlx::Error> {
    for change in step.commands {
        let done = match change {
            CommandChange::New(new) => insert(conn, *new).await?,
            CommandChange::Next { from, row } => next(conn, from, *row).await?,
            CommandChange::Move {
                command_id,
                position,
            } => {
                let moved = sqlx::query(
                    "UPDATE commands SET position = ? WHERE command_id = ? AND state = ?",
                )
                .bind(position)
                .bind(command_id.as_str().to_owned())
                .bind(code::command_state(CommandState::Queued))
                .execute(&mut *conn)
                .await?;
                if moved.rows_affected() == 0 {
                    Err(elsewhere(conn, command_id.as_str()).await?)
                } else {
                    Ok(())
                }
            }
        };
        if done.is_err() {
            return Ok(done);
        }
    }
    for change in step.runners {
        if let Err(error) = runner(conn, change).await? {
            return Ok(Err(error));
        }
    }
    for entry in step.audit {
        crate::audit::put(conn, &entry).await?;
    }
    Ok(Ok(()))
}

/// A command that came with its session from a file; nothing where it is on record, or its session is not.
pub(crate) async fn put_if_new(
    conn: &mut SqliteConnection,
    new: CommandRecord,
) -> Result<(), sqlx::Error> {
    if by_id(conn, new.command_id.as_str()).await?.is_none() {
        // Where its key is taken, the command is known under another id.
        let _ = insert(conn, new).await?;
    }
    Ok(())
}

async fn insert(
    conn: &mut SqliteConnection,
    new: CommandRecord,
) -> Result<Result<(), StepError>, sqlx::Error> {
    let Some(session) = sessions::key(conn, &new.project, &new.session_id).await? else {
        return Ok(Err(StepError::NotFound));
    };
    if let Some(key) = &new.idempotency_key
        && let Some(known) = by_key(conn, session, key).await?
    {
        return Ok(Err(StepError::Known(Box::new(known))));
    }
    sqlx::query(
        "INSERT INTO commands (command_id, session, position, state, type, parameters, asked_by, reason, \
         idempotency_key, created_at, delivered_at, acknowledged_at, ended_at, expires_at, runner, result, error, \
         replay_of, attempts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(new.command_id.as_str().to_owned())
    .bind(session)
    .bind(new.position)
    .bind(code::command_state(new.state))
    .bind(new.kind)
    .bind(new.parameters.as_str().to_owned())
    .bind(new.by)
    .bind(new.reason)
    .bind(new.idempotency_key)
    .bind(new.created_at.as_micros())
    .bind(new.delivered_at.map(Timestamp::as_micros))
    .bind(new.acknowledged_at.map(Timestamp::as_micros))
    .bind(new.ended_at.map(Timestamp::as_micros))
    .bind(new.expires_at.map(Timestamp::as_micros))
    .bind(new.runner)
    .bind(new.result.map(|result| result.as_str().to_owned()))
    .bind(new.error)
    .bind(new.replay_of.map(|id| id.as_str().to_owned()))
    .bind(new.attempts)
    .execute(conn)
    .await?;
    Ok(Ok(()))
}

async fn next(
    conn: &mut SqliteConnection,
    from: CommandState,
    row: CommandRecord,
) -> Result<Result<(), StepError>, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE commands SET state = ?, delivered_at = ?, acknowledged_at = ?, ended_at = ?, runner = ?, \
         result = ?, error = ?, attempts = ? WHERE command_id = ? AND state = ?",
    )
    .bind(code::command_state(row.state))
    .bind(row.delivered_at.map(Timestamp::as_micros))
    .bind(row.acknowledged_at.map(Timestamp::as_micros))
    .bind(row.ended_at.map(Timestamp::as_micros))
    .bind(row.runner)
    .bind(row.result.map(|result| result.as_str().to_owned()))
    .bind(row.error)
    .bind(row.attempts)
    .bind(row.command_id.as_str().to_owned())
    .bind(code::command_state(from))
    .execute(&mut *conn)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(Err(elsewhere(conn, row.command_id.as_str()).await?));
    }
    Ok(Ok(()))
}

async fn elsewhere(conn: &mut SqliteConnection, id: &str) -> Result<StepError, sqlx::Error> {
    let found = by_id(conn, id).await?;
    Ok(found.map_or(StepError::NotFound, |row| {
        StepError::Elsewhere(Box::new(row))
    }))
}

pub(super) async fn by_id(
    conn: &mut SqliteConnection,
    id: &str,
) -> Result<Option<CommandRecord>, sqlx::Error> {
    let sql = format!(
        "SELECT {} FROM {} WHERE c.command_id = ?",
        row::COLUMNS,
        row::FROM
    );
    let found = sqlx::query(AssertSqlSafe(sql))
        .bind(id.to_owned())
        .fetch_optional(conn)
        .await?;
    found.as_ref().map(row::read).transpose()
}

pub(super) async fn by_key(
    conn: &mut SqliteConnection,
    session: i64,
    key: &str,
) -> Result<Option<CommandRecord>, sqlx::Error> {
    let sql = format!(
        "SELECT {} FROM {} WHERE c.session = ? AND c.idempotency_key = ?",
        row::COLUMNS,
        row::FROM
    );
    let found = sqlx::query(AssertSqlSafe(sql))
        .bind(session)
        .bind(key.to_owned())
        .fetch_optional(conn)
        .await?;
    found.as_ref().map(row::read).transpose()
}

async fn runner(
    conn: &mut SqliteConnection,
    change: RunnerChange,
) -> Result<Result<(), StepError>, sqlx::Error> {
    match change {
        RunnerChange::Attached(row) => {
            let Some(session) = sessions::key(conn, &row.project, &row.session_id).await? else {
                return Ok(Err(StepError::NotFound));
            };
            sqlx::query(
                "INSERT OR REPLACE INTO runners (session, runner_id, name, since) VALUES (?, ?, ?, ?)",
            )
            .bind(session)
            .bind(row.runner_id)
            .bind(row.name)
            .bind(row.since.as_micros())
            .execute(conn)
            .await?;
        }
        RunnerChange::Detached {
            project,
            session_id,
            runner_id,
        } => {
            let session = sessions::key(conn, &project, &session_id).await?;
            sqlx::query("DELETE FROM runners WHERE session = ? AND runner_id = ?")
                .bind(session)
                .bind(runner_id)
                .execute(conn)
                .await?;
        }
    }
    Ok(Ok(()))
}
