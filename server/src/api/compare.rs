//! `GET /api/v1/compare`: runs side by side, as JSON or as CSV.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use loopscope_protocol::{ApiError, CompareQuery, Comparison};

use super::read::refuse_first;
use super::{Pairs, views};
use crate::access::Viewer;
use crate::error::Problem;
use crate::open::params::Compared;
use crate::state::AppState;

/// `GET /api/v1/compare?session=…&session=…`.
#[utoipa::path(
    get,
    path = "/api/v1/compare",
    tag = "Reading",
    summary = "Compare runs",
    description = "Up to eight, in the order asked for. Every list of values has an element a run.",
    params(Compared),
    responses(
        (status = 200, description = "The runs; `format=csv` answers with one table", content((Comparison = "application/json"), (String = "text/csv"))),
    ),
    security(("bearer" = ["view"])),
)]
pub(crate) async fn compare(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let pairs = Pairs::read(query.as_deref());
    let (query, errors) = CompareQuery::read(pairs.iter());
    refuse_first(errors)?;
    let format = pairs.get("format").unwrap_or("json");
    if !matches!(format, "json" | "csv") {
        return Err(ApiError::field("format", "`json` or `csv`").into());
    }
    let comparison = views::compare(&state, grant.project.as_ref(), &query).await?;
    if format == "json" {
        return Ok(Json(comparison).into_response());
    }
    let mut response = views::compare_table(&comparison).csv().into_response();
    let headers = response.headers_mut();
    let file = "attachment; filename=\"comparison.csv\"";
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/csv; charset=utf-8"),
    );
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(file));
    Ok(response)
}
