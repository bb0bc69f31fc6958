//! The contract's REST routes: section 4. In: requests. Out: its shapes and statuses.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use loopscope_dialects::json::{self, NonFinite};
use loopscope_event::{Dialect, SessionId};
use loopscope_journal::{SessionQuery, SessionSort};
use loopscope_protocol::{DetachReason, SessionStatus};
use serde_json::{Value, json};

use super::create;
use super::error::FacadeError;
use super::shapes::{self, Full, Row};
use super::{CONTRACT_VERSION, delete};
use crate::access::{Grant, Right, Steerer, Viewer};
use crate::fold::summary_of;
use crate::life::now;
use crate::open::AsContract;
use crate::state::AppState;
use crate::steer::Key;

/// The most sessions in a list.
const MOST: u32 = 1_000;

/// Sessions so new that their rows may not say yet what they speak.
const NEWEST: u32 = 64;

type Answer<T> = Result<Json<T>, FacadeError>;

/// Someone who may read, refused in this contract's shape.
pub(super) struct Reader(pub Grant);

/// Someone who may change what is there.
pub(super) struct Changer(pub Grant);

impl FromRequestParts<AppState> for Reader {
    type Rejection = FacadeError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, FacadeError> {
        let Viewer(grant) = Viewer::from_request_parts(parts, state).await?;
        Ok(Self(grant))
    }
}

impl FromRequestParts<AppState> for Changer {
    type Rejection = FacadeError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, FacadeError> {
        let Steerer(grant) = Steerer::from_request_parts(parts, state).await?;
        Ok(Self(grant))
    }
}

fn key(grant: &Grant, id: &str) -> Result<Key, FacadeError> {
    let session = SessionId::new(id).map_err(|_| FacadeError::unknown_session(id))?;
    Ok((grant.project.clone().unwrap_or_default(), session))
}

/// `GET /health`.
#[utoipa::path(
    get,
    path = "/orchestrator/health",
    tag = "Contract: orchestrator",
    summary = "Health",
    responses(AsContract),
    security(()),
)]
pub(super) async fn health(State(state): State<AppState>) -> Answer<Value> {
    let active = [SessionStatus::Running, SessionStatus::Halted];
    let query = SessionQuery {
        statuses: active.map(|status| status.as_str().to_owned()).to_vec(),
        dialects: vec![Dialect::Orchestrator],
        limit: 1,
        ..SessionQuery::default()
    };
    state.fold.settle().await;
    let page = state.journal.sessions(&query).await;
    let page = page.map_err(FacadeError::internal)?;
    let status = if state.telemetry.is_writable() {
        "healthy"
    } else {
        "unhealthy"
    };
    Ok(Json(json!({
        "status": status,
        "version": CONTRACT_VERSION,
        "timestamp": now(),
        "active_sessions": page.total,
        "connected_clients": state.orchestrator.count(),
    })))
}

/// `GET /api/stats`.
#[utoipa::path(
    get,
    path = "/orchestrator/api/stats",
    tag = "Contract: orchestrator",
    summary = "Connections by session",
    responses(AsContract),
    security(("bearer" = ["view"])),
)]
pub(super) async fn stats(State(state): State<AppState>, Reader(grant): Reader) -> Json<Value> {
    let project = grant.project.unwrap_or_default();
    let (total, sessions) = state.orchestrator.by_session(&project);
    Json(json!({"total_connections": total, "sessions": sessions, "timestamp": now()}))
}

/// `GET /api/sessions`.
#[utoipa::path(
    get,
    path = "/orchestrator/api/sessions",
    tag = "Contract: orchestrator",
    summary = "Sessions",
    responses(AsContract),
    security(("bearer" = ["view"])),
)]
pub(super) async fn sessions(
    State(state): State<AppState>,
    Reader(grant): Reader,
) -> Answer<Value> {
    let rows = listed(&state, &grant)
        .await
        .map_err(FacadeError::internal)?;
    let total = rows.len();
    Ok(Json(json!({"sessions": rows, "total": total})))
}

async fn listed(
    state: &AppState,
    grant: &Grant,
) -> Result<Vec<Row>, loopscope_journal::JournalError> {
    let query = SessionQuery {
        project: Some(grant.project.clone().unwrap_or_default()),
        dialects: vec![Dialect::Orchestrator],
        limit: MOST,
        ..SessionQuery::default()
    };
    state.fold.settle().await;
    let known = state.journal.sessions(&query).await?.rows;
    let query = SessionQuery {
        dialects: Vec::new(),
        sort: SessionSort::LastEvent,
        limit: NEWEST,
        ..query
    };
    let newest = state.journal.sessions(&query).await?.rows;
    let is_known = |id: &SessionId| known.iter().any(|record| record.session_id == *id);
    let new = newest.iter().filter(|record| !is_known(&record.session_id));
    let mut rows = Vec::with_capacity(known.len());
    for record in known.iter().chain(new) {
        let summary = state
            .fold
            .live_row(&record.project, &record.session_id)
            .unwrap_or_else(|| summary_of(record.clone()));
        if summary.dialect == Dialect::Orchestrator {
            let key: Key = (summary.project.clone(), summary.session_id.clone());
            let told = state.desk.told_to_halt(&key);
            rows.push((summary.started_at, shapes::row(summary, told)));
        }
    }
    rows.sort_by_key(|(started, _)| std::cmp::Reverse(*started));
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// `GET /api/sessions/{id}`.
#[utoipa::path(
    get,
    path = "/orchestrator/api/sessions/{id}",
    tag = "Contract: orchestrator",
    summary = "A session",
    params(
        ("id" = String, Path, description = "The session"),
    ),
    responses(AsContract),
    security(("bearer" = ["view"])),
)]
pub(super) async fn session(
    State(state): State<AppState>,
    Reader(grant): Reader,
    Path(id): Path<String>,
) -> Answer<Full> {
    full(&state, &key(&grant, &id)?).await
}

async fn full(state: &AppState, key: &Key) -> Answer<Full> {
    let found = shapes::full(state, key)
        .await
        .map_err(FacadeError::internal)?;
    found
        .map(Json)
        .ok_or_else(|| FacadeError::unknown_session(key.1.as_str()))
}

/// `POST /api/sessions`.
#[utoipa::path(
    post,
    path = "/orchestrator/api/sessions",
    tag = "Contract: orchestrator",
    summary = "Create a session",
    request_body(content = Object, content_type = "application/json"),
    responses(AsContract),
    security(("bearer" = ["take"])),
)]
pub(super) async fn make(State(state): State<AppState>, parts: Parts, body: Bytes) -> Answer<Full> {
    // Programs make their sessions too.
    let grant = match state.access.allow(&parts, Right::Steer).await {
        Ok(grant) => grant,
        Err(_) => state.access.allow(&parts, Right::Ingest).await?,
    };
    let unreadable = |error: String| {
        FacadeError::unprocessable(&[], "json_invalid", "JSON decode error", &json!(error))
    };
    // Python writes `NaN`.
    let clean = json::clean(&body, NonFinite::Null)
        .map_err(|offset| unreadable(format!("no UTF-8 at byte {offset}")))?;
    let body: Value =
        serde_json::from_str(&clean.text).map_err(|error| unreadable(error.to_string()))?;
    let Value::Object(fields) = &body else {
        let message = "Input should be a valid dictionary";
        return Err(FacadeError::unprocessable(&[], "dict_type", message, &body));
    };
    let id = match fields.get("session_id") {
        Some(Value::String(id)) if !id.is_empty() => id.clone(),
        Some(Value::Number(id)) => id.to_string(),
        None | Some(Value::Null | Value::String(_)) => {
            let message = "session_id is required";
            return Err(FacadeError::new(StatusCode::BAD_REQUEST, message));
        }
        Some(other) => {
            let message = "Input should be a valid string";
            let place = ["session_id"];
            return Err(FacadeError::unprocessable(
                &place,
                "string_type",
                message,
                other,
            ));
        }
    };
    let session = SessionId::new(&id).map_err(|error| {
        FacadeError::new(StatusCode::BAD_REQUEST, format!("session_id {error}"))
    })?;
    let skills = of_kind(fields.get("skills"), json!([]), "skills", "list_type")?;
    let metadata = of_kind(fields.get("metadata"), json!({}), "metadata", "dict_type")?;
    let key: Key = (grant.project.unwrap_or_default(), session);
    let data = json!({"skills": skills, "metadata": metadata});
    if data.to_string().len() > state.config.limits.event_bytes {
        let message = format!(
            "the session has more than {} bytes",
            state.config.limits.event_bytes
        );
        return Err(FacadeError::new(StatusCode::PAYLOAD_TOO_LARGE, message));
    }
    if !create::session(&state, &key, &data).await? {
        let message = format!("Session already exists: {id}");
        return Err(FacadeError::new(StatusCode::CONFLICT, message));
    }
    full(&state, &key).await
}

/// A field of the same JSON type as its default.
fn of_kind(
    given: Option<&Value>,
    default: Value,
    name: &'static str,
    kind: &'static str,
) -> Result<Value, FacadeError> {
    match given {
        None | Some(Value::Null) => Ok(default),
        Some(value) if std::mem::discriminant(value) == std::mem::discriminant(&default) => {
            Ok(value.clone())
        }
        Some(other) => {
            let what = if default.is_array() {
                "list"
            } else {
                "dictionary"
            };
            let message = format!("Input should be a valid {what}");
            Err(FacadeError::unprocessable(&[name], kind, &message, other))
        }
    }
}

/// `DELETE /api/sessions/{id}`.
#[utoipa::path(
    delete,
    path = "/orchestrator/api/sessions/{id}",
    tag = "Contract: orchestrator",
    summary = "Delete a session",
    params(
        ("id" = String, Path, description = "The session"),
    ),
    responses(AsContract),
    security(("bearer" = ["control"])),
)]
pub(super) async fn remove(
    State(state): State<AppState>,
    Changer(grant): Changer,
    Path(id): Path<String>,
) -> Answer<Value> {
    let key = key(&grant, &id)?;
    let _known = full(&state, &key).await?;
    delete::session(&state, &grant, &key, DetachReason::Requested).await?;
    Ok(Json(json!({"message": format!("Session {id} deleted")})))
}
