//! The statements of a group. In: a numbered group. Out: its rows in the open transaction.
//!
//! One statement inserts up to [`MOST_ROWS`] events. Groups are cut into powers of two, so that a handful of
//! prepared statements serves every size. Each text that is executed is a trip to the connection's thread and back,
//! which costs more than a small group's rows; so a transaction opens and ends in the same texts as its rows.

use sqlx::sqlite::{SqliteArguments, SqliteConnection};
use sqlx::{Arguments as _, AssertSqlSafe, QueryBuilder, SqlSafeStr as _, SqlStr};

use super::group::{Group, Row};
use crate::store::code::{self, IdKey};

/// The most events in one statement; SQLite takes 32,766 parameters.
const MOST_ROWS: usize = 256;
const COLUMNS: usize = 14;

/// Sessions in one statement.
const SESSIONS: usize = 256;

/// The insert statements for 1, 2, 4 … [`MOST_ROWS`] events.
pub(crate) struct Inserts {
    /// Those that open a transaction first.
    opening: Vec<SqlStr>,
    /// Those within one.
    within: Vec<SqlStr>,
}

impl Default for Inserts {
    fn default() -> Self {
        let of = |before: &str| {
            let sizes = (0..=MOST_ROWS.ilog2()).map(|power| {
                let row = format!("({})", vec!["?"; COLUMNS].join(","));
                let rows = vec![row.as_str(); 1 << power].join(",");
                let sql = format!(
                    "{before}INSERT INTO events (offset, session, seq, project, event_id, kind, severity, iteration, \
                     dialect, timestamp, received_at, name, state, data) VALUES {rows}"
                );
                AssertSqlSafe(sql).into_sql_str()
            });
            sizes.collect()
        };
        Self {
            opening: of("BEGIN IMMEDIATE; "),
            within: of(""),
        }
    }
}

impl Inserts {
    /// Writes the group in a transaction of its own. After an error it may still be open.
    pub(crate) async fn commit(
        &self,
        conn: &mut SqliteConnection,
        group: &Group,
    ) -> Result<(), sqlx::Error> {
        if group.new_projects.is_empty() {
            self.events(conn, group, &self.opening).await?;
        } else {
            sqlx::query("BEGIN IMMEDIATE").execute(&mut *conn).await?;
            projects(conn, group).await?;
            self.events(conn, group, &self.within).await?;
        }
        sessions(conn, group, "; COMMIT").await
    }

    /// Writes the group's projects, sessions and events in the transaction that is open.
    pub(crate) async fn insert(
        &self,
        conn: &mut SqliteConnection,
        group: &Group,
    ) -> Result<(), sqlx::Error> {
        projects(conn, group).await?;
        self.events(conn, group, &self.within).await?;
        sessions(conn, group, "").await
    }

    /// The events; `first` are the statements of which one is executed before all others.
    async fn events(
        &self,
        conn: &mut SqliteConnection,
        group: &Group,
        first: &[SqlStr],
    ) -> Result<(), sqlx::Error> {
        let rows: Vec<&Row> = group.new_rows().collect();
        let mut rest = rows.as_slice();
        let mut statements = first;
        while !rest.is_empty() {
            let power = rest.len().min(MOST_ROWS).ilog2();
            let (now, later) = rest.split_at(1 << power);
            let Some(sql) = statements.get(power as usize) else {
                break;
            };
            statements = &self.within;
            let mut values = SqliteArguments::default();
            values.reserve(now.len() * COLUMNS, 0);
            for row in now {
                bind(&mut values, row, group).map_err(sqlx::Error::Encode)?;
            }
            sqlx::query_with(sql.clone(), values)
                .execute(&mut *conn)
                .await?;
            rest = later;
        }
        Ok(())
    }
}

fn bind(
    values: &mut SqliteArguments,
    row: &Row,
    group: &Group,
) -> Result<(), sqlx::error::BoxDynError> {
    let event = &row.event;
    values.add(row.offset)?;
    values.add(group.sessions[row.session].key)?;
    values.add(row.seq)?;
    values.add(row.id.project)?;
    match &row.id.id {
        IdKey::Uuid(bytes) => values.add(bytes.as_slice())?,
        IdKey::Text(id) => values.add(id.as_str())?,
    }
    values.add(code::kind(event.kind))?;
    values.add(event.severity.map(code::severity))?;
    values.add(i64::from(event.iteration))?;
    values.add(code::dialect(event.dialect))?;
    values.add(event.timestamp.as_micros())?;
    values.add(event.received_at.as_micros())?;
    values.add(event.name.as_str())?;
    values.add(event.state.as_deref())?;
    values.add(event.data.as_str())
}

/// The projects that are new with the group.
async fn projects(conn: &mut SqliteConnection, group: &Group) -> Result<(), sqlx::Error> {
    for (project, key) in &group.new_projects {
        sqlx::query("INSERT INTO projects (key, name) VALUES (?, ?)")
            .bind(*key)
            .bind(project.as_str().to_owned())
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// One statement for the sessions of the group: those that are new, and how far the others have come. What is executed
/// after all of them follows in `then`.
async fn sessions(
    conn: &mut SqliteConnection,
    group: &Group,
    then: &str,
) -> Result<(), sqlx::Error> {
    let touched: Vec<_> = group.touched().collect();
    let mut chunks = touched.chunks(SESSIONS).peekable();
    while let Some(chunk) = chunks.next() {
        let mut query = QueryBuilder::new(
            "INSERT INTO sessions (key, project, session_id, last_seq, last_offset, last_event_at, dialect, started_at) ",
        );
        query.push_values(chunk, |mut row, (sitting, first, last)| {
            row.push_bind(sitting.key)
                .push_bind(sitting.project)
                .push_bind(sitting.name.1.as_str().to_owned())
                .push_bind(sitting.last_seq)
                .push_bind(sitting.last_offset)
                .push_bind(last.event.received_at.as_micros())
                .push_bind(code::dialect(first.event.dialect))
                .push_bind(first.event.timestamp.as_micros());
        });
        query.push(
            " ON CONFLICT (key) DO UPDATE SET last_seq = excluded.last_seq, last_offset = excluded.last_offset, \
             last_event_at = max(last_event_at, excluded.last_event_at)",
        );
        if chunks.peek().is_none() {
            query.push(then);
        }
        // Only the usual case, one or two sessions, is worth a place among the prepared statements.
        query
            .build()
            .persistent(chunk.len() <= 2)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}
