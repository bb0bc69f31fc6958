//! An event's row. In: a row of [`COLUMNS`]. Out: an [`Event`].

use std::collections::HashMap;
use std::sync::Arc;

use loopscope_event::{Event, EventId, Offset, ProjectId, RawJson, Seq, SessionId, Timestamp};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, ValueRef as _};

use super::code;

/// What [`EventReader::read`] reads, from [`FROM`].
pub(crate) const COLUMNS: &str = "e.offset, e.seq, e.event_id, e.kind, e.severity, e.iteration, e.dialect, \
     e.timestamp, e.received_at, e.name, e.state, e.data, e.session, s.session_id, p.name";

/// An event with its session and project.
pub(crate) const FROM: &str =
    "events e JOIN sessions s ON s.key = e.session JOIN projects p ON p.key = s.project";

/// Reads rows; the ids of a session are made once and shared.
#[derive(Default)]
pub(crate) struct EventReader {
    sessions: HashMap<i64, (ProjectId, SessionId)>,
}

fn bad(error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}

impl EventReader {
    pub(crate) fn read(&mut self, row: &SqliteRow) -> Result<Event, sqlx::Error> {
        let session: i64 = row.try_get(12)?;
        let (project, session_id) = if let Some(ids) = self.sessions.get(&session) {
            ids.clone()
        } else {
            let ids = (
                ProjectId::new(row.try_get::<&str, _>(14)?).map_err(bad)?,
                SessionId::new(row.try_get::<&str, _>(13)?).map_err(bad)?,
            );
            self.sessions.insert(session, ids.clone());
            ids
        };
        let severity: Option<i64> = row.try_get(4)?;
        Ok(Event {
            offset: Offset(row.try_get::<i64, _>(0)? as u64),
            seq: Seq(row.try_get::<i64, _>(1)? as u64),
            event_id: read_event_id(row, 2)?,
            project,
            session_id,
            timestamp: Timestamp::from_micros(row.try_get(7)?),
            received_at: Timestamp::from_micros(row.try_get(8)?),
            name: row.try_get(9)?,
            kind: code::read_kind(row.try_get(3)?),
            dialect: code::read_dialect(row.try_get(6)?),
            iteration: row.try_get(5)?,
            state: row.try_get(10)?,
            severity: severity.and_then(code::read_severity),
            data: RawJson::from_trusted(Arc::<str>::from(row.try_get::<&str, _>(11)?)),
        })
    }
}

/// An event id column: 16 bytes or text.
pub(crate) fn read_event_id(row: &SqliteRow, column: usize) -> Result<EventId, sqlx::Error> {
    let is_text = {
        use sqlx::TypeInfo as _;
        row.try_get_raw(column)?.type_info().name() == "TEXT"
    };
    if is_text {
        return EventId::new(row.try_get_unchecked::<&str, _>(column)?).map_err(bad);
    }
    let bytes: &[u8] = row.try_get_unchecked(column)?;
    match <[u8; 16]>::try_from(bytes) {
        Ok(bytes) => EventId::new(code::format_uuid(bytes)).map_err(bad),
        Err(error) => Err(bad(error)),
    }
}
