//! Backups of the whole store, for administrators: `/api/v1/backups`.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use loopscope_event::RawJson;
use loopscope_journal::NewAudit;
use loopscope_protocol::{Backup, BackupState, Backups, ErrorCode};
use tokio_util::io::ReaderStream;

use crate::access::{Admin, Grant};
use crate::error::Problem;
use crate::life::now;
use crate::open::params::IdPath;
use crate::open::shapes;
use crate::state::AppState;

/// `POST /api/v1/backups`: begins one.
#[utoipa::path(
    post,
    path = "/api/v1/backups",
    tag = "Files",
    summary = "Start a backup",
    description = "A copy of the whole database, made in the background.",
    responses(
        (status = 202, description = "The backup has started", body = Backup),
    ),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn begin(
    State(state): State<AppState>,
    Admin(grant): Admin,
) -> Result<(StatusCode, Json<Backup>), Problem> {
    refuse_bound(&grant)?;
    let begun = state.backups.begin().await?;
    let entry = NewAudit {
        at: now(),
        who: grant.who.to_string(),
        action: "backup".to_owned(),
        subject: begun.id.clone(),
        session: None,
        detail: RawJson::empty_object(),
    };
    if let Err(error) = state.journal.put_audit(entry).await {
        tracing::warn!(%error, "a backup could not be noted");
    }
    Ok((StatusCode::ACCEPTED, Json(begun)))
}

/// `GET /api/v1/backups`.
#[utoipa::path(
    get,
    path = "/api/v1/backups",
    tag = "Files",
    summary = "List backups",
    description = "Backups that can be downloaded or are in progress.",
    responses(
        (status = 200, description = "The newest first", body = Backups),
    ),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn list(
    State(state): State<AppState>,
    Admin(grant): Admin,
) -> Result<Json<Backups>, Problem> {
    refuse_bound(&grant)?;
    let backups = state.backups.list();
    Ok(Json(Backups { backups }))
}

/// `GET /api/v1/backups/{id}`.
#[utoipa::path(
    get,
    path = "/api/v1/backups/{id}",
    tag = "Files",
    summary = "Get a backup",
    params(IdPath),
    responses(
        (status = 200, description = "The backup in its current state", body = Backup),
    ),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn one(
    State(state): State<AppState>,
    Admin(grant): Admin,
    Path(id): Path<String>,
) -> Result<Json<Backup>, Problem> {
    refuse_bound(&grant)?;
    Ok(Json(state.backups.find(&id)?.shown()))
}

/// `GET /api/v1/backups/{id}/file`.
#[utoipa::path(
    get,
    path = "/api/v1/backups/{id}/file",
    tag = "Files",
    summary = "Download a backup",
    params(IdPath),
    responses(
        (status = 200, description = "An SQLite database", body = shapes::Bytes, content_type = "application/vnd.sqlite3"),
    ),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn file(
    State(state): State<AppState>,
    Admin(grant): Admin,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    refuse_bound(&grant)?;
    let job = state.backups.find(&id)?;
    let shown = job.shown();
    if shown.state != BackupState::Ready {
        let message = "the backup is not ready";
        return Err(Problem::new(ErrorCode::Conflict, message));
    }
    let file = tokio::fs::File::open(job.path()).await.map_err(|error| {
        tracing::error!(%error, "a backup is gone");
        Problem::new(ErrorCode::NotFound, "the backup is gone; make another")
    })?;
    // The open file is readable to its end, also when its name goes meanwhile.
    let mut response =
        Body::from_stream(ReaderStream::with_capacity(file, 1 << 16)).into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("application/vnd.sqlite3");
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(shown.bytes));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let name = format!("attachment; filename=\"{}\"", shown.file_name);
    if let Ok(value) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// `DELETE /api/v1/backups/{id}`.
#[utoipa::path(
    delete,
    path = "/api/v1/backups/{id}",
    tag = "Files",
    summary = "Delete a backup",
    params(IdPath),
    responses(
        (status = 204, description = "Deleted"),
    ),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn remove(
    State(state): State<AppState>,
    Admin(grant): Admin,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    refuse_bound(&grant)?;
    state.backups.remove(&id)?;
    Ok(StatusCode::NO_CONTENT)
}

/// The store holds every project, and the tokens.
fn refuse_bound(grant: &Grant) -> Result<(), Problem> {
    match &grant.project {
        None => Ok(()),
        Some(project) => {
            let message = format!("this token is for project `{project}` only; a backup holds all");
            Err(Problem::new(ErrorCode::Forbidden, message))
        }
    }
}
