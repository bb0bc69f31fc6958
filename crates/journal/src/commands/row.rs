//! A command's row. In: a row of [`COLUMNS`]. Out: a [`CommandRecord`].

use loopscope_event::{CommandId, CommandRecord, ProjectId, RawJson, SessionId, Timestamp};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::store::code;

/// What [`read`] reads, from [`FROM`].
pub(super) const COLUMNS: &str = "c.command_id, p.name, s.session_id, c.type, c.parameters, c.state, c.asked_by, \
     c.reason, c.idempotency_key, c.position, c.created_at, c.delivered_at, c.acknowledged_at, c.ended_at, \
     c.expires_at, c.runner, c.result, c.error, c.replay_of, c.attempts";

/// Commands with the names of their sessions.
pub(super) const FROM: &str =
    "commands c JOIN sessions s ON s.key = c.session JOIN projects p ON p.key = s.project";

fn bad(error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}

pub(super) fn read(row: &SqliteRow) -> Result<CommandRecord, sqlx::Error> {
    let time = |column: usize| {
        let micros: Option<i64> = row.try_get(column)?;
        Ok::<_, sqlx::Error>(micros.map(Timestamp::from_micros))
    };
    let result: Option<String> = row.try_get(16)?;
    let replay_of: Option<String> = row.try_get(18)?;
    Ok(CommandRecord {
        command_id: CommandId::new(row.try_get::<&str, _>(0)?).map_err(bad)?,
        project: ProjectId::new(row.try_get::<&str, _>(1)?).map_err(bad)?,
        session_id: SessionId::new(row.try_get::<&str, _>(2)?).map_err(bad)?,
        kind: row.try_get(3)?,
        parameters: RawJson::from_trusted(row.try_get::<String, _>(4)?),
        state: code::read_command_state(row.try_get(5)?),
        by: row.try_get(6)?,
        reason: row.try_get(7)?,
        idempotency_key: row.try_get(8)?,
        position: row.try_get(9)?,
        created_at: Timestamp::from_micros(row.try_get(10)?),
        delivered_at: time(11)?,
        acknowledged_at: time(12)?,
        ended_at: time(13)?,
        expires_at: time(14)?,
        runner: row.try_get(15)?,
        result: result.map(RawJson::from_trusted),
        error: row.try_get(17)?,
        replay_of: replay_of.map(CommandId::new).transpose().map_err(bad)?,
        attempts: row.try_get(19)?,
    })
}
