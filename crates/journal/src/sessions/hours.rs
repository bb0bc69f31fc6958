//! Sessions an hour. In: a project, or none for all. Out: what began and what ended in each of the newest hours.

use loopscope_event::{ProjectId, Timestamp};
use sqlx::{QueryBuilder, Row as _, Sqlite};

use super::filter::{Part, SessionQuery};
use crate::{Journal, JournalError};

/// What happened in one hour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HourCount {
    /// Hours since the Unix epoch.
    pub hour: i64,
    /// Sessions that began.
    pub started: u64,
    /// Sessions that ended at their goal.
    pub converged: u64,
    /// Sessions that ended without.
    pub failed: u64,
}

const MICROS_PER_HOUR: i64 = 3_600_000_000;

impl Journal {
    /// Sessions an hour, oldest first, for `hours` hours up to and including the one of `now`; an hour without any
    /// is there too.
    pub async fn sessions_per_hour(
        &self,
        project: Option<&ProjectId>,
        now: Timestamp,
        hours: u16,
    ) -> Result<Vec<HourCount>, JournalError> {
        let this_hour = now.as_micros().div_euclid(MICROS_PER_HOUR);
        let first = this_hour + 1 - i64::from(hours);
        let mut counts: Vec<HourCount> = (first..=this_hour)
            .map(|hour| HourCount {
                hour,
                ..HourCount::default()
            })
            .collect();
        let place = |hour: i64| usize::try_from(hour - first).unwrap_or(usize::MAX);
        for row in self.by_hour("s.started_at", project, first).await? {
            if let Some(count) = counts.get_mut(place(row.0)) {
                count.started = row.1;
            }
        }
        for row in self.by_hour("s.ended_at", project, first).await? {
            if let Some(count) = counts.get_mut(place(row.0)) {
                count.converged = row.2;
                count.failed = row.3;
            }
        }
        Ok(counts)
    }

    /// Hour, sessions, of those converged, of those failed, by a column of time.
    async fn by_hour(
        &self,
        column: &'static str,
        project: Option<&ProjectId>,
        first: i64,
    ) -> Result<Vec<(i64, u64, u64, u64)>, JournalError> {
        let wanted = SessionQuery {
            project: project.cloned(),
            ..SessionQuery::default()
        };
        let mut query = QueryBuilder::<Sqlite>::new("SELECT ");
        query.push(column).push(" / 3600000000, count(*), ");
        query.push("sum(s.status = 'converged'), sum(s.status = 'failed') FROM sessions s");
        wanted.push(&mut query, Part::Nothing);
        query.push(" AND ").push(column).push(" >= ");
        query.push_bind(first.saturating_mul(MICROS_PER_HOUR));
        query.push(" GROUP BY 1");
        let rows = query.build().fetch_all(self.readers()).await?;
        let count = |row: &sqlx::sqlite::SqliteRow, column: usize| {
            row.try_get::<i64, _>(column)
                .map(|value| value.max(0) as u64)
        };
        let rows = rows.iter().map(|row| {
            Ok((
                row.try_get(0)?,
                count(row, 1)?,
                count(row, 2)?,
                count(row, 3)?,
            ))
        });
        Ok(rows.collect::<Result<_, sqlx::Error>>()?)
    }
}
