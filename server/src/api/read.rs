//! The GETs of `/api/v1`: each reads its query and answers with a view.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use loopscope_board::{SessionMoment, SessionSnapshot};
use loopscope_event::{ProjectId, Seq, SessionId};
use loopscope_protocol::{
    ApiError, EventsPage, EventsQuery, Moment, Overview, SessionsPage, SessionsQuery, Settings,
};

use super::{Pairs, views};
use crate::access::{Grant, Viewer};
use crate::error::Problem;
use crate::state::AppState;

type Answer<T> = Result<Json<T>, Problem>;

/// `GET /api/v1/overview`.
pub(crate) async fn overview(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
    RawQuery(query): RawQuery,
) -> Answer<Overview> {
    let pairs = Pairs::read(query.as_deref());
    let project = grant.project(pairs.parse("project")?)?;
    Ok(Json(views::overview(&state, project.as_ref()).await?))
}

/// `GET /api/v1/sessions`.
pub(crate) async fn sessions(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
    RawQuery(query): RawQuery,
) -> Answer<SessionsPage> {
    let pairs = Pairs::read(query.as_deref());
    let (mut query, errors) = SessionsQuery::read(pairs.iter());
    refuse_first(errors)?;
    query.project = grant.project(query.project)?;
    Ok(Json(views::sessions(&state, &query).await?))
}

/// `GET /api/v1/sessions/{id}`.
pub(crate) async fn session(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer<SessionSnapshot> {
    let (project, id) = names(&grant, &Pairs::read(query.as_deref()), &id)?;
    Ok(Json(views::session(&state, &project, &id).await?))
}

/// `GET /api/v1/sessions/{id}/board`: the session as it was at `at`, its newest moment where none is named.
pub(crate) async fn board(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer<SessionMoment> {
    let pairs = Pairs::read(query.as_deref());
    let (project, id) = names(&grant, &pairs, &id)?;
    let at = pairs.parse("at")?.unwrap_or(Moment::Seq(Seq(u64::MAX)));
    Ok(Json(views::moment(&state, &project, &id, at).await?))
}

/// `GET /api/v1/sessions/{id}/events`.
pub(crate) async fn events(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer<EventsPage> {
    let pairs = Pairs::read(query.as_deref());
    let (project, id) = names(&grant, &pairs, &id)?;
    let (query, errors) = EventsQuery::read(pairs.iter());
    refuse_first(errors)?;
    Ok(Json(views::events(&state, &project, &id, &query).await?))
}

/// `GET /api/v1/settings`: for whoever may see everything.
pub(crate) async fn settings(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
) -> Answer<Settings> {
    if let Some(project) = &grant.project {
        let message = format!("this token is for project `{project}` only");
        return Err(Problem::new(
            loopscope_protocol::ErrorCode::Forbidden,
            message,
        ));
    }
    Ok(Json(views::settings(&state).await?))
}

/// The project and the session that an address means.
pub(super) fn names(
    grant: &Grant,
    pairs: &Pairs,
    id: &str,
) -> Result<(ProjectId, SessionId), ApiError> {
    let project = grant.project(pairs.parse("project")?)?.unwrap_or_default();
    let id = SessionId::new(id).map_err(|error| ApiError::field("id", error.to_string()))?;
    Ok((project, id))
}

pub(super) fn refuse_first(errors: Vec<ApiError>) -> Result<(), ApiError> {
    errors.into_iter().next().map_or(Ok(()), Err)
}
