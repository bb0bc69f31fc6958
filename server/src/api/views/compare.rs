//! Runs side by side. In: which. Out: the comparison, or the same as a table.

use std::sync::Arc;

use loopscope_board::Board;
use loopscope_chart::Table;
use loopscope_event::{Cursor, ProjectId};
use loopscope_protocol::{ApiError, CompareQuery, Comparison, ErrorCode, MAX_COMPARED};

use crate::life::now;
use crate::state::AppState;

/// Compares sessions. `bound` is the only project that the asker may see.
pub(crate) async fn compare(
    state: &AppState,
    bound: Option<&ProjectId>,
    query: &CompareQuery,
) -> Result<Comparison, ApiError> {
    if query.sessions.is_empty() {
        let message = format!("name 2 to {MAX_COMPARED} sessions: `?session=…&session=…`");
        return Err(ApiError::field("session", message));
    }
    // What the boards account for at least.
    let mut cursor: Option<Cursor> = None;
    let mut boards: Vec<Arc<Board>> = Vec::new();
    let mut missing = Vec::new();
    for session in &query.sessions {
        let project = bound.unwrap_or(&session.project);
        let found = state.fold.board(project, &session.id).await;
        let found = found.map_err(|error| {
            tracing::error!(%error, session = session.id.as_str(), "a session could not be read");
            ApiError::new(ErrorCode::Internal, "a session could not be read")
        })?;
        match found {
            Some((board, seen)) => {
                cursor = Some(cursor.map_or(seen, |cursor| {
                    if seen.offset < cursor.offset {
                        seen
                    } else {
                        cursor
                    }
                }));
                boards.push(board);
            }
            None => missing.push(session.clone()),
        }
    }
    let boards: Vec<&Board> = boards.iter().map(AsRef::as_ref).collect();
    let cursor = cursor.unwrap_or_else(|| state.fold.cursor());
    Ok(Comparison {
        missing,
        ..loopscope_board::compare(&boards, cursor, now())
    })
}

/// All of a comparison in one table: a block of rows for each of its parts, a column a run.
pub(crate) fn compare_table(comparison: &Comparison) -> Table {
    let runs = comparison.runs.iter().zip('A'..);
    let names = runs.map(|(run, letter)| format!("{letter} {}", run.summary.name));
    let headers = ["part", "what", "at", "unit"]
        .into_iter()
        .map(str::to_owned);
    let mut table = Table {
        headers: headers.chain(names).collect(),
        rows: Vec::new(),
    };
    let mut put = |head: [&str; 4], cells: Vec<String>| put_row(&mut table, head, cells);
    let summaries = || comparison.runs.iter().map(|run| &run.summary);
    put(
        ["run", "session", "", ""],
        summaries().map(|run| run.session_id.to_string()).collect(),
    );
    put(
        ["run", "project", "", ""],
        summaries().map(|run| run.project.to_string()).collect(),
    );
    put(
        ["run", "status", "", ""],
        summaries()
            .map(|run| run.status.as_str().to_owned())
            .collect(),
    );
    put(
        ["run", "started_at", "", ""],
        summaries().map(|run| run.started_at.to_string()).collect(),
    );
    for row in &comparison.results {
        let cells = row
            .cells
            .iter()
            .map(|cell| match (cell.figure, &cell.word) {
                (Some(figure), Some(word)) => format!("{word} {figure}"),
                (figure, word) => figure
                    .map(|figure| figure.to_string())
                    .or_else(|| word.clone())
                    .unwrap_or_default(),
            });
        put(
            ["result", &row.name, "", row.unit.as_str()],
            cells.collect(),
        );
    }
    for metric in &comparison.metrics {
        let cell = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
        let range = |pick: fn((f64, f64)) -> f64| {
            metric
                .range
                .iter()
                .map(|range| cell(range.map(pick)))
                .collect()
        };
        put(
            ["metric", &metric.name, "last", "number"],
            metric.last.iter().map(|last| cell(*last)).collect(),
        );
        put(
            ["metric", &metric.name, "min", "number"],
            range(|(min, _)| min),
        );
        put(
            ["metric", &metric.name, "max", "number"],
            range(|(_, max)| max),
        );
        put(
            ["metric", &metric.name, "points", "count"],
            metric.points.iter().map(u64::to_string).collect(),
        );
    }
    for row in &comparison.config {
        let cells = row
            .values
            .iter()
            .map(|value| value.clone().unwrap_or_default());
        put(["config", &row.key, "", ""], cells.collect());
    }
    put_curves(&mut table, comparison);
    table
}

fn put_row(table: &mut Table, head: [&str; 4], cells: Vec<String>) {
    let head = head.into_iter().map(str::to_owned);
    table.rows.push(head.chain(cells).collect());
}

/// What the runs measured a pass: a row a pass that any of them has.
fn put_curves(table: &mut Table, comparison: &Comparison) {
    for curve in &comparison.curves {
        let mut passes: Vec<u32> = comparison
            .runs
            .iter()
            .flat_map(|run| run.passes.iter().copied())
            .collect();
        passes.sort_unstable();
        passes.dedup();
        for pass in passes {
            let cells = curve
                .runs
                .iter()
                .zip(&comparison.runs)
                .map(|(values, run)| {
                    let place = run.passes.binary_search(&pass).ok();
                    let value = place.and_then(|place| values.get(place).copied().flatten());
                    value.map(|value| value.to_string()).unwrap_or_default()
                });
            let cells: Vec<String> = cells.collect();
            if cells.iter().any(|cell| !cell.is_empty()) {
                put_row(
                    table,
                    [
                        "iteration",
                        &curve.name,
                        &pass.to_string(),
                        curve.unit.as_str(),
                    ],
                    cells,
                );
            }
        }
    }
}
