//! `/api/v1/sessions/{id}/metrics` and `…/series`: the list of metrics; stretches of them as JSON, all points as CSV.

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use loopscope_protocol::{ApiError, MetricsAnswer, SeriesAnswer, SeriesQuery};

use super::read::{names, refuse_first};
use super::{Pairs, views};
use crate::access::Viewer;
use crate::error::Problem;
use crate::open::params::{InProject, SeriesWanted, SessionPath};
use crate::series::Table;
use crate::state::AppState;

/// `GET /api/v1/sessions/{id}/metrics`.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{id}/metrics",
    tag = "Reading",
    summary = "List the metrics of a session",
    description = "With its newest, smallest and largest value.",
    params(SessionPath, InProject),
    responses(
        (status = 200, description = "The metrics, by name", body = MetricsAnswer),
    ),
    security(("bearer" = ["view"])),
)]
pub(crate) async fn metrics(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<MetricsAnswer>, Problem> {
    let (project, id) = names(&grant, &Pairs::read(query.as_deref()), &id)?;
    Ok(Json(views::metrics(&state, &project, &id).await?))
}

/// `GET /api/v1/sessions/{id}/series`.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{id}/series",
    tag = "Reading",
    summary = "Get metric series",
    description = "In columns, or point by point if they fit. An unknown name has no points.",
    params(SessionPath, SeriesWanted),
    responses(
        (status = 200, description = "The stretches; `format=csv` answers with every point", content((SeriesAnswer = "application/json"), (String = "text/csv"))),
    ),
    security(("bearer" = ["view"])),
)]
pub(crate) async fn series(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let pairs = Pairs::read(query.as_deref());
    let (project, id) = names(&grant, &pairs, &id)?;
    let (query, errors) = SeriesQuery::read(pairs.iter());
    refuse_first(errors)?;
    match pairs.get("format").unwrap_or("json") {
        "json" => {
            let answer = views::series(&state, &project, &id, &query).await?;
            Ok(Json(answer).into_response())
        }
        "csv" => {
            let table = views::series_table(&state, &project, &id, query).await?;
            Ok(csv(table))
        }
        _ => Err(ApiError::field("format", "`json` or `csv`").into()),
    }
}

/// A table as a file, line by line as it is read.
fn csv(table: Table) -> Response {
    let lines = futures_util::stream::try_unfold(table, async |mut table| {
        let lines = table.next().await?;
        Ok::<_, crate::series::SeriesError>(lines.map(|lines| (Bytes::from(lines), table)))
    });
    let mut response = Body::from_stream(lines).into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"series.csv\"",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
