//! Figures over all sessions. In: a project, or none for all. Out: [`Totals`].

use loopscope_event::{Duration, ProjectId, Severities, Timestamp};
use sqlx::{QueryBuilder, Row as _, Sqlite};

use super::filter::{Part, SessionQuery};
use crate::{Journal, JournalError};

/// Figures over all sessions that are kept.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Totals {
    /// How many sessions there are.
    pub sessions: u64,
    /// How many there are of each status, most first.
    pub by_status: Vec<(String, u64)>,
    /// How many events they have had.
    pub events: u64,
    /// The mean number of passes of those that have any; 0 where none has.
    pub mean_iterations: f64,
    /// The mean duration of those that ended; zero where none has.
    pub mean_duration: Duration,
    /// Findings in all passes.
    pub findings: u64,
    /// Findings left.
    pub findings_open: u64,
    /// Findings in all passes, by severity.
    pub severities: Severities,
    /// Findings left, by severity.
    pub open_severities: Severities,
    /// Fixes in all passes.
    pub fixes: u64,
    /// Findings of attacks.
    pub vulnerabilities: u64,
    /// Errors of the programs themselves.
    pub errors: u64,
    /// Sessions that have any.
    pub sessions_with_errors: u64,
}

/// Sessions begun on one day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DayCount {
    /// Days since 1970-01-01, UTC.
    pub day: i64,
    /// Begun that day.
    pub sessions: u64,
    /// Of those, converged.
    pub converged: u64,
    /// Of those, failed.
    pub failed: u64,
    /// Their events.
    pub events: u64,
    /// Their findings, in all passes.
    pub findings: u64,
}

const MICROS_PER_DAY: i64 = 86_400_000_000;

const SUMS: &str = "SELECT count(*), coalesce(sum(last_seq), 0), coalesce(avg(nullif(iteration, 0)), 0.0), \
     coalesce(avg(CASE WHEN ended_at IS NOT NULL THEN duration_us END), 0.0), coalesce(sum(findings_total), 0), \
     coalesce(sum(findings_open), 0), coalesce(sum(fixes_total), 0), coalesce(sum(vulnerabilities_total), 0), \
     coalesce(sum(errors), 0), coalesce(sum(errors > 0), 0), coalesce(sum(critical), 0), coalesce(sum(high), 0), \
     coalesce(sum(medium), 0), coalesce(sum(low), 0), coalesce(sum(info), 0), coalesce(sum(open_critical), 0), \
     coalesce(sum(open_high), 0), coalesce(sum(open_medium), 0), coalesce(sum(open_low), 0), \
     coalesce(sum(open_info), 0) FROM sessions s";

impl Journal {
    /// The figures of a project, or of all.
    pub async fn totals(&self, project: Option<&ProjectId>) -> Result<Totals, JournalError> {
        let wanted = SessionQuery {
            project: project.cloned(),
            ..SessionQuery::default()
        };
        self.totals_of(&wanted).await
    }

    /// The figures of the sessions that a query is of, whatever its order and page.
    pub async fn totals_of(&self, wanted: &SessionQuery) -> Result<Totals, JournalError> {
        let mut conn = self.readers().acquire().await?;
        let mut query = QueryBuilder::<Sqlite>::new(SUMS);
        wanted.push(&mut query, Part::Nothing);
        let row = query.build().fetch_one(&mut *conn).await?;
        let count = |column: usize| {
            row.try_get::<i64, _>(column)
                .map(|value| value.max(0) as u64)
        };
        let severities = |first: usize| {
            Ok::<_, sqlx::Error>(Severities {
                critical: count(first)?,
                high: count(first + 1)?,
                medium: count(first + 2)?,
                low: count(first + 3)?,
                info: count(first + 4)?,
            })
        };
        let mut query = QueryBuilder::<Sqlite>::new("SELECT s.status, count(*) FROM sessions s");
        wanted.push(&mut query, Part::Nothing);
        query.push(" GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 100");
        let statuses = query.build().fetch_all(&mut *conn).await?;
        Ok(Totals {
            sessions: count(0)?,
            events: count(1)?,
            mean_iterations: row.try_get(2)?,
            mean_duration: Duration::from_micros(row.try_get::<f64, _>(3)? as i64),
            findings: count(4)?,
            findings_open: count(5)?,
            fixes: count(6)?,
            vulnerabilities: count(7)?,
            errors: count(8)?,
            sessions_with_errors: count(9)?,
            severities: severities(10)?,
            open_severities: severities(15)?,
            by_status: statuses
                .iter()
                .map(|row| Ok((row.try_get(0)?, row.try_get::<i64, _>(1)? as u64)))
                .collect::<Result<_, sqlx::Error>>()?,
        })
    }

    /// Sessions a day, oldest first, for `days` days up to and including the one of `now`; a day without any is there
    /// too.
    pub async fn sessions_per_day(
        &self,
        project: Option<&ProjectId>,
        now: Timestamp,
        days: u16,
    ) -> Result<Vec<DayCount>, JournalError> {
        let today = now.as_micros().div_euclid(MICROS_PER_DAY);
        let first = today + 1 - i64::from(days);
        let wanted = SessionQuery {
            project: project.cloned(),
            started_from: Some(Timestamp::from_micros(first * MICROS_PER_DAY)),
            started_before: Some(Timestamp::from_micros((today + 1) * MICROS_PER_DAY)),
            ..SessionQuery::default()
        };
        // Rounded down before 1970 too; the range above keeps the sum positive where it matters.
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT s.started_at / 86400000000 - (s.started_at < 0 AND s.started_at % 86400000000 <> 0), count(*), \
             sum(s.status = 'converged'), sum(s.status = 'failed'), sum(s.last_seq), sum(s.findings_total) FROM sessions s",
        );
        wanted.push(&mut query, Part::Nothing);
        query.push(" GROUP BY 1 ORDER BY 1");
        let rows = query.build().fetch_all(self.readers()).await?;
        let mut counts: Vec<DayCount> = (first..=today)
            .map(|day| DayCount {
                day,
                ..DayCount::default()
            })
            .collect();
        for row in rows {
            let day: i64 = row.try_get(0)?;
            if let Some(count) = counts.get_mut((day - first) as usize) {
                count.sessions = row.try_get::<i64, _>(1)? as u64;
                count.converged = row.try_get::<i64, _>(2)? as u64;
                count.failed = row.try_get::<i64, _>(3)? as u64;
                count.events = row.try_get::<i64, _>(4)? as u64;
                count.findings = row.try_get::<i64, _>(5)? as u64;
            }
        }
        Ok(counts)
    }
}
