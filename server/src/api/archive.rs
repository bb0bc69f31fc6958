//! Sessions out and in as files: `GET …/export`, `POST /api/v1/import`.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::TryStreamExt as _;
use loopscope_event::{ProjectId, RawJson, SessionId};
use loopscope_journal::NewAudit;
use loopscope_protocol::{ApiError, ErrorCode, ImportAnswer};
use tokio_util::io::{StreamReader, SyncIoBridge};

use super::read::names;
use super::{Pairs, views};
use crate::access::{Admin, Grant, Viewer};
use crate::archive::{Packing, Shelf, file_name, stream};
use crate::error::Problem;
use crate::import::{Importer, LINE_BYTES, Lines};
use crate::life::now;
use crate::open::params::{ExportWanted, ImportNamed, InProject, Packed, SessionPath};
use crate::open::shapes;
use crate::state::AppState;

/// The most sessions that one request names.
const MOST: usize = 500;

/// `GET /api/v1/sessions/{id}/export`.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{id}/export",
    tag = "Files",
    summary = "Export a session",
    description = "An archive, which `loopscope import` and `POST /api/v1/import` take.",
    params(SessionPath, InProject, Packed),
    responses(
        (status = 200, description = "The archive", content((shapes::Bytes = "application/zstd"), (String = "application/x-ndjson"))),
    ),
    security(("bearer" = ["view"])),
)]
pub(crate) async fn session(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let pairs = Pairs::read(query.as_deref());
    let (project, id) = names(&grant, &pairs, &id)?;
    let packing = packing(&pairs)?;
    let name = file_name(id.as_str(), packing);
    let sessions = known(&state, vec![(project, id)]).await?;
    Ok(download(&state, sessions, packing, &name))
}

/// `GET /api/v1/export?session=…&session=…`: several, one behind the other; `project=` is that of the sessions behind
/// it. With a project alone, all of it.
#[utoipa::path(
    get,
    path = "/api/v1/export",
    tag = "Files",
    summary = "Export several sessions",
    description = "Those that are named, or all of a project.",
    params(ExportWanted, Packed),
    responses(
        (status = 200, description = "The archive", content((shapes::Bytes = "application/zstd"), (String = "application/x-ndjson"))),
    ),
    security(("bearer" = ["view"])),
)]
pub(crate) async fn several(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let pairs = Pairs::read(query.as_deref());
    let packing = packing(&pairs)?;
    let named = named(&grant, &pairs)?;
    if !named.is_empty() {
        let name = file_name("sessions", packing);
        let sessions = known(&state, named).await?;
        return Ok(download(&state, sessions, packing, &name));
    }
    let Some(project) = grant.project(pairs.parse("project")?)? else {
        let message = "name sessions, or a project to have all of its sessions";
        return Err(ApiError::field("session", message).into());
    };
    let sessions = shelf(&state).sessions(Some(&project)).await;
    let sessions = sessions.map_err(|error| views::unreadable(&error))?;
    let name = file_name(project.as_str(), packing);
    Ok(download(&state, sessions, packing, &name))
}

/// `POST /api/v1/import`: the body is the file. 200 where all was taken, 207 where some was refused, the first fault's
/// own status where everything was.
#[utoipa::path(
    post,
    path = "/api/v1/import",
    tag = "Files",
    summary = "Import a file",
    description = "An archive of sessions, or JSON Lines of any dialect; packed with gzip or Zstandard, or plain.",
    params(ImportNamed),
    request_body(content((shapes::Bytes = "application/octet-stream"))),
    responses(
        (status = 200, description = "Everything was imported", body = ImportAnswer),
        (status = 207, description = "Some of it was refused", body = ImportAnswer),
    ),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn import(
    State(state): State<AppState>,
    Admin(grant): Admin,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<(StatusCode, Json<ImportAnswer>), Problem> {
    if let Some(project) = &grant.project {
        let message = format!("this token is for project `{project}` only; files may hold any");
        return Err(Problem::new(ErrorCode::Forbidden, message));
    }
    let pairs = Pairs::read(query.as_deref());
    let name = pairs.get("name").unwrap_or("import").to_owned();
    let body = request.into_body().into_data_stream();
    let body = StreamReader::new(body.map_err(std::io::Error::other));
    let body = SyncIoBridge::new(Box::pin(body));
    // The first bytes tell how it is packed, and they may have to be waited for.
    let lines = tokio::task::spawn_blocking(move || Lines::of(Box::new(body), LINE_BYTES));
    let lines = lines.await.map_err(|_| unread("it broke"))?;
    let lines = lines.map_err(|error| unread(&error.to_string()))?;
    let mut importer = Importer::new(state.journal.clone(), name.clone());
    let read = importer.read_all(lines, |_| {}).await;
    let stopped = read.as_ref().err().map(ApiError::from);
    let answer = importer.answer();
    note(&state, &grant, &name, &answer).await;
    if let Some(error) = stopped {
        return Err(error.into());
    }
    let status = match (answer.refused, answer.stored + answer.duplicates) {
        (0, _) => StatusCode::OK,
        (_, 0) => match answer.faults.first().cloned() {
            Some(fault) => return Err(fault.error.into()),
            None => StatusCode::UNPROCESSABLE_ENTITY,
        },
        _ => StatusCode::MULTI_STATUS,
    };
    Ok((status, Json(answer)))
}

async fn note(state: &AppState, grant: &Grant, name: &str, answer: &ImportAnswer) {
    let detail = serde_json::json!({
        "sessions": answer.sessions, "stored": answer.stored,
        "duplicates": answer.duplicates, "refused": answer.refused,
    });
    let entry = NewAudit {
        at: now(),
        who: grant.who.to_string(),
        action: "import".to_owned(),
        subject: name.chars().take(200).collect(),
        session: None,
        detail: RawJson::from_trusted(detail.to_string()),
    };
    if let Err(error) = state.journal.put_audit(entry).await {
        tracing::warn!(%error, "an import could not be noted");
    }
}

fn unread(why: &str) -> Problem {
    Problem::new(
        ErrorCode::Malformed,
        format!("the file cannot be read: {why}"),
    )
}

fn packing(pairs: &Pairs) -> Result<Packing, ApiError> {
    match pairs.get("format") {
        None | Some("" | "zst") => Ok(Packing::Zstd),
        Some("jsonl") => Ok(Packing::Plain),
        Some(_) => Err(ApiError::field("format", "zst or jsonl")),
    }
}

/// The sessions that an address names.
fn named(grant: &Grant, pairs: &Pairs) -> Result<Vec<(ProjectId, SessionId)>, ApiError> {
    let mut project = grant.project(None)?.unwrap_or_default();
    let mut sessions = Vec::new();
    for (name, value) in pairs.iter() {
        match name {
            "project" => {
                let asked = value.parse::<ProjectId>();
                let asked = asked.map_err(|error| ApiError::field("project", error.to_string()))?;
                project = grant.project(Some(asked))?.unwrap_or_default();
            }
            "session" => {
                let session = value.parse::<SessionId>();
                let session =
                    session.map_err(|error| ApiError::field("session", error.to_string()))?;
                sessions.push((project.clone(), session));
            }
            _ => {}
        }
    }
    if sessions.len() > MOST {
        let message = format!("{} sessions are asked for", sessions.len());
        return Err(ApiError::too_large(format!("{MOST} sessions"), message));
    }
    Ok(sessions)
}

/// The same sessions, if all of them are there.
async fn known(
    state: &AppState,
    sessions: Vec<(ProjectId, SessionId)>,
) -> Result<Vec<(ProjectId, SessionId)>, ApiError> {
    for (project, session) in &sessions {
        let row = state.journal.session(project, session).await;
        if row.map_err(|error| views::unreadable(&error))?.is_none() {
            return Err(views::unknown_session(project, session));
        }
    }
    Ok(sessions)
}

fn shelf(state: &AppState) -> Shelf {
    Shelf {
        journal: state.journal.clone(),
        fold: Some(state.fold.clone()),
    }
}

fn download(
    state: &AppState,
    sessions: Vec<(ProjectId, SessionId)>,
    packing: Packing,
    name: &str,
) -> Response {
    let body = Body::from_stream(stream(shelf(state), sessions, packing));
    let mut response = body.into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static(packing.media_type());
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}
