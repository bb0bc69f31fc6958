//! Numbers over all sessions, and the executive panels. In: the journal's totals. Out: the shapes of section 4.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use loopscope_event::{ProjectId, Severities, Timestamp};
use loopscope_journal::{SessionQuery, SessionSort, Totals};
use loopscope_protocol::SessionStatus;
use serde::Serialize;

use super::error::FacadeError;
use super::executive::{ConvergenceMetrics, Security, two_decimals};
use super::guest::Reader;
use super::host::{self, Infrastructure};
use super::rows::{self, running_words, served};
use super::shapes::{Stats, SystemMetrics};
use crate::fold::summary_of;
use crate::life::now;
use crate::open::AsContract;
use crate::state::AppState;

/// The most sessions that are asked whether they have looked at anything.
const SESSIONS: u32 = 1_000;

/// `GET /api/metrics`.
#[utoipa::path(
    get,
    path = "/api/metrics",
    tag = "Contract: convergence",
    summary = "Counts over all sessions",
    responses(AsContract),
    security(("bearer" = ["view"])),
)]
pub(super) async fn metrics(
    State(state): State<AppState>,
    reader: Reader,
) -> Result<Json<SystemMetrics>, FacadeError> {
    let totals = totals(&state, &reader.project).await?;
    let of = |status: SessionStatus| count_of(&totals, status);
    Ok(Json(SystemMetrics {
        total_sessions: totals.sessions,
        active_sessions: of(SessionStatus::Running)
            + of(SessionStatus::Halted)
            + of(SessionStatus::Interrupted),
        converged_sessions: of(SessionStatus::Converged) + of(SessionStatus::Completed),
        failed_sessions: of(SessionStatus::Failed),
        average_iterations: two_decimals(totals.mean_iterations),
        average_duration: totals.mean_duration.as_secs_f64(),
        findings_by_severity: totals.severities,
    }))
}

/// `GET /api/stats`.
#[utoipa::path(
    get,
    path = "/api/stats",
    tag = "Contract: convergence",
    summary = "Rates over all sessions",
    responses(AsContract),
    security(("bearer" = ["view"])),
)]
pub(super) async fn stats(
    State(state): State<AppState>,
    reader: Reader,
) -> Result<Json<Stats>, FacadeError> {
    let totals = totals(&state, &reader.project).await?;
    let converged =
        count_of(&totals, SessionStatus::Converged) + count_of(&totals, SessionStatus::Completed);
    let rate = converged as f64 / totals.sessions.max(1) as f64;
    Ok(Json(Stats {
        total_sessions: totals.sessions,
        converged_sessions: converged,
        convergence_rate: rate,
        avg_iterations: two_decimals(totals.mean_iterations),
        total_events: totals
            .events
            .saturating_sub(state.journal.own_events(&reader.project).await?),
    }))
}

async fn totals(state: &AppState, project: &ProjectId) -> Result<Totals, FacadeError> {
    state.fold.settle().await;
    Ok(state.journal.totals_of(&served(project)).await?)
}

fn count_of(totals: &Totals, status: SessionStatus) -> u64 {
    let found = totals
        .by_status
        .iter()
        .find(|(word, _)| word == status.as_str());
    found.map_or(0, |(_, count)| *count)
}

/// `GET /api/security`: the open findings of the sessions that run, or of the newest one when none does.
#[utoipa::path(
    get,
    path = "/api/security",
    tag = "Contract: convergence",
    summary = "Open findings",
    responses(AsContract),
    security(("bearer" = ["view"])),
)]
pub(super) async fn security(
    State(state): State<AppState>,
    reader: Reader,
) -> Result<Json<Security>, FacadeError> {
    Ok(Json(Security::of(
        open_findings(&state, &reader.project).await?,
    )))
}

async fn open_findings(
    state: &AppState,
    project: &ProjectId,
) -> Result<Option<Severities>, FacadeError> {
    let running = SessionQuery {
        statuses: running_words(),
        ..served(project)
    };
    state.fold.settle().await;
    let totals = state.journal.totals_of(&running).await?;
    if totals.sessions > 0 {
        let found =
            totals.findings > 0 || totals.vulnerabilities > 0 || totals.open_severities.total() > 0;
        let examined = found || any_examined(state, &running).await?;
        return Ok(examined.then_some(totals.open_severities));
    }
    let newest = SessionQuery {
        sort: SessionSort::Started,
        limit: 1,
        ..served(project)
    };
    let found = state
        .journal
        .sessions(&newest)
        .await?
        .rows
        .into_iter()
        .next();
    let row = found.map(summary_of);
    let examined = row.filter(|row| row.findings_open.is_some());
    Ok(examined.map(|row| row.open_by_severity))
}

/// Whether any of the newest sessions of a query has looked, or attacked.
async fn any_examined(state: &AppState, query: &SessionQuery) -> Result<bool, FacadeError> {
    let newest = SessionQuery {
        sort: SessionSort::LastEvent,
        limit: SESSIONS,
        ..query.clone()
    };
    let found = state.journal.sessions(&newest).await?;
    let mut rows = found.rows.into_iter().map(summary_of);
    Ok(rows.any(|row| row.findings_open.is_some()))
}

/// `GET /api/convergence/metrics`.
#[utoipa::path(
    get,
    path = "/api/convergence/metrics",
    tag = "Contract: convergence",
    summary = "How far the current session is",
    responses(AsContract),
    security(("bearer" = ["view"])),
)]
pub(super) async fn convergence(
    State(state): State<AppState>,
    reader: Reader,
) -> Result<Json<ConvergenceMetrics>, FacadeError> {
    let current = rows::current(&state, &reader.project).await?;
    let query = SessionQuery {
        statuses: vec![SessionStatus::Converged.as_str().to_owned()],
        ..served(&reader.project)
    };
    let totals = state.journal.totals_of(&query).await?;
    let means = (totals.mean_iterations, totals.mean_duration.as_secs_f64());
    let converged = (totals.sessions > 0).then_some(means);
    Ok(Json(ConvergenceMetrics::of(converged, current.as_ref())))
}

/// `GET /api/infrastructure`.
#[utoipa::path(
    get,
    path = "/api/infrastructure",
    tag = "Contract: convergence",
    summary = "The machine",
    responses(AsContract),
    security(("bearer" = ["view"])),
)]
pub(super) async fn infrastructure(_: Reader) -> Json<Infrastructure> {
    Json(host::measure().await)
}

/// `GET /health`.
#[derive(Serialize)]
struct Health {
    status: &'static str,
    version: &'static str,
    timestamp: Timestamp,
    uptime_seconds: u64,
}

/// `GET /health`: no token is asked for, so that a probe need not have one; it tells nothing of what is stored.
#[utoipa::path(
    get,
    path = "/health",
    tag = "Contract: convergence",
    summary = "Health",
    responses(AsContract),
    security(()),
)]
pub(super) async fn health(State(state): State<AppState>) -> Response {
    let healthy = state.telemetry.is_writable();
    let (code, status) = if healthy {
        (StatusCode::OK, "healthy")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "unhealthy")
    };
    let health = Health {
        status,
        version: env!("CARGO_PKG_VERSION"),
        timestamp: now(),
        uptime_seconds: state.life.uptime().as_secs(),
    };
    (code, Json(health)).into_response()
}
