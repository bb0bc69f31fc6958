//! Annotations by REST: notes at a moment of a session. Whoever views reads them, whoever steers leaves, changes and
//! takes away.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use loopscope_protocol::{Annotation, Annotations, NewAnnotation};

use super::body::Fields;
use super::read::names;
use super::{Pairs, views};
use crate::access::{Steerer, Viewer};
use crate::error::Problem;
use crate::notes;
use crate::open::params::{AnnotationPath, InProject, SessionPath};
use crate::state::AppState;

/// `GET /sessions/{id}/annotations`.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{id}/annotations",
    tag = "Notes",
    summary = "List the notes of a session",
    description = "In the order of their moments.",
    params(SessionPath, InProject),
    responses(
        (status = 200, description = "The notes", body = Annotations),
    ),
    security(("bearer" = ["view"])),
)]
pub(crate) async fn list(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Json<Annotations>, Problem> {
    let (project, id) = names(&grant, &Pairs::read(query.as_deref()), &id)?;
    Ok(Json(views::annotations(&state, &project, &id).await?))
}

/// `POST /sessions/{id}/annotations`.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{id}/annotations",
    tag = "Notes",
    summary = "Add a note",
    params(SessionPath, InProject),
    request_body = NewAnnotation,
    responses(
        (status = 201, description = "The note", body = Annotation),
    ),
    security(("bearer" = ["control"])),
)]
pub(crate) async fn create(
    State(state): State<AppState>,
    Steerer(grant): Steerer,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    Fields(new): Fields<NewAnnotation>,
) -> Result<(StatusCode, Json<Annotation>), Problem> {
    let session = names(&grant, &Pairs::read(query.as_deref()), &id)?;
    let made = Box::pin(notes::leave(&state, &grant.who, session, new)).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// `PUT /sessions/{id}/annotations/{annotation_id}`.
#[utoipa::path(
    put,
    path = "/api/v1/sessions/{id}/annotations/{annotation}",
    tag = "Notes",
    summary = "Edit a note",
    params(AnnotationPath, InProject),
    request_body = NewAnnotation,
    responses(
        (status = 200, description = "The note as it is now", body = Annotation),
    ),
    security(("bearer" = ["control"])),
)]
pub(crate) async fn change(
    State(state): State<AppState>,
    Steerer(grant): Steerer,
    Path((id, annotation)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    Fields(new): Fields<NewAnnotation>,
) -> Result<Json<Annotation>, Problem> {
    let session = names(&grant, &Pairs::read(query.as_deref()), &id)?;
    let changed = notes::change(&state, &grant.who, session, &annotation, new).await?;
    Ok(Json(changed))
}

/// `DELETE /sessions/{id}/annotations/{annotation_id}`.
#[utoipa::path(
    delete,
    path = "/api/v1/sessions/{id}/annotations/{annotation}",
    tag = "Notes",
    summary = "Delete a note",
    params(AnnotationPath, InProject),
    responses(
        (status = 204, description = "Deleted"),
    ),
    security(("bearer" = ["control"])),
)]
pub(crate) async fn remove(
    State(state): State<AppState>,
    Steerer(grant): Steerer,
    Path((id, annotation)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<StatusCode, Problem> {
    let session = names(&grant, &Pairs::read(query.as_deref()), &id)?;
    notes::remove(&state, &grant.who, session, &annotation).await?;
    Ok(StatusCode::NO_CONTENT)
}
