//! What people keep beside sessions: tags and saved views; and what is done with many sessions at once. Whoever views
//! reads, whoever steers tags and keeps views, administrators delete.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use loopscope_event::{EventId, ProjectId, RawJson, SessionId};
use loopscope_journal::{NewAudit, ViewRecord};
use loopscope_protocol::{
    ApiError, DeleteSessions, DeletedSessions, DetachReason, ErrorCode, NewView, SavedView,
    SavedViews, SessionRef, TagSessions, TaggedSession, TaggedSessions,
};

use super::body::Fields;
use super::views;
use crate::access::{Admin, Grant, Steerer, Viewer};
use crate::error::Problem;
use crate::facades::orchestrator::delete_session;
use crate::life::now;
use crate::open::params::IdPath;
use crate::state::AppState;

type Answer<T> = Result<Json<T>, Problem>;

fn audit(grant: &Grant, action: &str, subject: String, detail: &impl serde::Serialize) -> NewAudit {
    let detail = serde_json::to_string(detail).map(RawJson::from_trusted);
    NewAudit {
        at: now(),
        who: grant.who.to_string(),
        action: action.to_owned(),
        subject,
        session: None,
        detail: detail.unwrap_or_else(|_| RawJson::empty_object()),
    }
}

/// Sessions by their names. Without a project it is the asker's own; another's is refused, not taken for the own.
fn keys(grant: &Grant, sessions: &[SessionRef]) -> Result<Vec<(ProjectId, SessionId)>, ApiError> {
    let key = |session: &SessionRef| {
        let named = Some(session.project.clone()).filter(|named| *named != ProjectId::default());
        let project = grant.project(named)?.unwrap_or_default();
        Ok((project, session.id.clone()))
    };
    sessions.iter().map(key).collect()
}

/// `POST /api/v1/tags`.
#[utoipa::path(
    post,
    path = "/api/v1/tags",
    tag = "Lists",
    summary = "Tag sessions",
    description = "Adds and removes tags, all or none. Sessions that do not exist are ignored.",
    request_body = TagSessions,
    responses(
        (status = 200, description = "The tags that each has now", body = TaggedSessions),
    ),
    security(("bearer" = ["control"])),
)]
pub(crate) async fn tag(
    State(state): State<AppState>,
    Steerer(grant): Steerer,
    Fields(asked): Fields<TagSessions>,
) -> Answer<TaggedSessions> {
    let asked = asked.checked()?;
    let subject = match &asked.sessions[..] {
        [one] => one.to_string(),
        more => format!("{} sessions", more.len()),
    };
    let audit = audit(&grant, "session.tagged", subject, &asked);
    let keys = keys(&grant, &asked.sessions)?;
    let told = state
        .journal
        .tag_sessions(keys, asked.add, asked.remove, Some(audit))
        .await;
    let told = told.map_err(|error| views::unreadable(&error))?;
    let sessions = told.into_iter().map(|((project, id), tags)| TaggedSession {
        session: SessionRef { project, id },
        tags,
    });
    Ok(Json(TaggedSessions {
        sessions: sessions.collect(),
    }))
}

/// `POST /api/v1/deletions`.
#[utoipa::path(
    post,
    path = "/api/v1/deletions",
    tag = "Lists",
    summary = "Delete sessions",
    description = "With all their data. Sessions that do not exist are ignored.",
    request_body = DeleteSessions,
    responses(
        (status = 200, description = "Those that were there", body = DeletedSessions),
    ),
    security(("bearer" = ["admin"])),
)]
pub(crate) async fn delete(
    State(state): State<AppState>,
    Admin(grant): Admin,
    Fields(asked): Fields<DeleteSessions>,
) -> Answer<DeletedSessions> {
    let asked = asked.checked()?;
    let mut deleted = Vec::new();
    for (project, id) in keys(&grant, &asked.sessions)? {
        let key = (project.clone(), id.clone());
        match delete_session(&state, &grant, &key, DetachReason::Requested).await {
            Ok(()) => deleted.push(SessionRef { project, id }),
            // Somebody was quicker.
            Err(error) if error.code == ErrorCode::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Json(DeletedSessions { deleted }))
}

/// `GET /api/v1/views`.
#[utoipa::path(
    get,
    path = "/api/v1/views",
    tag = "Lists",
    summary = "Saved views",
    description = "Named queries of the list of sessions, the oldest first.",
    responses(
        (status = 200, description = "The views", body = SavedViews),
    ),
    security(("bearer" = ["view"])),
)]
pub(crate) async fn list(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
) -> Answer<SavedViews> {
    Ok(Json(
        views::saved_views(&state, grant.project.as_ref()).await?,
    ))
}

/// `POST /api/v1/views`.
#[utoipa::path(
    post,
    path = "/api/v1/views",
    tag = "Lists",
    summary = "Save a view",
    description = "A named query of the list of sessions.",
    request_body = NewView,
    responses(
        (status = 201, description = "The view", body = SavedView),
        (status = 409, description = "The maximum number of views is reached"),
    ),
    security(("bearer" = ["control"])),
)]
pub(crate) async fn keep(
    State(state): State<AppState>,
    Steerer(grant): Steerer,
    Fields(new): Fields<NewView>,
) -> Result<(StatusCode, Json<SavedView>), Problem> {
    let new = new.checked()?;
    let record = ViewRecord {
        view_id: EventId::mint(now()).to_string(),
        name: new.name.clone(),
        query: new.query.clone(),
        project: grant.project.clone(),
        who: grant.who.to_string(),
        created_at: now(),
    };
    let audit = audit(&grant, "view.kept", new.name.clone(), &new);
    let is_kept = state.journal.put_view(record.clone(), audit).await;
    if !is_kept.map_err(|error| views::unreadable(&error))? {
        let limit = Some(format!("{} views", loopscope_journal::MAX_VIEWS));
        let error = ApiError::new(
            ErrorCode::Conflict,
            "the maximum number of views is reached; remove one first",
        );
        return Err(ApiError { limit, ..error }.into());
    }
    let view = views::saved_view(&state, grant.project.as_ref(), record).await?;
    Ok((StatusCode::CREATED, Json(view)))
}

/// `DELETE /api/v1/views/{id}`.
#[utoipa::path(
    delete,
    path = "/api/v1/views/{id}",
    tag = "Lists",
    summary = "Delete a view",
    params(IdPath),
    responses(
        (status = 204, description = "Deleted"),
    ),
    security(("bearer" = ["control"])),
)]
pub(crate) async fn remove(
    State(state): State<AppState>,
    Steerer(grant): Steerer,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let audit = audit(&grant, "view.removed", id.clone(), &serde_json::Map::new());
    let was_there = state
        .journal
        .delete_view(&id, grant.project.clone(), audit)
        .await;
    if was_there.map_err(|error| views::unreadable(&error))? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::new(ErrorCode::NotFound, "there is no such view"))
    }
}
