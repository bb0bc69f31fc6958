//! `/api/v1/sessions/{id}/spans` and `…/trace`: what took time, in stretches; all of it as a file.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use loopscope_board::spans::SpansSnapshot;
use loopscope_protocol::SpansQuery;

use super::read::{names, refuse_first};
use super::{Pairs, views};
use crate::access::Viewer;
use crate::error::Problem;
use crate::open::params::{InProject, SessionPath, SpansWanted};
use crate::open::shapes;
use crate::state::AppState;

/// `GET /api/v1/sessions/{id}/spans`.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{id}/spans",
    tag = "Reading",
    summary = "List the spans of a session",
    description = "Derived from its events, in every dialect.",
    params(SessionPath, SpansWanted),
    responses(
        (status = 200, description = "The spans", body = shapes::SpansSnapshot),
    ),
    security(("bearer" = ["view"])),
)]
pub(crate) async fn spans(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<SpansSnapshot>, Problem> {
    let pairs = Pairs::read(query.as_deref());
    let (project, id) = names(&grant, &pairs, &id)?;
    let (query, errors) = SpansQuery::read(pairs.iter());
    refuse_first(errors)?;
    Ok(Json(views::spans(&state, &project, &id, &query).await?))
}

/// `GET /api/v1/sessions/{id}/trace`: written while it is read.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{id}/trace",
    tag = "Reading",
    summary = "Export the spans as a trace",
    description = "For Perfetto or Chrome, in the Trace Event Format.",
    params(SessionPath, InProject),
    responses(
        (status = 200, description = "The trace, written while it is read", body = Object, content_type = "application/json"),
    ),
    security(("bearer" = ["view"])),
)]
pub(crate) async fn trace(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let (project, id) = names(&grant, &Pairs::read(query.as_deref()), &id)?;
    let trace = views::trace(&state, &project, &id).await?;
    let parts = futures_util::stream::try_unfold(trace, async |mut trace| {
        let part = trace.next().await?;
        Ok::<_, loopscope_journal::JournalError>(part.map(|part| (part, trace)))
    });
    let mut response = Body::from_stream(parts).into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_TYPE, "application/json"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"trace.json\"",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}
