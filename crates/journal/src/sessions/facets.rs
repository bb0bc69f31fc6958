//! How many sessions each choice of a filter would show. In: a [`SessionQuery`]. Out: counts a value.
//!
//! A facet counts its own values as if it were not chosen from yet, and under all the other choices.

use loopscope_event::Dialect;
use sqlx::sqlite::SqliteConnection;
use sqlx::{QueryBuilder, Row as _, Sqlite};

use super::filter::{Part, SessionQuery};
use crate::store::code;
use crate::{Journal, JournalError};

/// Counts of sessions, most first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facets {
    /// By status.
    pub statuses: Vec<(String, u64)>,
    /// By dialect.
    pub dialects: Vec<(Dialect, u64)>,
    /// By project, the ten commonest.
    pub projects: Vec<(String, u64)>,
    /// By target, the ten commonest.
    pub targets: Vec<(String, u64)>,
    /// By tag, the ten commonest.
    pub tags: Vec<(String, u64)>,
    /// With errors of the program itself.
    pub with_errors: u64,
    /// With findings left.
    pub with_open_findings: u64,
}

impl Journal {
    /// The counts beside a list of sessions.
    pub async fn facets(&self, wanted: &SessionQuery) -> Result<Facets, JournalError> {
        let mut conn = self.readers().acquire().await?;
        let dialects = groups::<i64>(&mut conn, wanted, "s.dialect", Part::Dialect).await?;
        Ok(Facets {
            statuses: groups(&mut conn, wanted, "s.status", Part::Status).await?,
            dialects: dialects
                .into_iter()
                .map(|(dialect, count)| (code::read_dialect(dialect), count))
                .collect(),
            projects: groups(&mut conn, wanted, PROJECT, Part::Project).await?,
            targets: groups(&mut conn, wanted, "s.target", Part::Target).await?,
            tags: tags(&mut conn, wanted).await?,
            with_errors: count(&mut conn, wanted, "s.errors > 0", Part::Errors).await?,
            with_open_findings: count(&mut conn, wanted, "s.findings_open > 0", Part::OpenFindings)
                .await?,
        })
    }
}

/// A session's project, as a column.
const PROJECT: &str = "(SELECT name FROM projects p WHERE p.key = s.project)";

/// A session with several tags counts with each.
async fn tags(
    conn: &mut SqliteConnection,
    wanted: &SessionQuery,
) -> Result<Vec<(String, u64)>, sqlx::Error> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "SELECT t.tag, count(*) FROM sessions s JOIN session_tags t ON t.session = s.key",
    );
    wanted.push(&mut query, Part::Tag);
    query.push(" GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 10");
    let rows = query.build().fetch_all(conn).await?;
    rows.iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get::<i64, _>(1)? as u64)))
        .collect()
}

async fn groups<T>(
    conn: &mut SqliteConnection,
    wanted: &SessionQuery,
    column: &'static str,
    part: Part,
) -> Result<Vec<(T, u64)>, sqlx::Error>
where
    T: for<'r> sqlx::Decode<'r, Sqlite> + sqlx::Type<Sqlite>,
{
    let mut query = QueryBuilder::<Sqlite>::new("SELECT ");
    query.push(column).push(", count(*) FROM sessions s");
    wanted.push(&mut query, part);
    query
        .push(" AND ")
        .push(column)
        .push(" IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 10");
    let rows = query.build().fetch_all(conn).await?;
    rows.iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get::<i64, _>(1)? as u64)))
        .collect()
}

async fn count(
    conn: &mut SqliteConnection,
    wanted: &SessionQuery,
    condition: &'static str,
    part: Part,
) -> Result<u64, sqlx::Error> {
    let mut query = QueryBuilder::<Sqlite>::new("SELECT count(*) FROM sessions s");
    wanted.push(&mut query, part);
    query.push(" AND ").push(condition);
    let count: i64 = query.build_query_scalar().fetch_one(conn).await?;
    Ok(count as u64)
}
