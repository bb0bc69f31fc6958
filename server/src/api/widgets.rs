//! Widgets by REST. Whoever views reads them, whoever steers declares, arranges and deletes them, and programs push what
//! theirs show.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, Path, RawQuery, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use loopscope_board::widgets::{Picture, WidgetState, WidgetsShown};
use loopscope_event::{ProjectId, RawJson};
use loopscope_protocol::{ApiError, ErrorCode, Widget, WidgetArrangement, WidgetSpec, Widgets};

use super::Pairs;
use super::body::{Body, Fields};
use crate::access::{Grant, Producer, Steerer, Viewer};
use crate::error::Problem;
use crate::open::params::{InProject, WidgetPath, WidgetsWanted};
use crate::open::shapes;
use crate::state::AppState;
use crate::widgets::{self, Wanted};

type Answer<T> = Result<Json<T>, Problem>;

/// A declaration as a body: JSON, or TOML where its media type says so.
pub(crate) struct Declaration(WidgetSpec);

impl FromRequest<AppState> for Declaration {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        if is_toml(request.headers()) {
            let body = Body::from_request(request, state).await?;
            let text = std::str::from_utf8(&body.bytes)
                .map_err(|_| Problem::new(ErrorCode::Malformed, "the body is not UTF-8"))?;
            return Ok(Self(from_toml(text)?));
        }
        let Fields(raw) = Fields::<RawJson>::from_request(request, state).await?;
        let mut reader = serde_json::Deserializer::from_str(raw.as_str());
        let spec = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let message = error.inner().to_string();
            wrong(error.path(), &message)
        });
        Ok(Self(spec?))
    }
}

fn from_toml(text: &str) -> Result<WidgetSpec, ApiError> {
    let told = |error: &toml::de::Error| match error.span() {
        None => error.message().to_owned(),
        Some(span) => {
            // As it is said of JSON.
            let before = text.get(..span.start).unwrap_or(text);
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().map_or(0, str::len) + 1;
            format!("{} at line {line} column {column}", error.message())
        }
    };
    let reader = toml::Deserializer::parse(text)
        .map_err(|error| ApiError::new(ErrorCode::Malformed, told(&error)))?;
    serde_path_to_error::deserialize(reader).map_err(|error| {
        let message = told(error.inner());
        wrong(error.path(), &message)
    })
}

fn is_toml(headers: &HeaderMap) -> bool {
    let media = headers.get(header::CONTENT_TYPE);
    let media = media.and_then(|value| value.to_str().ok());
    let media = media.and_then(|media| media.split(';').next());
    media.is_some_and(|media| media.trim().eq_ignore_ascii_case("application/toml"))
}

/// What a reader says of a field, with the field: where it stood when it stopped, and what it missed there.
fn wrong(path: &serde_path_to_error::Path, message: &str) -> ApiError {
    let place = Some(path.to_string()).filter(|place| place != ".");
    let missed = message.split_once("missing field `");
    let missed = missed.and_then(|(_, rest)| rest.split_once('`'));
    let field = match (place, missed) {
        (Some(place), Some((name, _))) => Some(format!("{place}.{name}")),
        (None, Some((name, _))) => Some(name.to_owned()),
        (place, None) => place,
    };
    ApiError {
        field,
        ..ApiError::new(ErrorCode::InvalidField, message)
    }
}

fn project(grant: &Grant, pairs: &Pairs) -> Result<ProjectId, ApiError> {
    Ok(grant.project(pairs.parse("project")?)?.unwrap_or_default())
}

fn wanted(grant: &Grant, query: Option<&str>) -> Result<Wanted, ApiError> {
    let pairs = Pairs::read(query);
    let wanted = Wanted {
        project: project(grant, &pairs)?,
        session: pairs.parse("session")?,
        at: pairs.parse("at")?,
    };
    if wanted.at.is_some() && wanted.session.is_none() {
        return Err(ApiError::field("at", "only a session has moments"));
    }
    Ok(wanted)
}

/// `GET /api/v1/widgets`.
#[utoipa::path(
    get,
    path = "/api/v1/widgets",
    tag = "Widgets",
    summary = "List widgets",
    params(InProject),
    responses(
        (status = 200, description = "The widgets, by name, and how they are arranged", body = Widgets),
    ),
    security(("bearer" = ["view"])),
)]
pub(crate) async fn list(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
    RawQuery(query): RawQuery,
) -> Answer<Widgets> {
    let project = project(&grant, &Pairs::read(query.as_deref()))?;
    Ok(Json(widgets::list(&state, &project).await?))
}

/// `POST /api/v1/widgets`.
#[utoipa::path(
    post,
    path = "/api/v1/widgets",
    tag = "Widgets",
    summary = "Declare a widget",
    description = "As JSON, or as TOML with the media type `application/toml`.",
    params(InProject),
    request_body = WidgetSpec,
    responses(
        (status = 201, description = "The widget", body = Widget),
        (status = 409, description = "The name is taken, or the maximum number of widgets is reached"),
    ),
    security(("bearer" = ["control"])),
)]
pub(crate) async fn declare(
    State(state): State<AppState>,
    Steerer(grant): Steerer,
    RawQuery(query): RawQuery,
    Declaration(spec): Declaration,
) -> Result<(StatusCode, Json<Widget>), Problem> {
    let project = project(&grant, &Pairs::read(query.as_deref()))?;
    let (widget, _) = widgets::declare(&state, &grant.who, &project, &spec, true).await?;
    Ok((StatusCode::CREATED, Json(widget)))
}

/// `GET /api/v1/widgets/{name}`.
#[utoipa::path(
    get,
    path = "/api/v1/widgets/{name}",
    tag = "Widgets",
    summary = "Get a widget",
    params(WidgetPath, InProject),
    responses(
        (status = 200, description = "The widget", body = Widget),
    ),
    security(("bearer" = ["view"])),
)]
pub(crate) async fn one(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer<Widget> {
    let project = project(&grant, &Pairs::read(query.as_deref()))?;
    Ok(Json(widgets::one(&state, &project, &name).await?))
}

/// `PUT /api/v1/widgets/{name}`.
#[utoipa::path(
    put,
    path = "/api/v1/widgets/{name}",
    tag = "Widgets",
    summary = "Declare or change a widget",
    description = "As JSON, or as TOML with the media type `application/toml`. What is changed is counted anew.",
    params(WidgetPath, InProject),
    request_body = WidgetSpec,
    responses(
        (status = 200, description = "The widget as it is now", body = Widget),
        (status = 201, description = "The widget, which is new", body = Widget),
        (status = 409, description = "A program pushes to this name, or the maximum number of widgets is reached"),
    ),
    security(("bearer" = ["control"])),
)]
pub(crate) async fn change(
    State(state): State<AppState>,
    Steerer(grant): Steerer,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    Declaration(spec): Declaration,
) -> Result<(StatusCode, Json<Widget>), Problem> {
    let project = project(&grant, &Pairs::read(query.as_deref()))?;
    if spec.name != name {
        let error = ApiError::field("name", "it is another one than in the address");
        return Err(error.into());
    }
    let (widget, is_new) = widgets::declare(&state, &grant.who, &project, &spec, false).await?;
    let status = if is_new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((status, Json(widget)))
}

/// `DELETE /api/v1/widgets/{name}`.
#[utoipa::path(
    delete,
    path = "/api/v1/widgets/{name}",
    tag = "Widgets",
    summary = "Delete a widget",
    description = "A declared one, or a pushed one with all that was pushed.",
    params(WidgetPath, InProject),
    responses(
        (status = 204, description = "Deleted"),
    ),
    security(("bearer" = ["control"])),
)]
pub(crate) async fn remove(
    State(state): State<AppState>,
    Steerer(grant): Steerer,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<StatusCode, Problem> {
    let project = project(&grant, &Pairs::read(query.as_deref()))?;
    widgets::remove(&state, &grant.who, &project, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /api/v1/widgets/{name}/state`.
#[utoipa::path(
    get,
    path = "/api/v1/widgets/{name}/state",
    tag = "Widgets",
    summary = "Get the state of a widget",
    description = "As a chart, in the shape in which programs push theirs. Of a session, also as it was at a moment; else of the Overview.",
    params(WidgetPath, WidgetsWanted),
    responses(
        (status = 200, description = "Its state", body = shapes::WidgetState),
    ),
    security(("bearer" = ["view"])),
)]
pub(crate) async fn state_of(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer<WidgetState> {
    let wanted = wanted(&grant, query.as_deref())?;
    Ok(Json(widgets::state_of(&state, &wanted, &name).await?))
}

/// `PUT /api/v1/widgets/{name}/state`.
#[utoipa::path(
    put,
    path = "/api/v1/widgets/{name}/state",
    tag = "Widgets",
    summary = "Push the state of a widget",
    description = "In the place of what was pushed before; the first one makes the widget. With `session` it stands on the page of that session, else on the Overview.",
    params(WidgetPath, shapes::PushedTo),
    request_body = shapes::PushedWidget,
    responses(
        (status = 200, description = "The widget", body = Widget),
        (status = 409, description = "A declared widget has this name, or the maximum number of widgets is reached"),
    ),
    security(("bearer" = ["ingest"])),
)]
pub(crate) async fn push(
    State(state): State<AppState>,
    Producer(grant): Producer,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    body: Body,
) -> Answer<Widget> {
    let pairs = Pairs::read(query.as_deref());
    let project = project(&grant, &pairs)?;
    let session = pairs.parse("session")?;
    let bytes: Bytes = body.bytes;
    let pushed = widgets::push(
        &state,
        &grant.who,
        &project,
        session.as_ref(),
        &name,
        &bytes,
    );
    Ok(Json(pushed.await?))
}

/// `GET /api/v1/widgets/arrangement`.
#[utoipa::path(
    get,
    path = "/api/v1/widgets/arrangement",
    tag = "Widgets",
    summary = "Get the arrangement of widgets",
    params(InProject),
    responses(
        (status = 200, description = "The arrangement", body = WidgetArrangement),
    ),
    security(("bearer" = ["view"])),
)]
pub(crate) async fn arrangement(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
    RawQuery(query): RawQuery,
) -> Answer<WidgetArrangement> {
    let project = project(&grant, &Pairs::read(query.as_deref()))?;
    Ok(Json(widgets::list(&state, &project).await?.arrangement))
}

/// `PUT /api/v1/widgets/arrangement`.
#[utoipa::path(
    put,
    path = "/api/v1/widgets/arrangement",
    tag = "Widgets",
    summary = "Arrange widgets",
    description = "On the Overview and on the pages of sessions, for everybody who sees the project.",
    params(InProject),
    request_body = WidgetArrangement,
    responses(
        (status = 200, description = "The arrangement as it is now", body = WidgetArrangement),
    ),
    security(("bearer" = ["control"])),
)]
pub(crate) async fn arrange(
    State(state): State<AppState>,
    Steerer(grant): Steerer,
    RawQuery(query): RawQuery,
    Fields(new): Fields<WidgetArrangement>,
) -> Answer<WidgetArrangement> {
    let project = project(&grant, &Pairs::read(query.as_deref()))?;
    Ok(Json(
        widgets::arrange(&state, &grant.who, &project, new).await?,
    ))
}

/// `GET /api/v1/widgets/shown`.
#[utoipa::path(
    get,
    path = "/api/v1/widgets/shown",
    tag = "Widgets",
    summary = "Get the widgets of a page",
    description = "In their order and width, with what they show: of the Overview, or of a session's page, also as it was at a moment.",
    params(WidgetsWanted),
    responses(
        (status = 200, description = "The widgets", body = shapes::WidgetsShown),
    ),
    security(("bearer" = ["view"])),
)]
pub(crate) async fn shown(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
    RawQuery(query): RawQuery,
) -> Answer<WidgetsShown> {
    let wanted = wanted(&grant, query.as_deref())?;
    Ok(Json(widgets::shown(&state, &wanted).await?))
}

/// `POST /api/v1/widgets/preview`.
#[utoipa::path(
    post,
    path = "/api/v1/widgets/preview",
    tag = "Widgets",
    summary = "Preview a declaration",
    description = "What it would show of the newest events. Nothing is kept.",
    params(InProject),
    request_body = WidgetSpec,
    responses(
        (status = 200, description = "What it would show", body = shapes::Picture),
    ),
    security(("bearer" = ["view"])),
)]
pub(crate) async fn preview(
    State(state): State<AppState>,
    Viewer(grant): Viewer,
    RawQuery(query): RawQuery,
    Declaration(spec): Declaration,
) -> Answer<Picture> {
    let project = project(&grant, &Pairs::read(query.as_deref()))?;
    Ok(Json(widgets::preview(&state, &project, &spec).await?))
}
