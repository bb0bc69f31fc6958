//! `GET /api/runs` and `GET /api/runs/{id}`. In: a page, an id. Out: runs as rows and boards say.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use loopscope_board::Board;
use loopscope_event::{Dialect, ProjectId, SessionId, Timestamp};
use loopscope_journal::{SessionQuery, SessionSort};
use loopscope_protocol::{SessionStatus, SessionSummary};
use serde::Serialize;
use serde_json::{Value, json};

use crate::api::Pairs;
use crate::facades::detail::Detail;
use crate::facades::guest::Reader;
use crate::fold::summary_of;
use crate::open::AsContract;
use crate::state::AppState;

/// How many runs a page has where nobody says, and at most.
const RUNS: u32 = 50;
const MOST_RUNS: u32 = 200;

/// One run in a list.
#[derive(Debug, Serialize)]
struct Row {
    run_id: SessionId,
    name: String,
    /// `running`, `completed` or `interrupted`.
    status: &'static str,
    started_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Timestamp>,
    last_event_at: Timestamp,
    events: u64,
    epoch: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_epochs: Option<u32>,
}

/// A run with its newest numbers.
#[derive(Debug, Serialize)]
pub(super) struct Detailed {
    #[serde(flatten)]
    run: Row,
    /// The newest finite value of each number that was ever logged.
    metrics: BTreeMap<String, f64>,
}

impl Row {
    fn of(row: SessionSummary) -> Self {
        Self {
            status: word(row.status),
            run_id: row.session_id,
            name: row.name,
            started_at: row.started_at,
            ended_at: row.ended_at,
            last_event_at: row.last_event_at,
            events: row.events.0,
            epoch: row.iteration,
            max_epochs: row.max_iterations,
        }
    }
}

/// A status in the three words of section 5.
const fn word(status: SessionStatus) -> &'static str {
    match status {
        SessionStatus::Running | SessionStatus::Halted => "running",
        SessionStatus::Converged | SessionStatus::Completed => "completed",
        SessionStatus::Failed | SessionStatus::Interrupted => "interrupted",
    }
}

/// How many of a list, and how many before them: within bounds, whatever number is asked for.
pub(super) fn page(pairs: &Pairs, usual: u32, most: u32) -> Result<(u32, u64), Detail> {
    let limit = pairs.clamped("limit", 0..=i64::from(most))?;
    let offset = pairs.clamped("offset", 0..=i64::MAX)?;
    let limit = limit.and_then(|limit| u32::try_from(limit).ok());
    let offset = offset.and_then(|offset| u64::try_from(offset).ok());
    Ok((limit.unwrap_or(usual), offset.unwrap_or(0)))
}

/// `GET /api/runs`: newest first.
#[utoipa::path(
    get,
    path = "/training/api/runs",
    tag = "Contract: training",
    summary = "Runs",
    params(
        ("limit" = Option<i64>, Query, description = "How many; values outside of the limits are clamped"),
        ("offset" = Option<i64>, Query, description = "How many to skip"),
    ),
    responses(AsContract),
    security(("bearer" = ["view"])),
)]
pub(super) async fn list(
    State(state): State<AppState>,
    reader: Reader,
) -> Result<Json<Value>, Detail> {
    state.fold.settle().await;
    let (limit, offset) = page(&reader.pairs, RUNS, MOST_RUNS)?;
    let query = SessionQuery {
        project: Some(reader.project),
        dialects: vec![Dialect::Training],
        sort: SessionSort::Started,
        skip: offset,
        limit,
        ..SessionQuery::default()
    };
    let page = state.journal.sessions(&query).await?;
    let runs = page.rows.into_iter().map(|record| {
        let live = state.fold.live_row(&record.project, &record.session_id);
        Row::of(live.unwrap_or_else(|| summary_of(record)))
    });
    let runs: Vec<Row> = runs.collect();
    let total = page.total;
    Ok(Json(
        json!({"runs": runs, "total": total, "limit": limit, "offset": offset}),
    ))
}

/// `GET /api/runs/{id}`.
#[utoipa::path(
    get,
    path = "/training/api/runs/{id}",
    tag = "Contract: training",
    summary = "A run",
    params(
        ("id" = String, Path, description = "The run"),
    ),
    responses(AsContract),
    security(("bearer" = ["view"])),
)]
pub(super) async fn one(
    State(state): State<AppState>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Json<Detailed>, Detail> {
    let board = board(&state, &reader.project, &id).await?;
    let metrics = board.metrics().iter().filter(|(_, curve)| curve.count > 0);
    let metrics = metrics.map(|(name, curve)| (name.to_owned(), curve.last));
    Ok(Json(Detailed {
        metrics: metrics.collect(),
        run: Row::of(board.summary()),
    }))
}

/// A run's board; an unknown run, or a session of another contract, is a 404.
pub(super) async fn board(
    state: &AppState,
    project: &ProjectId,
    id: &str,
) -> Result<Arc<Board>, Detail> {
    let run = SessionId::new(id).map_err(|_| Detail::not_found())?;
    state.fold.settle().await;
    let found = state.fold.board(project, &run).await?;
    let (board, _) = found.ok_or_else(Detail::not_found)?;
    if board.header().dialect == Dialect::Training {
        Ok(board)
    } else {
        Err(Detail::not_found())
    }
}
