//! The Overview's numbers. In: the journal's totals, the live rate, the open connections. Out: the metric cards.

use std::time::Duration;

use loopscope_event::{ProjectId, Timestamp};
use loopscope_journal::{SessionQuery, Totals};
use loopscope_protocol::{ApiError, OverviewMetrics, SessionStatus};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::{crews, unreadable};
use crate::life::now;
use crate::state::AppState;

/// Numbers are as old as this at most: a hundred people who look cost what one does.
const FRESH: Duration = Duration::from_millis(900);

/// How many hours and seconds the sparklines show.
const HOURS: u16 = 24;

/// The rate is the mean over so many seconds.
const RATE_SECONDS: usize = 10;

/// The newest numbers over all projects.
#[derive(Debug, Default)]
pub(crate) struct Numbers(Mutex<Option<(Instant, OverviewMetrics)>>);

/// The numbers of a project, or over all.
pub(crate) async fn numbers(
    state: &AppState,
    project: Option<&ProjectId>,
) -> Result<OverviewMetrics, ApiError> {
    if project.is_some() {
        return count(state, project).await;
    }
    let mut known = state.numbers.0.lock().await;
    if let Some((at, numbers)) = &*known
        && at.elapsed() < FRESH
    {
        return Ok(numbers.clone());
    }
    let numbers = count(state, None).await?;
    *known = Some((Instant::now(), numbers.clone()));
    Ok(numbers)
}

async fn count(state: &AppState, project: Option<&ProjectId>) -> Result<OverviewMetrics, ApiError> {
    let (journal, now) = (&state.journal, now());
    let all = journal
        .totals(project)
        .await
        .map_err(|error| unreadable(&error))?;
    let active = totals(state, project, |query| {
        let active = [
            SessionStatus::Running,
            SessionStatus::Halted,
            SessionStatus::Interrupted,
        ];
        query.statuses = active.map(|status| status.as_str().to_owned()).into();
    });
    let active = active.await?;
    let today = totals(state, project, |query| {
        query.started_from = Some(midnight(now));
    })
    .await?;
    let hours = journal.sessions_per_hour(project, now, HOURS).await;
    let hours = hours.map_err(|error| unreadable(&error))?;
    let seconds = state.fold.events_by_second();
    let recent = &seconds[seconds.len().saturating_sub(RATE_SECONDS)..];
    let of = |status: SessionStatus| {
        let found = all
            .by_status
            .iter()
            .find(|(word, _)| word == status.as_str());
        found.map_or(0, |(_, count)| *count)
    };
    Ok(OverviewMetrics {
        active_sessions: of(SessionStatus::Running),
        halted_sessions: of(SessionStatus::Halted),
        interrupted_sessions: of(SessionStatus::Interrupted),
        total_sessions: all.sessions,
        sessions_today: today.sessions,
        converged_sessions: of(SessionStatus::Converged),
        failed_sessions: of(SessionStatus::Failed),
        events_total: all.events,
        events_per_second: recent.iter().sum::<u64>() as f64 / RATE_SECONDS as f64,
        open_findings: active.open_severities,
        open_findings_total: active.findings_open,
        average_iterations: (all.mean_iterations > 0.0).then_some(all.mean_iterations),
        average_duration: (all.mean_duration.as_micros() > 0).then_some(all.mean_duration),
        crews: crews::totals(state, project).await?,
        connected_clients: state.clients.connected(),
        connected_producers: state.clients.producers(),
        uptime: loopscope_event::Duration::from_micros(state.life.uptime().as_micros() as i64),
        journal_bytes: journal_bytes(state),
        sessions_by_hour: hours.iter().map(|hour| hour.started).collect(),
        converged_by_hour: hours.iter().map(|hour| hour.converged).collect(),
        failed_by_hour: hours.iter().map(|hour| hour.failed).collect(),
        events_by_second: seconds,
    })
}

async fn totals(
    state: &AppState,
    project: Option<&ProjectId>,
    narrow: impl FnOnce(&mut SessionQuery),
) -> Result<Totals, ApiError> {
    let mut query = SessionQuery {
        project: project.cloned(),
        ..SessionQuery::default()
    };
    narrow(&mut query);
    let totals = state.journal.totals_of(&query).await;
    totals.map_err(|error| unreadable(&error))
}

/// The start of the day, UTC.
fn midnight(now: Timestamp) -> Timestamp {
    const DAY: i64 = 86_400_000_000;
    Timestamp::from_micros(now.as_micros().div_euclid(DAY) * DAY)
}

/// The journal's size on disk, its log included.
fn journal_bytes(state: &AppState) -> u64 {
    let path = &state.config.db_path;
    let mut log = path.clone().into_os_string();
    log.push("-wal");
    let size = |path: &std::path::Path| std::fs::metadata(path).map_or(0, |file| file.len());
    size(path) + size(log.as_ref())
}
