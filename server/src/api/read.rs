//! The GETs of `/api/v1`: each reads its query and answers with a view.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use loopscope_board::{SessionMoment, SessionSnapshot};
use loopscope_event::{ProjectId, Seq, SessionId};
use loopscope_protocol::{
    ApiError, EventsPage, EventsQuery, MAX_QUESTION_CHARS, Moment, Overview, SearchAnswer,
    SessionsPage, SessionsQuery, Settings,
};

use super::{Pairs, views};
use crate::access::{Grant, Viewer};
use crate::error::Problem;
use crate::open::params::{AtMoment, EventsList, InProject, Question, SessionPath, SessionsList};
use crate::open::shapes;
use crate::state::AppState;

type Answer<T> = Result<Json<T>, Problem>;

/// `GET /api/v1/overview`.
#[utoipa::path(
    get,
    path = "/api/v1/overview",
    tag = "Reading",
    summary = "The Overview",
    description = "Numbers, running and recent sessions, systems of agents, the newest events, dialled programs.",
    params(InProject),
    responses(
        (status = 200, description = "Everything that the Overview shows", body = Overview),
    ),
    security(("bearer" = ["view"])),
)]
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
#[utoipa::path(
    get,
    path = "/api/v1/sessions",
    tag = "Reading",
    summary = "List sessions",
    description = "With counts to filter by. Subscribe with `since` the cursor, and nothing is missed.",
    params(SessionsList),
    responses(
        (status = 200, description = "The page", body = SessionsPage),
    ),
    security(("bearer" = ["view"])),
)]
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
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{id}",
    tag = "Reading",
    summary = "A session",
    description = "Its row and its board. Subscribe with `since` the cursor, and apply the events whose `seq` the board has not.",
    params(SessionPath, InProject),
    responses(
        (status = 200, description = "The session as its page shows it", body = shapes::SessionSnapshot),
    ),
    security(("bearer" = ["view"])),
)]
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
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{id}/board",
    tag = "Reading",
    summary = "Get a session at a moment",
    description = "As its page showed it after an event, or at a time. What lies outside of `first_seq` to `last_seq` is answered with the nearest that lies within.",
    params(SessionPath, AtMoment),
    responses(
        (status = 200, description = "The session as it was", body = shapes::SessionMoment),
    ),
    security(("bearer" = ["view"])),
)]
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
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{id}/events",
    tag = "Reading",
    summary = "List the events of a session",
    description = "Without `after`, the newest; always answered by `seq`.",
    params(SessionPath, EventsList),
    responses(
        (status = 200, description = "The page", body = EventsPage),
    ),
    security(("bearer" = ["view"])),
)]
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

/// `GET /api/v1/search`.
#[utoipa::path(
    get,
    path = "/api/v1/search",
    tag = "Reading",
    summary = "Search",
    description = "Sessions by their names and tags, events by their words, the newest first. `behind` says how many of the newest events may not be in the index yet.",
    params(Question),
    responses(
        (status = 200, description = "What was found", body = SearchAnswer),
    ),
    security(("bearer" = ["view"])),
)]
pub(crate) async fn search(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
    RawQuery(query): RawQuery,
) -> Answer<SearchAnswer> {
    let pairs = Pairs::read(query.as_deref());
    let project = grant.project(pairs.parse("project")?)?;
    let text = pairs.get("q").unwrap_or_default();
    if text.chars().count() > MAX_QUESTION_CHARS {
        let limit = Some(format!("{MAX_QUESTION_CHARS} characters"));
        let error = ApiError::field("q", "the question is too long");
        return Err(ApiError { limit, ..error }.into());
    }
    let before = pairs.parse::<u64>("before")?;
    if before.is_some_and(|offset| i64::try_from(offset).is_err()) {
        let error = ApiError::field("before", "not the `next` of a page of events");
        return Err(error.into());
    }
    let before = before.map(loopscope_event::Offset);
    let limit = pairs
        .bounded("limit", 1..=100)?
        .unwrap_or(views::FOUND_EVENTS);
    Ok(Json(
        views::search(&state, project.as_ref(), text, before, limit).await?,
    ))
}

/// `GET /api/v1/settings`: for whoever may see everything.
#[utoipa::path(
    get,
    path = "/api/v1/settings",
    tag = "Server",
    summary = "The effective configuration",
    description = "Each value with its source, and the storage. Not for tokens of one project.",
    responses(
        (status = 200, description = "The settings", body = Settings),
    ),
    security(("bearer" = ["view"])),
)]
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
